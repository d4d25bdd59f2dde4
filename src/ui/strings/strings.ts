/**
 * Every word that the page says, in one place, so that it can be read through, corrected and one day translated. Messages and remedies
 * of errors come with the errors themselves.
 */
import type { KnownConfiguration, ModelOrigin } from '../../studio/model/model-facts';
import type { FailureKind } from '../../studio/shared/failure';
import type { LoadingProgress, Notice } from '../../studio/shared/state';

/** Decimal megabytes, as file managers and browsers count. */
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;

export const STRINGS = {
  appName: 'Trifold',

  viewport: {
    /** What the interactive area is, for people who hear it. */
    role: 'Orbit view',
    hint: 'Arrow keys turn, plus and minus zoom, Home or R resets, N makes a new face, Backspace undoes, T shows the other renderer.',
    /** @param face as `FACE_STRINGS.describe` puts it */
    describe: (face: string, octant: string, kind: string) => `Generated head, ${face}, seen from: ${octant}. ${kind}.`,
  },

  loading: {
    title: {
      device: 'Asking for the graphics card',
      download: 'Downloading the model',
      check: 'Checking the file',
      read: 'Reading the file',
      prepare: 'Preparing the first picture',
      kernels: 'Preparing the kernels',
      planes: 'Computing the head',
      picture: 'Drawing the first picture',
      rebuild: 'The graphics device was lost; setting it up again',
    } satisfies Record<LoadingProgress['phase'], string>,
    kernels: (compiled: number, wanted: number) => `${compiled} of ${wanted}`,
    megabytes: (received: number, total: number) => `${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`,
    cancel: 'Cancel',
    progress: 'Loading progress',
  },

  open: {
    button: 'Open file…',
    title: 'Open a model file (EG3D: .pkl, .pt, .pth, .safetensors)',
    drop: 'Drop the model file to open it',
    dropHint: 'An EG3D checkpoint: .pkl, .pt, .pth or .safetensors. It stays on this device.',
    dropData: 'Drop pictures with their cameras to learn from them, or a model file to open it',
    dropDataHint: 'A folder or zip with transforms.json, a COLMAP model or an EG3D data set. It stays on this device.',
    opening: (name: string) => (name ? `Opening ${name}` : 'Opening the bundled model'),
    steps: {
      device: '',
      download: 'Downloading',
      check: 'Checking',
      read: 'Reading',
      prepare: 'Preparing the first picture; the present one stays until then',
      kernels: 'Preparing the kernels; the present picture stays until then',
      planes: 'Computing the head; the present picture stays until then',
      picture: 'Drawing the first picture; the present one stays until then',
      rebuild: '',
    } satisfies Record<LoadingProgress['phase'], string>,
    progress: 'Opening progress',
    cancel: 'Cancel',
  },

  model: {
    legend: 'Model',
    none: 'No model yet',
    name: 'Name',
    source: 'Source',
    sources: {
      bundled: 'comes with this page',
      file: 'file from this device',
      url: 'file from this server',
    } satisfies Record<ModelOrigin, string>,
    parameters: 'Parameters',
    millions: (count: number) => `${(count / 1e6).toFixed(2)} M`,
    weights: 'Weights',
    weightTypes: (dtypes: readonly string[], bytes: number) => `${dtypes.join(', ')}, file of ${megabytes(bytes)}`,
    planes: 'Tri-planes',
    planeShape: (side: number, channels: number) => `${side} × ${side} × ${channels}`,
    superResolution: 'Super-res',
    enlargement: (from: number, to: number, channels: readonly number[]) =>
      `${from} to ${to}, channels ${channels.join(', ')}`,
    image: 'Picture',
    imageSize: (side: number) => `${side} × ${side}`,
    memory: 'GPU memory',
    memoryParts: (weights: number, plans: number) =>
      `about ${megabytes(weights + plans)}, weights ${megabytes(weights)}`,
    largest: 'Largest buffer',
    largestPart: (bytes: number, limit: number) => `${megabytes(bytes)}; this device allows ${megabytes(limit)}`,
    keep: 'Keep opened files on this device',
    keepHint: 'For the next visit, until you remove them. They are never sent anywhere.',
    recent: 'Recent files',
    fileSize: (bytes: number) => megabytes(bytes),
    reopen: (name: string) => `Open ${name} again`,
    remove: 'Remove',
    removeNamed: (name: string) => `Remove ${name} from this device`,
    onScreen: 'on screen',
    bundled: 'Back to the bundled model',
  },

  failure: {
    titles: {
      'no-webgpu': 'WebGPU is not available',
      'no-adapter': 'No graphics adapter',
      limit: 'Too much for this device',
      weights: 'The model could not be loaded',
      cancelled: 'Loading stopped',
      device: 'The graphics device failed',
      unknown: 'Something went wrong',
    } satisfies Record<FailureKind, string>,
    retry: 'Try again',
    modelSettings: "Use the model's own quality",
  },

  notices: {
    label: 'Notices',
    dismiss: 'Dismiss',
    openFailed: (name: string) => (name ? `${name} could not be opened` : 'The model could not be opened'),
    fileWanted: 'The model’s file is needed',
    openAgain: 'Open it again…',
    factsMissing: (name: string) => `${name} holds weights alone`,
    factsQuestion: 'They do not tell how the model is to be drawn. Which official model is it like?',
    factsList: (missing: readonly string[]) => `Not in the file: ${missing.join(', ')}.`,
    configurations: {
      ffhq: 'FFHQ, faces',
      afhq: 'AFHQ, cats',
      shapenet: 'ShapeNet, cars',
    } satisfies Record<KnownConfiguration, string>,
    text: (notice: Exclude<Notice, { kind: 'open-failed' | 'facts-missing' | 'file-wanted' }>): string => {
      switch (notice.kind) {
        case 'no-storage':
          return 'This browser keeps no files here (a private window?): the model is in memory and will be downloaded again next time.';
        case 'storage-full':
          return 'There is no room to keep the model on this device: it is in memory and will be downloaded again next time.';
        case 'no-student':
          return 'There is no convolutional student of this model at hand. Open its file (format eg3d-student) to compare; volume rendering stays.';
        case 'student-failed':
          return `${notice.message} ${notice.remedy} Volume rendering stays.`;
        case 'link-unreadable':
          return `${notice.message} ${notice.remedy} The model’s first face is shown instead.`;
        case 'device-rebuilt':
          return 'The graphics device was lost and has been set up again. Face, view and settings are the same.';
        case 'learning-goes-on':
          return 'The graphics device was lost. What is being learnt goes on from what was kept last.';
        case 'learning-done':
          return 'What was to be learnt is learnt: look at it in the room Learn.';
        case 'learning-trouble':
        case 'face-refused':
          return `${notice.message} ${notice.remedy}`;
        case 'snapshot-failed':
          return `${notice.message} ${notice.remedy}`;
        case 'picture-refused':
          return `${notice.message} ${notice.remedy} The final picture is shown instead.`;
        case 'setting-refused':
          return `${notice.message} ${notice.remedy} The previous setting stays.`;
        case 'file-no-storage':
          return 'This browser keeps no files here (a private window?): open the file again next time.';
        case 'file-storage-full':
          return 'There is no room to keep the file on this device: remove a recent file or make room, or open it again next time.';
        case 'file-unreadable':
          return 'The file was moved or changed since it was opened, so it could not be kept: open it again.';
      }
    },
  },
} as const;
