/**
 * What learns: a scene, a generator or a student. A learner knows its networks, losses and data, and does one step of its training at a time; when a
 * step is done, how often to measure, what to keep and how much of the device to take is the run's business (training-run.ts). Page and command
 * line run the same learners.
 */
import type { CameraLabel } from '../../camera/conventions';
import type { Gpu } from '../../gpu/device';
import type { Plan } from '../../gpu/plan';
import type { TrainingPosition, TrainingState } from '../training-checkpoint';

export const LEARNER_KINDS = ['scene', 'gan', 'student'] as const;
export type LearnerKind = (typeof LEARNER_KINDS)[number];

/** Numbers that tell how training goes, by their names in {@link Learner.figureKinds}. Each call gives those that it has. */
export type Figures = Readonly<Record<string, number>>;

/** What a figure is, for curves and tables. */
export interface FigureKind {
  /** As in {@link Figures}, for example "psnr". */
  readonly name: string;
  /** For people, in the field's term: "PSNR, held out". */
  readonly label: string;
  /** For example "dB"; none for a bare number. */
  readonly unit?: string | undefined;
  /** Which way is better; neither for losses of two networks that play against each other. */
  readonly better?: 'higher' | 'lower' | undefined;
  /** Curves of one chart, for example "loss". */
  readonly chart: string;
}

/** A picture that training hands out. */
export interface LearntPicture {
  readonly width: number;
  readonly height: number;
  /** [height, width, 3], row by row, -1..1. */
  readonly rgb: Float32Array;
}

/** Pictures to be shown together: "reals" beside "fakes", held-out views beside what was learnt of them. */
export interface SampleRow {
  /** For people. */
  readonly label: string;
  readonly pictures: readonly LearntPicture[];
}

/**
 * Hands a plan to the device, in parts of some tens of milliseconds, and resolves when all of it is done. Between two parts others use the device,
 * and a paused run waits there.
 * @throws DeviceLostError
 */
export type RunPlan = (plan: Plan) => Promise<void>;

/** What a finished or unfinished run can be taken away as. */
export interface LearntFile {
  /** For example "scene.safetensors". */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Learner {
  readonly kind: LearnerKind;
  readonly gpu: Gpu;
  /** All that a checkpoint has to keep, so that a run goes on with the same bits. */
  readonly state: TrainingState;
  /** Pictures that a step looks at; schedules count them. A scene's step looks at rays: it says 1. */
  readonly imagesPerStep: number;
  readonly figureKinds: readonly FigureKind[];
  /** Factor on all learning rates, 1 at first; may be changed between two steps. */
  rateFactor: number;
  /**
   * One step: what it draws depends on `position` alone.
   * @returns losses and norms, read back
   */
  step(position: TrainingPosition, run: RunPlan): Promise<Figures>;
  /** Figures that take long, on what is never learnt from. */
  measure(position: TrainingPosition, run: RunPlan): Promise<Figures>;
  /**
   * Whether figures of a step or a measurement tell that nothing good will come of it: the run then goes back to its last checkpoint. Figures that are
   * not finite are noticed without it.
   */
  trouble?(figures: Figures): 'not-finite' | 'collapse' | undefined;
  /** Called when a checkpoint has been put back into `state`, for a learner that keeps some of it on the processor as well. */
  restored?(position: TrainingPosition): Promise<void>;
  /**
   * What has been learnt so far (the moving average, where there is one), from a camera; the same face each time. It may come between two parts of a
   * step, so its plans share no scratch memory (pool) and no inputs with those of steps.
   */
  render(camera: CameraLabel, run: RunPlan): Promise<LearntPicture>;
  /** Always of the same seeds and cameras. */
  samples(position: TrainingPosition, run: RunPlan): Promise<readonly SampleRow[]>;
  /** What was learnt, as the file that Trifold opens. */
  result(): Promise<LearntFile>;
  /** Frees all that it has on the device, but not the device. */
  destroy(): void;
}
