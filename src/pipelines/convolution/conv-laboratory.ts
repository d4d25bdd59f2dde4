/**
 * The autotune on a device: runs the implementations of the 3x3 convolution on random operands, to check and to time them for conv-tuning.ts, and
 * remembers what came out. All operands are made on the device: only weights are uploaded, and only three numbers and two timestamps come back from a trial.
 */
import type { Gpu } from '../../gpu/device';
import { DeviceLostError, WiringError } from '../../gpu/errors';
import { MemorySurvey } from '../../gpu/memory-survey';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { Recorder } from '../../gpu/recorder';
import { destroyTensor, readTensor, type Tensor, uploadTensor } from '../../gpu/tensor';
import type { DeviceFacts, TensorHost } from '../../gpu/tensor-host';
import { createTexture, type Texture } from '../../gpu/texture';
import { StageTimer } from '../../gpu/timing';
import { randomNormal } from '../random/random-normal';
import { compareValues } from '../reduction/compare-values';
import {
  type ConvMeasurements,
  type ConvTrial,
  type ConvTrialResult,
  type ConvTrials,
  convChoices,
  NOTHING_MEASURED,
  tuneConvolutions,
} from './conv-tuning';
import {
  type ConvShape,
  type ConvWeights,
  type WeightLayout,
  type WeightTextureLayout,
  weightFormat,
} from './conv-weights';
import type { Conv3x3Shape, Conv3x3Variant } from './conv3x3';
import { PLAIN } from './conv3x3-direct';
import { chooseVariant, variantsFor } from './conv3x3-variants';
import type { LayerEpilogue } from './layer-epilogue';
import { type LayerStyles, modulatedConv3x3 } from './modulated-conv';

const STAGE = 'convolution trials';

/** Milliseconds that a measurement should last: browsers round timestamps to 0.1 ms. */
const MEASURED_MILLISECONDS = 2;

/** More runs than this tell no more of a layer that takes no time. */
const MOST_RUNS = 64;

/** Numbers in -1..1 that 16-bit floats hold exactly, so that they serve layers of both kinds of weights. */
const WEIGHT_STEPS = 1024;

/** Two layers that between them have every 3x3 kernel among their implementations. */
const EVERY_KERNEL: readonly Conv3x3Shape[] = [1, 2].map((up) => {
  return { batch: 1, height: 8, width: 8, inChannels: 64, outChannels: 64, up: up === 2 ? 2 : 1, halfWeights: false };
});

/** So long may the opening of a model take longer. The layer that is being measured then is finished. */
const BUDGET_MILLISECONDS = 700;

export class ConvLaboratory implements ConvTrials {
  readonly #weights = new Map<string, TrialWeights>();
  readonly #timer: StageTimer | undefined;
  #timesArrived = () => {};

  constructor(private readonly gpu: Gpu) {
    this.#timer = StageTimer.create(gpu, () => this.#timesArrived());
  }

  candidates(layer: Conv3x3Shape): readonly string[] {
    const portable = this.#portable(layer);
    const others = variantsFor(layer, this.gpu).filter((variant) => variant !== portable && variant !== PLAIN);
    return [portable, ...others].map(({ name }) => name);
  }

