/**
 * The autotune of convolutions (pipelines/convolution/conv-tuning.ts) as the page and the command line use it: what a device is good at is measured within a
 * short time when a model is opened, remembered on this machine, and completed the next time if the time did not do.
 */
import type { Gpu } from '../../gpu/device';
import { ConvLaboratory } from '../../pipelines/convolution/conv-laboratory';
import {
  type ConvMeasurements,
  convChoices,
  NOTHING_MEASURED,
  tuneConvolutions,
} from '../../pipelines/convolution/conv-tuning';
import { browserStore, type KeyValueStore } from '../shared/browser-store';

/** Part of the name under which measurements are kept: to be raised with every change of the 3x3 kernels' text or number. */
const KERNELS_VERSION = 1;

/** So long may the opening of a model take longer. The layer that is being measured then is finished. */
const BUDGET_MILLISECONDS = 700;

/** Where measurements are kept: in the page its IndexedDB, at the command line a file. */
export type MeasurementStore = Pick<KeyValueStore, 'get' | 'set'>;

/**
 * Sets the device's choices for a model's layers; to be called before its plans are wired. A device that is a processor in disguise is left
 * with its defaults: they were chosen by measurement, and one trial there takes longer than all of them on hardware. What the device gets wrong
 * is added to its degradations.
 * @param layers kinds of layers from render/conv-layers.ts; called only if they are to be measured
 * @throws DeviceLostError, and what finding the layers throws; a store that does not work is done without
 */
export async function tuneForModel(
  gpu: Gpu,
  layers: () => readonly string[],
  store: MeasurementStore = browserStore('trifold-convolutions'),
): Promise<void> {
  if (gpu.adapter.isSoftware) return;
  await tuneDevice(gpu, layers(), store, BUDGET_MILLISECONDS);
}

/** As {@link tuneForModel}, on any device and in whatever time is given. */
export async function tuneDevice(
  gpu: Gpu,
  layers: readonly string[],
  store: MeasurementStore,
  budgetMilliseconds: number,
): Promise<void> {
  const name = nameOf(gpu);
  const known = await storedMeasurements(store, name);
  const laboratory = new ConvLaboratory(gpu);
  try {
    const measured = await tuneConvolutions(laboratory, layers, known, { budgetMilliseconds });
    gpu.convChoices = new Map([...gpu.convChoices, ...convChoices(laboratory, layers, measured)]);
    reportRejections(gpu, measured);
    await store.set(name, measured).catch(() => {}); // not kept: it is measured again the next time
  } finally {
    laboratory.close();
  }
}

/** Another device, driver, browser or set of kernels is another name. */
function nameOf({ adapter, convolutionFormat }: Gpu): string {
  const platform = typeof navigator === 'undefined' ? 'node' : navigator.userAgent;
  return `${adapter.name}, ${platform}, kernels ${KERNELS_VERSION}, ${convolutionFormat ?? 'f32'}`;
}

async function storedMeasurements(store: MeasurementStore, name: string): Promise<ConvMeasurements> {
  try {
    const stored = await store.get(name);
    return areMeasurements(stored) ? stored : NOTHING_MEASURED;
  } catch {
    return NOTHING_MEASURED; // storage is forbidden
  }
}

function reportRejections(gpu: Gpu, { rejected }: ConvMeasurements): void {
  for (const [variant, reason] of Object.entries(rejected)) {
    const degradation = `convolution "${variant}": not used, because ${reason}`;
    if (!gpu.degradations.includes(degradation)) gpu.addDegradation(degradation);
  }
}

function areMeasurements(value: unknown): value is ConvMeasurements {
  if (typeof value !== 'object' || value === null || !('choices' in value) || !('rejected' in value)) return false;
  return isRecordOfStrings(value.choices) && isRecordOfStrings(value.rejected);
}

function isRecordOfStrings(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && Object.values(value).every((entry) => typeof entry === 'string')
  );
}
