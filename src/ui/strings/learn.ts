/** What the page says where something is learnt: what to learn, from which data, how a run goes, what becomes of it (strings.ts has the rest). */
import type {
  CameraSpread,
  DataForm,
  FieldRow,
  LearnerKind,
  LearnRun,
  RunActivity,
  RunExtras,
  RunNotice,
  RunStatus,
  TakeAwayKind,
  TrainingRunState,
} from '../../studio/learn/learn-state';
import { fileSize } from './export';

/** With the minus sign of typography. */
const signed = (text: string) => text.replace('-', '−');
const counted = (count: number, one: string, many = `${one}s`) =>
  count === 1 ? `one ${one}` : `${count.toLocaleString('en')} ${many}`;

/** Rounded so that it does not jump about. */
export function howLong(seconds: number): string {
  if (seconds < 10) return 'a few seconds';
  if (seconds < 55) return `${Math.ceil(seconds / 10) * 10} seconds`;
  const minutes = Math.round(seconds / 60);
  if (minutes <= 1) return 'a minute';
  if (minutes < 90) return `${minutes} minutes`;
  const hours = seconds / 3600;
  return hours < 48 ? `${hours < 10 ? hours.toFixed(1) : Math.round(hours)} hours` : `${Math.round(hours / 24)} days`;
}

