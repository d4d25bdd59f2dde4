/**
 * The paper's comparison of cost (NeRF-GAN distillation, Fig. 1), measured here: frames a second, memory and largest batch of each renderer.
 * Volume rendering is measured four times. Its tri-planes are made once a face and kept while the camera turns: "uncached" makes a new face
 * every frame, "cached" turns one head. And its rays are marched by the reference's arithmetic for files and, as a rule, faster on the screen.
 * The student keeps nothing between cameras but the styles of its super-resolution.
 */

import type { FaceRecipe } from '../../models/faces/recipe';
import { stripCamera, stripYaws } from '../../render/pictures/compare-views';
import { largestBatch } from '../../render/wiring';
import type { JobContext } from '../shared/jobs';
import type { EfficiencyCase, EfficiencyRow, EfficiencyState } from '../shared/state';
import type { TimedFrame } from '../view/off-screen';

/** A row of the table, and how it is measured. */
export interface MeasuredCase extends TimedFrame {
  readonly measured: EfficiencyCase;
}

/** What there is to measure, in the order of the table: without a student, volume rendering alone. */
export function efficiencyCases(hasStudent: boolean): readonly MeasuredCase[] {
  const volumetric = { renderer: 'volumetric' } as const;
  const both = ['exact', 'fast'] as const;
  return [
    ...both.map((quality) => ({ ...volumetric, measured: 'volumetric-uncached' as const, quality, isNewFace: true })),
    ...both.map((quality) => ({ ...volumetric, measured: 'volumetric-cached' as const, quality, isNewFace: false })),
    ...(hasStudent
      ? [{ renderer: 'convolutional', measured: 'convolutional', quality: 'exact', isNewFace: false } as const]
      : []),
  ];
}

/** One frame to warm up, then frames until both are reached, but no more than the last. */
const LEAST_FRAMES = 3;
const LEAST_MILLISECONDS = 2000;
const MOST_FRAMES = 200;

/** Budgets to choose from, in bytes: no WebGPU device tells how much memory it has. */
export const BATCH_BUDGETS: readonly number[] = [0.5, 1, 2, 4, 8, 16].map((gibibytes) => gibibytes * 2 ** 30);
export const DEFAULT_BATCH_BUDGET = 2 * 2 ** 30;

/**
 * Measures all cases there are. @param report is told after every case
 * @throws what the device throws; the signal's reason if stopped
 */
export async function measureEfficiency(
  begun: EfficiencyState,
  face: FaceRecipe,
  { step }: JobContext,
  report: (state: EfficiencyState) => void,
): Promise<void> {
  let rows: readonly EfficiencyRow[] = [];
  const cases = efficiencyCases(await step(async ({ hasStudent }) => hasStudent));
  for (const measuredCase of cases) {
    const { measured, renderer, quality } = measuredCase;
    const timed = async (frame: number) => {
      const yaws = stripYaws();
      return step((viewer) =>
        viewer.offScreen.time(measuredCase, face, stripCamera(viewer.config.camera, yaws[frame % yaws.length]!)),
      );
    };
    await timed(0);
    const times: number[] = [];
    for (let sum = 0; times.length < MOST_FRAMES && (times.length < LEAST_FRAMES || sum < LEAST_MILLISECONDS); ) {
      const milliseconds = await timed(times.length + 1);
      times.push(milliseconds);
      sum += milliseconds;
    }
    const estimate = await step(async ({ offScreen }) => offScreen.estimator(renderer, quality));
    const { weightsBytes, planBytes } = estimate(1);
    const millisecondsPerFrame = median(times);
    rows = [
      ...rows,
      {
        measured,
        quality,
        millisecondsPerFrame,
        framesPerSecond: 1000 / millisecondsPerFrame,
        frames: times.length,
        memoryBytes: weightsBytes + planBytes,
        largestBatch: largestBatch(estimate, begun.budgetBytes),
      },
    ];
    report({ ...begun, rows, share: rows.length / cases.length });
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle) - 1]!) / 2;
}

/** The figures as a table, with the device that was measured. */
export function efficiencyCsv({ rows, adapter, budgetBytes }: EfficiencyState): string {
  const header = [
    'renderer',
    'quality',
    'frames_per_second',
    'milliseconds_per_frame',
    'timed_frames',
    'memory_bytes',
    'largest_batch',
    'batch_budget_bytes',
    'adapter',
  ];
  const lines = rows.map((row) => [
    row.measured,
    row.quality,
    row.framesPerSecond.toFixed(3),
    row.millisecondsPerFrame.toFixed(3),
    String(row.frames),
    String(row.memoryBytes),
    String(row.largestBatch),
    String(budgetBytes),
    `"${adapter.name.replaceAll('"', '""')}"`,
  ]);
  return [header, ...lines].map((line) => `${line.join(',')}\n`).join('');
}
