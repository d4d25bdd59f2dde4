/**
 * The live preview of a mesh: a coarse density grid of the face, kept in a worker, and the surface at whatever level was asked for last.
 */
import { OFFICIAL_LEVEL } from '../../geometry/density-grid';
import type { SurfaceOptions } from '../../geometry/surface';
import type { DensityGrid } from '../../geometry/voxel-grid';
import { describeFailure } from '../shared/failure';
import { Job } from '../shared/jobs';
import type { MeshPreviewState, StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import type { Screen } from '../view/screen';
import type { FaceGrids, Subject } from './face-grids';
import { SurfaceWorker } from './surface-worker';

/** Voxels on a side. */
export const PREVIEW_RESOLUTION = 64;

export type { SurfaceOptions };

const BEGUN: MeshPreviewState = {
  status: 'running',
  share: 0,
  failure: undefined,
  range: undefined,
  surface: undefined,
  problem: undefined,
};

export class MeshPreview {
  readonly #job: Job;
  #worker: SurfaceWorker | undefined;
  #wanted: SurfaceOptions | undefined;
  #isAsking = false;

  constructor(
    private readonly store: Store<StudioState>,
    screen: () => Screen | undefined,
    private readonly grids: FaceGrids,
  ) {
    this.#job = new Job(screen);
  }

  /** Samples the face: `state.meshPreview` then has the range of its density and a surface. Never rejects. */
  async begin(subject: Subject): Promise<void> {
    this.#endWorker();
    this.store.update({ meshPreview: BEGUN });
    await this.#job.run(
      async (context) => {
        const grid = await this.grids.sample(context, subject, PREVIEW_RESOLUTION, (share) => this.#report({ share }));
        this.#worker = new SurfaceWorker(grid);
        const range = densityRange(grid);
        this.#report({ range });
        this.#wanted ??= { level: suggestedLevel(range) };
      },
      (end) => this.#report(end),
    );
    await this.#askWorker();
  }

  /** Shows another surface; while one is being found, the newest request waits. */
  async show(options: SurfaceOptions): Promise<void> {
    this.#wanted = options;
    await this.#askWorker();
  }

  /** Stops the sampling; what is there stays. */
  stop(): void {
    this.#job.stop();
  }

  /** Ends the preview and forgets it. */
  end(): void {
    this.#job.forget();
    this.#endWorker();
    this.store.update({ meshPreview: undefined });
  }

  async #askWorker(): Promise<void> {
    const worker = this.#worker;
    if (!worker || this.#isAsking) return;
    this.#isAsking = true;
    while (this.#wanted && this.#worker === worker) {
      const options = this.#wanted;
      this.#wanted = undefined;
      try {
        const mesh = await worker.surface(options);
        this.#report({ surface: { level: options.level, mesh }, problem: undefined });
      } catch (error) {
        if (this.#worker === worker) this.#report({ surface: undefined, problem: describeFailure(error) });
      }
    }
    if (this.#worker === worker) this.#isAsking = false;
  }

  #endWorker(): void {
    this.#worker?.end();
    this.#worker = undefined;
    this.#wanted = undefined;
    this.#isAsking = false;
  }

  #report(patch: Partial<MeshPreviewState>): void {
    const { meshPreview } = this.store.state;
    if (meshPreview) this.store.update({ meshPreview: { ...meshPreview, ...patch } });
  }
}

/** Lowest and highest value of a grid. */
export function densityRange({ values }: DensityGrid): [number, number] {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return [lowest, highest];
}

/** The official script's level, or the middle of a range that does not hold it. */
export function suggestedLevel([lowest, highest]: readonly [number, number]): number {
  return lowest <= OFFICIAL_LEVEL && highest > OFFICIAL_LEVEL ? OFFICIAL_LEVEL : (lowest + highest) / 2;
}

/** Levels further down are deep in the fog around the head: nobody looks for a surface there. */
const LEAST_USEFUL_LEVEL = -10;
const LEVEL_STEPS = 200;

/** What a slider for the level goes through, in round steps; it always holds {@link suggestedLevel}. */
export function levelScale(range: readonly [number, number]): { least: number; most: number; step: number } {
  const [lowest, highest] = range;
  const least = Math.min(Math.max(lowest, LEAST_USEFUL_LEVEL), suggestedLevel(range));
  const step = roundStep((highest - least) / LEVEL_STEPS);
  return { least: Math.ceil(least / step) * step, most: Math.floor(highest / step) * step, step };
}

/** The next of 1, 2, 5, 10, 20, ... (or tenths of them). */
function roundStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(value, 1e-6)));
  return power * ([1, 2, 5, 10].find((round) => round * power >= value) ?? 10);
}