  /** What the layer has without any measurement. */
  #portable(layer: Conv3x3Shape): Conv3x3Variant {
    const { adapter, limits, features, convolutionFormat } = this.gpu;
    return chooseVariant(layer, { adapter, limits, features, convolutionFormat });
  }

  /** Computes the result that all variants are held against: the plain one's, or with `up` 2 that of the one that runs everywhere. */
  async open(layer: Conv3x3Shape): Promise<ConvTrial> {
    const { gpu } = this;
    const variants = variantsFor(layer, gpu);
    const builder = new PlanBuilder(gpu, STAGE);
    const operands = trialOperands(builder, layer, this.#weightsOf(layer));
    const judge = variants.includes(PLAIN) ? PLAIN : variants[0]!;
    const expected = builder.keep(convolve(builder, operands, judge));
    const plan = await builder.build();
    await this.#run(plan);
    return {
      run: (name) =>
        this.#try(
          variants.find((variant) => variant.name === name),
          operands,
          expected,
        ),
      close: () => plan.destroy(),
    };
  }

  async #try(variant: Conv3x3Variant | undefined, operands: TrialOperands, expected: Tensor): Promise<ConvTrialResult> {
    if (!variant) throw new WiringError('the convolution on trial does not support the layer');
    const builder = new PlanBuilder(this.gpu, STAGE);
    const output = builder.keep(convolve(builder, operands, variant));
    const plan = await builder.build();
    try {
      plan.spoil(); // what it leaves out shows
      await this.#run(plan);
      const error = await this.#error(output, expected);
      return { error, milliseconds: error < Number.POSITIVE_INFINITY ? await this.#milliseconds(plan) : 0 };
    } finally {
      plan.destroy();
    }
  }

  async #error(actual: Tensor, expected: Tensor): Promise<number> {
    const builder = new PlanBuilder(this.gpu, STAGE);
    const result = compareValues(builder, actual, expected);
    const plan = await builder.build();
    try {
      await this.#run(plan);
      const [difference, magnitude, notFinite] = await readTensor(this.gpu, result);
      return notFinite ? Number.NaN : difference! / magnitude!;
    } finally {
      plan.destroy();
    }
  }

  /** Of one run, from as many as it takes for a measurement. */
  async #milliseconds(plan: Plan): Promise<number> {
    for (let runs = 1; ; runs = Math.min(MOST_RUNS, runs * 8)) {
      const elapsed = await this.#run(plan, runs);
      if (elapsed >= MEASURED_MILLISECONDS || runs === MOST_RUNS) return elapsed / runs;
    }
  }

  /** @returns milliseconds, from the device's own clock if it has one */
  async #run(plan: Plan, runs = 1): Promise<number> {
    const { gpu } = this;
    const timer = this.#timer;
    const start = performance.now();
    const times = new Promise<void>((resolve) => {
      this.#timesArrived = resolve;
    });
    const recorder = new Recorder(gpu, timer);
    recorder.repeat(plan, runs);
    recorder.submit();
    const loss = (await gpu.finished()) ?? (timer && (await Promise.race([times, gpu.lost])));
    if (loss) throw new DeviceLostError(loss.message || loss.reason);
    return timer?.milliseconds.get(STAGE) ?? performance.now() - start;
  }

  #weightsOf({ inChannels, outChannels, halfWeights }: Conv3x3Shape): TrialWeights {
    const key = `${inChannels} ${outChannels} ${halfWeights}`;
    const weights = this.#weights.get(key) ?? new TrialWeights(this.gpu, [outChannels, inChannels, 3, 3], halfWeights);
    this.#weights.set(key, weights);
    return weights;
  }

  /** Frees all that the trials needed. */
  close(): void {
    this.#timer?.destroy();
    for (const weights of this.#weights.values()) weights.destroy();
    this.#weights.clear();
  }
}

interface TrialOperands {
  readonly input: Tensor;
  readonly weights: ConvWeights;
  readonly styles: LayerStyles;
  readonly epilogue: LayerEpilogue;
}

/** What a layer is tried on. */
function trialOperands(
  plan: PlanBuilder,
  { height, width, inChannels, outChannels }: Conv3x3Shape,
  weights: ConvWeights,
): TrialOperands {
  const constant = (label: string, length: number, value: (index: number) => number) =>
    plan.constant(
      label,
      [1, length],
      Float32Array.from({ length }, (_, index) => value(index)),
    );
  return {
    input: plan.keep(randomNormal(plan, [1, height, width, inChannels], plan.constant('seed', [1], [1]), 0)),
    weights,
    styles: {
      styles: constant('styles', inChannels, (index) => 0.75 + (index % 7) / 14),
      demodulation: constant('demodulation', outChannels, (index) => (1 + (index % 5) / 5) / Math.sqrt(3 * inChannels)),
    },
    epilogue: {
      activation: 'lrelu',
      bias: plan.constant('bias', [outChannels], new Float32Array(outChannels).fill(0.1)),
    },
  };
}