/** Four digits or so, whatever the size. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return signed(value.toExponential(2));
  return signed(value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4));
}

const KINDS = {
  scene: 'Fit a scene',
  gan: 'Train a generator',
  student: 'Distil a student',
} satisfies Record<LearnerKind, string>;

const STATUS = {
  ready: 'Ready',
  running: 'Learning',
  pausing: 'Pausing after this step',
  paused: 'Paused',
  stopping: 'Stopping after this step',
  stopped: 'Stopped',
  done: 'Done',
  failed: 'Failed',
} satisfies Record<RunStatus, string>;

export const LEARN_STRINGS = {
  kinds: {
    legend: 'What to learn',
    names: KINDS,
    about: {
      scene: 'Photographs of one thing become a 3D scene that you can turn (a radiance field).',
      gan: 'From many pictures, a network learns to imagine new ones in 3D (a tri-plane GAN).',
      student: 'A quick network learns to draw what the open model draws (distillation).',
    } satisfies Record<LearnerKind, string>,
  },

  data: {
    legend: 'Data',
    atOnce: 'Works at once',
    yours: 'Your own',
    /** What works at once. */
    bundled: {
      scene: 'A scene that comes with this page: pictures of one object, with exact cameras.',
      gan: 'Pictures that the open model makes on this device, with exact cameras.',
      student: 'The open model is the teacher; another one is opened with “Open file…”.',
    } satisfies Record<LearnerKind, string>,
    ownAbout: {
      scene:
        'A folder or zip with transforms.json (nerfstudio, instant-ngp, Blender), a COLMAP model, or an EG3D data set. You can also drop it anywhere.',
      gan: 'An EG3D data set: a folder or zip of square pictures and dataset.json, which has a camera for each. You can also drop it anywhere.',
      student: '',
    } satisfies Record<LearnerKind, string>,
    folder: 'Open folder…',
    zip: 'Open zip…',
    stays: 'What you open stays on this device.',
    reading: (name: string) => `Reading ${name}`,
    progress: 'How many pictures have been looked at',
    name: 'Name',
    form: 'Kind',
    forms: {
      transforms: 'transforms.json',
      colmap: 'COLMAP model',
      eg3d: 'EG3D data set',
      generated: 'made on this device when it starts',
      teacher: 'what the teacher draws, made as it is needed',
    } satisfies Record<DataForm, string>,
    count: 'Pictures',
    counts: (train: number, heldOut: number) =>
      heldOut === 0
        ? train.toLocaleString('en')
        : `${train.toLocaleString('en')} to learn from, ${heldOut} held out to measure`,
    size: 'Size',
    sizeOf: (width: number, height: number) => `${width} × ${height}`,
    cameras: 'Cameras',
    /** In the place of the drawing for people who do not see it. */
    spread: ({ distance, elevation, around }: CameraSpread) => {
      const range = ([from, to]: readonly [number, number], digits: number, unit: string) => {
        const [low, high] = [from.toFixed(digits), to.toFixed(digits)].map(signed);
        return low === high ? `${low}${unit}` : `${low} to ${high}${unit}`;
      };
      const sides = around >= 345 ? 'all around' : `over ${Math.round(around / 10) * 10}° of the circle`;
      return `${range(distance, 1, '')} from the middle, ${range(elevation, 0, '°')} above the horizon, ${sides}`;
    },
    drawing: (count: number, heldOut: number) =>
      `${counted(count, 'camera')} around the box${heldOut > 0 ? `, ${heldOut} of them held out` : ''}`,
    turn: 'Turn the drawing',
    legendTrain: 'to learn from',
    legendHeldOut: 'held out',
    legendBox: 'the box that is learnt',
    thumbnails: 'Some of the pictures',
    fit: 'Fit the scene into the box',
    fitAbout:
      'Moves and scales the cameras so that what they look at fills the box. What you take away is in the box’s units.',
    outside: (reach: number | undefined) =>
      reach === undefined
        ? 'These cameras look at no common point, so nobody can tell whether the scene is in the box.'
        : reach > 1
          ? `What the cameras look at reaches ${reach.toFixed(1)} times as far as the box: outside it nothing can be learnt.`
          : `What the cameras look at fills only ${(reach * 100).toFixed(0)} % of the box: fine detail would be lost.`,
  },

  plan: {
    legend: 'How much',
    preset: 'Size of the run',
    steps: 'Steps',
    seed: 'Seed',
    seedHint: 'The same seed and data give the same result on the same device.',
    pictures: 'Pictures to make first',
    mirrored: 'Learn each picture in the mirror, too',
    augmentation: 'Change pictures on the way (augmentation)',
    augmentations: {
      none: 'Not at all',
      colour: 'Their colours',
      all: 'Colours, place, size and turn',
    } satisfies Record<RunExtras['augmentation'], string>,
    augmentationHint:
      'For few pictures, which are learnt by heart otherwise: the discriminator sees all pictures changed, the more it knows by heart, the more often.',
    transfer: 'Go on from the open model (transfer), in a tenth of the steps',
    noTransfer: (side: number) => `For that the open model must make pictures of ${side} × ${side}.`,
    losses: 'What it is judged by (losses)',
    ownLosses: 'As the size of the run has it',
    lossesHint: 'The rows of the paper’s Table 3, and a GAN without a teacher beside them.',
    cost: 'It takes',
    memory: (bytes: number) => `${fileSize(bytes)} of graphics memory`,
    memoryUnknown: 'Memory is being counted…',
    tooMuch: 'That does not fit on this device: choose a smaller size.',
    time: (seconds: number) => `about ${howLong(seconds)} on this device, by what a step took`,
    timeUnknown: 'How long it takes is known after the first steps, or when it was measured.',
    estimate: 'Measure how long',
    estimating: 'Two steps are being made, and thrown away.',
    software: 'This is a software adapter, without a graphics card: it is slow, but it gives the same result.',
    start: 'Start',
  },

  run: {
    title: ({ description, isFile }: LearnRun) =>
      `${isFile ? 'Scene' : KINDS[description.kind]}: ${description.data.name}`,
    ofFile: ({ goal, preset }: LearnRun['description']) =>
      `Out of its file: ${preset}, learnt for ${counted(goal, 'step')}`,
    about: ({ description }: LearnRun, preset: string) => `${preset}, seed ${description.seed}`,
    preparing: {
      data: 'Getting the pictures ready',
      networks: 'Getting the networks ready',
      checkpoint: 'Reading what was kept',
    } satisfies Record<NonNullable<LearnRun['preparing']>['what'], string>,
    status: STATUS,
    activity: {
      step: '',
      measure: 'measuring on what was held out',
      samples: 'drawing samples',
      save: 'saving',
    } satisfies Record<RunActivity, string>,
    progress: 'Steps done',
    step: (step: number, goal: number) => `Step ${step.toLocaleString('en')} of ${goal.toLocaleString('en')}`,
    rate: 'Speed',
    rates: (imagesPerSecond: number | undefined, secondsPerStep: number | undefined, kind: LearnerKind) => {
      if (secondsPerStep === undefined) return 'being measured';
      const steps =
        secondsPerStep < 1 ? `${figure(1 / secondsPerStep)} steps a second` : `${figure(secondsPerStep)} s a step`;
      return kind === 'scene' || imagesPerSecond === undefined
        ? steps
        : `${figure(imagesPerSecond)} images a second, ${steps}`;
    },
    left: 'Time left',
    leftFor: (seconds: number | undefined) => (seconds === undefined ? '–' : `about ${howLong(seconds)}`),
    memory: 'Memory',
    memoryOf: (bytes: number) => fileSize(bytes),
    kept: 'Kept on this device',
    keptAt: (step: number | undefined) => (step === undefined ? 'not yet' : `step ${step.toLocaleString('en')}`),
    pause: 'Pause',
    resume: 'Resume',
    stop: 'Stop',
    close: 'Learn something else',
    further: 'Go on further',
    furtherTitle: (goal: number) => `Go on to step ${(2 * goal).toLocaleString('en')}`,
    /** For people who hear the page: what is worth interrupting them. */
    milestone: (state: TrainingRunState) => {
      const share = Math.floor((100 * state.position.step) / state.goal / 10) * 10;
      switch (state.status) {
        case 'running':
          return share > 0 ? `${share} per cent of the steps are done.` : 'Learning has begun.';
        case 'paused':
          return `Paused at step ${state.position.step}.`;
        case 'stopped':
          return `Stopped at step ${state.position.step}; it is kept.`;
        case 'done':
          return 'Done: all steps are made.';
        default:
          return '';
      }
    },
  },

  change: {
    legend: 'While it runs',
    before: 'How often it is kept and measured',
    rate: 'Learning rate, factor',
    rateHint: 'Lower it if the curves jump, or towards the end.',
    checkpoint: 'Keep it every … steps',
    measure: 'Measure every … steps',
    samples: 'Draw samples every … steps',
    never: '0 means never.',
    live: 'Show it on the stage while it learns',
  },

  curves: {
    title: 'How it goes',
    figure: 'Figure',
    last: 'Last',
    best: 'Best',
    charts: {
      loss: 'How far off it is (losses)',
      psnr: 'Likeness (PSNR)',
      ssim: 'Likeness of structure (SSIM)',
      frechet: 'How far fakes are from reals (Fréchet distance)',
      variety: 'How much pictures differ from each other',
      regularisation: 'What keeps it smooth (regularisation)',
      adversarial: 'Against each other (adversarial losses)',
      logits: 'What the discriminator says (logits)',
      r1: 'What keeps the discriminator flat (R1)',
      augmentation: 'How often pictures are changed (augmentation)',
      rays: 'Rays that are learnt from in a step',
      faults: 'Gradients that were no numbers',
    } as Readonly<Record<string, string>>,
    value: (value: number, unit?: string) => `${figure(value)}${unit ? ` ${unit}` : ''}`,
    tick: (value: number) => signed(String(Number(value.toPrecision(4)))),
    none: 'Curves begin with the first step.',
  },

  samples: {
    title: 'Samples',
    at: (step: number) => `Samples at step ${step.toLocaleString('en')}, always of the same seeds and cameras`,
    none: 'Samples are drawn now and then.',
    picture: (label: string, index: number, count: number) => `${label}, ${index + 1} of ${count}`,
  },

  notices: {
    title: 'What happened',
    at: (step: number) => `step ${step.toLocaleString('en')}`,
    kinds: {
      'not-finite': 'Not a number',
      collapse: 'Collapse',
      'storage-full': 'No room',
      'long-submission': 'Slow device',
    } satisfies Record<RunNotice['kind'], string>,
  },

  result: {
    legend: 'Take it away',
    open: {
      gan: 'Open in the viewer',
      student: 'Use it for the toggle',
    },
    names: {
      file: 'Save file',
      torch: 'Save for PyTorch',
      mesh: 'Save mesh',
      video: 'Save video',
      data: 'Save the data set',
    } satisfies Record<TakeAwayKind, string>,
    about: {
      scene: 'The file is safetensors, with the scene’s shapes; the mesh is GLB; the video goes once around.',
      gan: 'The file is safetensors, which this page opens like any model; for PyTorch it is .pth, with the official names; the data set is EG3D’s zip.',
      student: 'The file is safetensors: “Open file…” takes it for its teacher’s toggle.',
    } satisfies Record<LearnerKind, string>,
    making: {
      file: 'The file is being made',
      torch: 'The file is being made',
      mesh: 'The mesh is being made',
      video: 'The video is being made',
      data: 'The data set is being made',
    } satisfies Record<TakeAwayKind, string>,
    stop: 'Cancel',
    made: (name: string, bytes: number) => `${name}, ${fileSize(bytes)}`,
    progress: 'How much is done',
  },

  runs: {
    title: 'Runs on this device',
    empty: 'What you learn is kept here, so that it survives a reload. It is never sent anywhere.',
    unfinished: 'There is an unfinished run',
    line: (step: number, goal: number, when: string) =>
      `${step >= goal ? `done, ${counted(step, 'step')}` : `step ${step.toLocaleString('en')} of ${goal.toLocaleString('en')}`}, ${when}`,
    noCheckpoint: 'nothing kept yet',
    figures: {
      scene: { name: 'psnr', unit: 'dB', label: 'PSNR' },
      gan: { name: 'frechet', unit: '', label: 'Fréchet distance' },
      student: { name: 'psnr', unit: 'dB', label: 'PSNR' },
    } satisfies Record<LearnerKind, { name: string; unit: string; label: string }>,
    goOn: 'Go on',
    goOnNamed: (name: string) => `Go on with ${name}`,
    show: 'Open',
    showNamed: (name: string) => `Open ${name}`,
    save: 'Save',
    saveNamed: (name: string) => `Save the checkpoint of ${name}`,
    remove: 'Delete',
    removeNamed: (name: string) => `Delete ${name}`,
    removed: (name: string) => `“${name}” is deleted.`,
    undo: 'Undo',
  },

  fields: {
    title: 'The three kinds of scene',
    about:
      'The newest run of each on the same pictures. In brackets what EG3D’s paper has (Table 1); it names neither PSNR nor SSIM. Speed is samples learnt in a second; speed and memory are times Mip-NeRF’s.',
    field: 'Scene',
    names: { 'tri-planes': 'Tri-planes', voxels: 'Voxels', 'mip-nerf': 'Mip-NeRF' } satisfies Record<
      FieldRow['field'],
      string
    >,
    details: ({ network, parameters, steps }: FieldRow) =>
      `${network}, ${(parameters / 1e6).toFixed(2)} million numbers, ${counted(steps, 'step')}`,
    speed: 'Speed',
    memory: 'Memory',
    psnr: 'PSNR, dB',
    ssim: 'SSIM',
    times: (value: number | undefined) => (value === undefined ? '–' : `${value.toFixed(2)} ×`),
    paper: (value: number) => `(${value.toFixed(2)} ×)`,
    value: (value: number | undefined, digits: number) => (value === undefined ? '–' : value.toFixed(digits)),
  },

  stage: {
    label: 'What is being learnt',
    badge: (isLearning: boolean, step: number) =>
      `${isLearning ? 'learning' : 'learnt'}, step ${step.toLocaleString('en')}`,
    role: 'Orbit view',
    hint: 'Arrow keys turn, plus and minus zoom, Home or R resets.',
    describe: (kind: LearnerKind, octant: string) =>
      `${{ scene: 'The scene', gan: 'The generator’s average', student: 'The student’s picture' }[kind]} as it learns, seen from: ${octant}.`,
    waiting: 'The first picture is on its way.',
    reset: 'Reset view',
    back: 'Back to the face',
  },
} as const;
