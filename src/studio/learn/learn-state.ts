/**
 * What the room Learn shows: what is to be learnt, from which data, how far a run is, and which runs this device keeps. A part of the page's
 * state; what carries it out is fetched with the room.
 */
import type { OrbitState } from '../../camera/orbit';
import type { FolderFile } from '../../training/data/file-set';
import type { AugmentationSet } from '../../training/gan/augmentation';
import type { Curve } from '../../training/loops/curves';
import type { FigureKind, LearnerKind, LearntPicture, SampleRow } from '../../training/loops/learner';
import type { RunActivity, RunNotice, RunSettings, RunStatus, TrainingRunState } from '../../training/loops/run-state';
import type { RunDescription, RunSummary } from '../../training/loops/run-store';
import type { FieldRow } from '../../training/loops/scene-comparison';
import type { Failure } from '../shared/failure';

export type {
  Curve,
  FieldRow,
  FigureKind,
  LearnerKind,
  LearntPicture,
  RunActivity,
  RunDescription,
  RunNotice,
  RunSettings,
  RunStatus,
  RunSummary,
  SampleRow,
  TrainingRunState,
};

/** In the order in which they are offered. */
export const LEARNER_KINDS = ['scene', 'gan', 'student'] as const satisfies readonly LearnerKind[];

/** A camera as it is drawn: in the box, whose middle is the origin and whose side is `DataFacts.boxSide`. */
export interface DrawnCamera {
  /** Row by row, OpenCV axes. */
  readonly camToWorld: Float64Array;
  /** In picture sizes. */
  readonly focal: readonly [number, number];
  readonly isHeldOut: boolean;
}

/** How the cameras lie around the box, in words. */
export interface CameraSpread {
  /** From the middle of the box, in the box's units. */
  readonly distance: readonly [number, number];
  /** Degrees above the horizon. */
  readonly elevation: readonly [number, number];
  /** Degrees of the full circle that have a camera within 15 degrees. */
  readonly around: number;
}

/** What a person has opened: a zip, or the files of a folder. */
export type OpenedFiles = { readonly name: string } & (
  | { readonly zip: Blob }
  | { readonly folder: readonly FolderFile[] }
);

export type DataForm = 'transforms' | 'colmap' | 'eg3d' | 'generated' | 'teacher';

/** Data that can be learnt from, as far as a person should know them. */
export interface DataFacts {
  /** Of the folder, the zip, the scene or the model. */
  readonly name: string;
  readonly form: DataForm;
  /** Pictures to learn from, and such as only measure; of rendered data, those that will be made. */
  readonly train: number;
  readonly heldOut: number;
  /** In pixels; undefined for pictures that are still to be made. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** What was done to the data on reading them, in sentences. */
  readonly notes: readonly string[];
  /** Some of the pictures, each small. */
  readonly thumbnails: readonly ImageBitmap[];
  /** Some of the cameras. */
  readonly cameras: readonly DrawnCamera[];
  readonly spread: CameraSpread | undefined;
  readonly boxSide: number;
  /** How far what the cameras look at reaches as the data stand, in halves of the box's side: more than 1 is outside. Undefined where nobody can tell. */
  readonly reach: number | undefined;
  /** Whether the scene lies in the box as the data have it. */
  readonly isInBox: boolean;
  /** Whether the data are moved and scaled into the box. */
  readonly isFitted: boolean;
}

export type DataSource = 'bundled' | 'own';

export type LearnData =
  | { readonly status: 'none' }
  /** `share` of the pictures has been looked at. */
  | { readonly status: 'reading'; readonly name: string; readonly share: number }
  | { readonly status: 'ready'; readonly facts: DataFacts }
  | { readonly status: 'failed'; readonly name: string; readonly failure: Failure };

/** A size of run to choose. */
export interface PresetFacts {
  readonly id: string;
  /** For people. */
  readonly label: string;
  readonly about: string;
  /** Steps that it is meant for. */
  readonly steps: number;
  /** Of the pictures that are learnt, where the preset decides that. */
  readonly side: number | undefined;
}

/** Steps from one checkpoint, measurement or set of samples to the next; of the latter two 0 is never. */
export type RunIntervals = Pick<RunSettings, 'checkpointEvery' | 'measureEvery' | 'samplesEvery'>;

/** What is decided beside the preset, as far as the chosen kind has it. */
export interface RunExtras {
  /** Pictures that the open model makes for a generator to learn from. */
  readonly pictures: number;
  /** Whether a generator learns each picture in the mirror, too. */
  readonly isMirrored: boolean;
  /** Whether a generator goes on from the open model, and not from scratch. */
  readonly isTransfer: boolean;
  /** What is done to pictures before a generator's discriminator sees them. */
  readonly augmentation: AugmentationSet;
  /** Which losses a student learns by; undefined for the preset's own. */
  readonly losses: string | undefined;
}

