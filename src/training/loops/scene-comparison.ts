/**
 * The three fields side by side, as in Table 1 of EG3D's paper: how fast each learns, how much memory it takes, how like the held-out pictures are. Speed
 * and memory are relative to Mip-NeRF, as there. Only runs of the same pictures on the same device can be compared.
 */
import type { FieldKindName } from '../scene/scene-field';
import { parameterCount, type SceneSettings } from '../scene/scene-settings';
import type { RunSummary } from './run-store';

/** In the order of the paper's table. */
const FIELDS = ['mip-nerf', 'voxels', 'tri-planes'] as const satisfies readonly FieldKindName[];

/** The paper's Table 1, relative to Mip-NeRF. It has no PSNR and SSIM. */
const PAPER: Readonly<Record<FieldKindName, { readonly speed: number; readonly memory: number }>> = {
  'mip-nerf': { speed: 1, memory: 1 },
  voxels: { speed: 3.5, memory: 0.33 },
  'tri-planes': { speed: 2.9, memory: 0.32 },
};

export interface FieldRow {
  readonly field: FieldKindName;
  /** Layers and units of its network, as the paper writes them: "4 × 128". */
  readonly network: string;
  /** Numbers that learn. */
  readonly parameters: number;
  readonly steps: number;
  /** Samples that are learnt from in a second. */
  readonly samplesPerSecond: number | undefined;
  readonly memoryBytes: number | undefined;
  /** dB, on held-out views. */
  readonly psnr: number | undefined;
  readonly ssim: number | undefined;
  /** Times Mip-NeRF's; undefined where there is no run of it. */
  readonly speed: number | undefined;
  readonly memory: number | undefined;
  readonly paper: { readonly speed: number; readonly memory: number };
}

/** Runs of one kind of data and size. @param runs newest first; the newest of each field counts, of the data of the newest. @returns none for fewer than two fields */
export function compareFields(runs: readonly RunSummary[]): readonly FieldRow[] {
  const scenes = runs.filter(({ description, progress }) => description.kind === 'scene' && progress);
  const newest = scenes[0]?.description;
  const comparable = scenes.filter(
    ({ description }) =>
      description.data.fingerprint === newest!.data.fingerprint && sizeOf(description) === sizeOf(newest!),
  );
  const rows = FIELDS.flatMap((field) => {
    const run = comparable.find(({ description }) => settingsOf(description).field.kind === field);
    return run ? [measured(run)] : [];
  });
  if (rows.length < 2) return [];
  const reference = rows.find(({ field }) => field === 'mip-nerf');
  return rows.map((row) => ({
    ...row,
    speed: ratio(row.samplesPerSecond, reference?.samplesPerSecond),
    memory: ratio(row.memoryBytes, reference?.memoryBytes),
    paper: PAPER[row.field],
  }));
}

function measured({ description, progress }: RunSummary): Omit<FieldRow, 'speed' | 'memory' | 'paper'> {
  const settings = settingsOf(description);
  const { field, samples } = settings;
  const { layers, width } = field.network;
  const { figures, position, secondsPerStep, memoryBytes } = progress!;
  return {
    field: field.kind,
    network: `${layers} × ${width}`,
    parameters: parameterCount(settings),
    steps: position.step,
    samplesPerSecond: secondsPerStep && samples / secondsPerStep,
    memoryBytes,
    psnr: figures.psnr,
    ssim: figures.ssim,
  };
}

function settingsOf({ settings }: RunSummary['description']): SceneSettings {
  return settings as unknown as SceneSettings;
}

/** Presets for a processor are not compared with such for a graphics card. */
function sizeOf(description: RunSummary['description']): number {
  return settingsOf(description).stepsAcross;
}

function ratio(value: number | undefined, reference: number | undefined): number | undefined {
  return value === undefined || !reference ? undefined : value / reference;
}