function convolve(
  plan: PlanBuilder,
  { input, weights, styles, epilogue }: TrialOperands,
  variant: Conv3x3Variant,
): Tensor {
  return modulatedConv3x3(plan, input, weights, styles, epilogue, { variant });
}

/** Random weights in the layouts that variants ask for. */
class TrialWeights implements ConvWeights {
  readonly label = 'trial weights';
  readonly #tensors = new Map<string, Tensor>();
  readonly #textures = new Map<string, Texture>();
  readonly #stored: Float32Array;

  constructor(
    private readonly host: TensorHost,
    readonly shape: ConvShape,
    readonly areHalves: boolean,
  ) {
    let state = 1;
    this.#stored = Float32Array.from({ length: shape[0] * shape[1] * shape[2] * shape[3] }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0; // a linear congruence: Numerical Recipes
      return Math.floor((state / 2 ** 31 - 1) * WEIGHT_STEPS) / WEIGHT_STEPS;
    });
  }

  as(layout: WeightLayout): Tensor {
    const { name, shapeOf, prepare } = layout;
    const format = weightFormat(layout, this.areHalves, this.host);
    const tensor =
      this.#tensors.get(name) ??
      uploadTensor(this.host, this.label, shapeOf(this.shape), () => prepare(this.#stored, this.shape), format);
    this.#tensors.set(name, tensor);
    return tensor;
  }

  asTexture({ name, extentsOf, prepare }: WeightTextureLayout): Texture {
    const known = this.#textures.get(name);
    if (known) return known;
    const texture = createTexture(this.host, this.label, extentsOf(this.shape));
    this.#textures.set(name, texture);
    this.host.write(texture.block, () => prepare(this.#stored, this.shape));
    return texture;
  }

  destroy(): void {
    for (const tensor of this.#tensors.values()) destroyTensor(this.host, tensor);
    for (const { block } of this.#textures.values()) this.host.release(block);
  }
}

/**
 * Where measurements are kept under names of their own: in the page its IndexedDB, at the command line a file. What comes out may be anything; what
 * does not work is done without.
 */
export interface MeasurementStore {
  get(name: string): Promise<unknown>;
  set(name: string, value: unknown): Promise<void>;
}

/**
 * Sets the device's choices for a model's layers; to be called before its plans are wired. A software adapter is left with its
 * defaults: they were chosen by measurement, and one trial there takes longer than all of them on hardware. What the device gets wrong is added
 * to its degradations.
 * @param layers kinds of layers, as `convChoiceKey` names them; called only if they are to be measured
 * @throws DeviceLostError, and what finding the layers throws; a store that does not work is done without
 */
export async function tuneForModel(gpu: Gpu, layers: () => readonly string[], store: MeasurementStore): Promise<void> {
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
  const name = await nameOf(gpu);
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
async function nameOf(gpu: Gpu): Promise<string> {
  const { adapter, convolutionFormat } = gpu;
  const platform = typeof navigator === 'undefined' ? 'node' : navigator.userAgent;
  return `${adapter.name}, ${platform}, kernels ${await kernelsDigest(gpu)}, ${convolutionFormat ?? 'f32'}`;
}

/** Tells the texts of the 3x3 kernels from those of other versions: the page's measurements are kept longer than its kernels. */
async function kernelsDigest(device: DeviceFacts): Promise<string> {
  const survey = new MemorySurvey(device);
  const builder = new PlanBuilder(survey, STAGE);
  for (const layer of EVERY_KERNEL) {
    const { inChannels, outChannels, halfWeights } = layer;
    const weights = new TrialWeights(survey, [outChannels, inChannels, 3, 3], halfWeights);
    const operands = trialOperands(builder, layer, weights);
    for (const variant of variantsFor(layer, device)) convolve(builder, operands, variant);
  }
  const texts = new TextEncoder().encode([...builder.kernelTexts].join('\n'));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', texts));
  return Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('');
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