/** What a run of a preset will take, told before it starts. */
export interface PresetCost {
  /** Of the device; undefined until it is known. */
  readonly bytes: number | undefined;
  /** Whether the device has room for it. */
  readonly fits: boolean;
  /** Of one step, as it was measured on this device; undefined if it never was. */
  readonly secondsPerStep: number | undefined;
}

/** A run that is being got ready, goes on, or has ended. */
export interface LearnRun {
  readonly description: RunDescription;
  /** Whether it is a scene out of its file, of which nothing more is learnt. */
  readonly isFile: boolean;
  /** What is done before the first step, if that is still going on: pictures are made or read, kernels compiled. */
  readonly preparing: { readonly what: 'data' | 'networks' | 'checkpoint'; readonly share: number } | undefined;
  readonly figureKinds: readonly FigureKind[];
  /** What can be made of it. */
  readonly takeAways: readonly TakeAwayKind[];
  /** Undefined while it is being got ready. */
  readonly state: TrainingRunState | undefined;
  /** Why it could not be got ready, or has ended. */
  readonly failure: Failure | undefined;
}

/** What can be made of a run; of a scene a mesh and a video, of a generator its weights for PyTorch and what it learns from. */
export type TakeAwayKind = 'file' | 'mesh' | 'video' | 'torch' | 'data';

/** What is being made, or what became of it. */
export type TakeAway =
  | { readonly status: 'making'; readonly what: TakeAwayKind; readonly share: number }
  | { readonly status: 'made'; readonly name: string; readonly bytes: number }
  | { readonly status: 'failed'; readonly failure: Failure };

export interface LearnState {
  readonly kind: LearnerKind;
  /** Data that work at once, or such as the person opens. */
  readonly source: DataSource;
  readonly data: LearnData;
  /** Known of a kind once that was chosen. */
  readonly presets: Readonly<Record<LearnerKind, readonly PresetFacts[]>>;
  readonly preset: string;
  readonly steps: number;
  readonly seed: number;
  readonly extras: RunExtras;
  readonly intervals: RunIntervals;
  /** Losses that a student may learn by; empty until a student is chosen. */
  readonly lossSets: readonly { readonly id: string; readonly label: string; readonly about: string }[];
  readonly cost: PresetCost | undefined;
  /** Whether it is being measured how long a step takes. */
  readonly isEstimating: boolean;
  readonly run: LearnRun | undefined;
  /** Kept on this device, newest first; undefined until they have been read. */
  readonly runs: readonly RunSummary[] | undefined;
  /** The fields of scenes side by side, where runs of two or more of them are kept. */
  readonly comparison: readonly FieldRow[];
  /** The run that was deleted last, and can be had back. */
  readonly deleted: RunSummary | undefined;
  readonly takeAway: TakeAway | undefined;
  /** Why a run cannot be started or kept, where that is to be said in the room. */
  readonly problem: Failure | undefined;
  /** Whether the room is what the panel shows. */
  readonly isRoomOpen: boolean;
  /** Whether the stage shows what is being learnt while the room is open. */
  readonly wantsLive: boolean;
}

/** The stage, while it shows what is being learnt. */
export interface LiveState {
  readonly view: OrbitState;
  readonly picture: LearntPicture | undefined;
  /** That the picture is of. */
  readonly step: number | undefined;
}

export function initialLearnState(): LearnState {
  return {
    kind: 'scene',
    source: 'bundled',
    data: { status: 'none' },
    presets: { scene: [], gan: [], student: [] },
    preset: '',
    steps: 0,
    seed: 0,
    extras: { pictures: 512, isMirrored: false, isTransfer: false, augmentation: 'none', losses: undefined },
    intervals: { checkpointEvery: 100, measureEvery: 500, samplesEvery: 100 },
    lossSets: [],
    cost: undefined,
    isEstimating: false,
    run: undefined,
    runs: undefined,
    comparison: [],
    deleted: undefined,
    takeAway: undefined,
    problem: undefined,
    isRoomOpen: false,
    wantsLive: true,
  };
}

/** Whether there is a run that can be looked at. */
function hasLiveRun({ run }: LearnState): boolean {
  return run?.state !== undefined && run.state.status !== 'failed';
}

/** Whether a run keeps the device busy, or is about to. */
export function isTraining({ run }: LearnState): boolean {
  if (!run || run.failure || run.isFile) return false;
  return run.state === undefined || ['running', 'pausing', 'paused', 'stopping'].includes(run.state.status);
}

/** Whether the stage shows what is being learnt, and not the face. */
export function isOnStage(learn: LearnState): boolean {
  return learn.isRoomOpen && learn.wantsLive && hasLiveRun(learn);
}
