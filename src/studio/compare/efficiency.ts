/**
 * The paper's comparison of cost (NeRF-GAN distillation, Fig. 1), measured here: frames a second, memory and largest batch of each renderer.
 * Volume rendering is measured twice, since its tri-planes are made once a face and kept while the camera turns: "uncached" makes a new
 * face every frame, "cached" turns one head. The student keeps nothing between cameras but the styles of its super-resolution.
 */

import type { FaceRecipe } from '../../models/faces/recipe';
import type { RendererKind } from '../../render/frame-renderer';
import { stripCamera, stripYaws } from '../../render/pictures/compare-views';
import { largestBatch } from '../../render/wiring';
import type { JobContext } from '../shared/jobs';
import type { EfficiencyCase, EfficiencyRow, EfficiencyState } from '../shared/state';

const CASES: readonly {
  readonly measured: EfficiencyCase;
  readonly renderer: RendererKind;
  readonly isNewFace: boolean;
}[] = [
  { measured: 'volumetric-uncached', renderer: 'volumetric', isNewFace: true },
  { measured: 'volumetric-cached', renderer: 'volumetric', isNewFace: false },
  { measured: 'convolutional', renderer: 'convolutional', isNewFace: false },
];

/** One frame to warm up, then frames until both are reached, but no more than the last. */
const LEAST_FRAMES = 3;
const LEAST_MILLISECONDS = 2000;
const MOST_FRAMES = 200;

/** Budgets to choose from, in bytes: no WebGPU device tells how much memory it has. */
export const BATCH_BUDGETS: readonly number[] = [0.5, 1, 2, 4, 8, 16].map((gibibytes) => gibibytes * 2 ** 30);
export const DEFAULT_BATCH_BUDGET = 2 * 2 ** 30;

/**
 * Measures all cases. @param report is told after every case
 * @throws what the device throws; the signal's reason if stopped
 */
export async function measureEfficiency(
  begun: EfficiencyState,
  face: FaceRecipe,
  { step }: JobContext,
  report: (state: EfficiencyState) => void,
): Promise<void> {
  let rows: readonly EfficiencyRow[] = [];
  for (const { measured, renderer, isNewFace } of CASES) {
    const timed = async (frame: number) => {
      const yaws = stripYaws();
      return step((viewer) =>
        viewer.offScreen.time(renderer, face, stripCamera(viewer.config.camera, yaws[frame % yaws.length]!), isNewFace),
      );
    };
    await timed(0);
    const times: number[] = [];
    for (let sum = 0; times.length < MOST_FRAMES && (times.length < LEAST_FRAMES || sum < LEAST_MILLISECONDS); ) {
      const milliseconds = await timed(times.length + 1);
      times.push(milliseconds);
      sum += milliseconds;
    }
    const estimate = await step(async ({ offScreen }) => offScreen.estimator(renderer));
    const { weightsBytes, planBytes } = estimate(1);
    const millisecondsPerFrame = median(times);
    rows = [
      ...rows,
      {
        measured,
        millisecondsPerFrame,
        framesPerSecond: 1000 / millisecondsPerFrame,
        frames: times.length,
        memoryBytes: weightsBytes + planBytes,
        largestBatch: largestBatch(estimate, begun.budgetBytes),
      },
    ];
    report({ ...begun, rows, share: rows.length / CASES.length });
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
