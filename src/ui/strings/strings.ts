/**
 * Every word that the page says, in one place, so that it can be read through, corrected and one day translated. Messages and remedies
 * of errors come with the errors themselves.
 */
import type { ViewExcess } from '../../camera/trained-views';
import type { KnownConfiguration, ModelOrigin } from '../../studio/model/model-facts';
import type { FailureKind } from '../../studio/shared/failure';
import type { Layout, RendererKind, RenderQuality } from '../../studio/shared/settings';
import type { EfficiencyCase, LoadingProgress, Notice } from '../../studio/shared/state';

/** With the minus sign of typography. */
const signed = (value: number | string) => String(value).replace('-', '−');
/** Decimal megabytes, as file managers and browsers count. */
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
const decibels = (psnr: number) => (Number.isFinite(psnr) ? psnr.toFixed(1) : '∞');

/** One way in which a camera lies outside those of training. */
function excess({ what, value, limit }: ViewExcess): string {
  const end = value > limit ? 'up to' : 'down to';
  switch (what) {
    case 'yaw':
    case 'pitch':
      return `${what} ${signed(value.toFixed(0))}°, trained ${end} ${signed(limit.toFixed(0))}°`;
    case 'radius':
      return `distance ${value.toFixed(2)}, trained ${end} ${limit.toFixed(2)}`;
    case 'pivot':
      return `moved aside by ${value.toFixed(2)}, trained without`;
  }
}

export const STRINGS = {
  appName: 'Trifold',
  tagline: 'A generated head, drawn by your graphics card',

  viewport: {
    /** What the interactive area is, for people who hear it. */
    role: 'Orbit view',
    hint: 'Arrow keys turn, plus and minus zoom, Home or R resets, N makes a new face, Backspace undoes, T shows the other renderer.',
    /** @param face as `FACE_STRINGS.describe` puts it */
    describe: (face: string, octant: string, kind: string) => `Generated head, ${face}, seen from: ${octant}. ${kind}.`,
  },

  panel: {
    label: 'Settings',
    face: 'Face',
    edit: 'Edit',
    view: 'Picture and view',
    export: 'Take it with you',
    savedFaces: 'Saved faces',
  },

  renderer: {
    legend: 'Renderer',
    kinds: { volumetric: 'Volumetric', convolutional: 'Convolutional' } satisfies Record<RendererKind, string>,
    compare: 'Compare',
    layouts: {
      single: 'One',
      'side-by-side': 'Side by side',
      wipe: 'Wipe',
      difference: 'Difference',
    } satisfies Record<Layout, string>,
    /** What is spoken when it comes on screen. */
    shown: (layout: Layout, renderer: RendererKind) => {
      switch (layout) {
        case 'single':
          return renderer === 'volumetric' ? 'Volumetric renderer' : 'Convolutional renderer';
        case 'side-by-side':
          return 'Both renderers side by side';
        case 'wipe':
          return 'Both renderers, divided by a line';
        case 'difference':
          return 'Difference of the two renderers';
      }
    },
    none: 'No convolutional student of this model is at hand: open its file (format eg3d-student) to compare.',
    available: (bytes: number) => `Its student (${megabytes(bytes)}) is loaded when you first show it.`,
    loading: {
      device: '',
      download: 'Downloading the student',
      check: 'Checking the student’s file',
      read: 'Reading the student',
      prepare: 'Preparing the student',
      kernels: '',
      planes: '',
      picture: '',
      rebuild: '',
    } satisfies Record<LoadingProgress['phase'], string>,
    progress: 'Progress of the student',
    facts: (architecture: string, parameters: number, file: string) =>
      `${architecture} student, ${(parameters / 1e6).toFixed(2)} M parameters, ${file}.`,
    architectures: { stylegan2: 'StyleGAN2', stylegan3: 'StyleGAN3' },
    file: { bundled: () => 'comes with this page', opened: (name: string) => name },
    match: {
      match: 'Distilled from the model on screen.',
      mismatch:
        'The student was distilled from another model than the one on screen: where the pictures differ, that may be why.',
      unknown: 'Whether the student was distilled from the model on screen is not known.',
    },
    assumedViews: 'Its file does not name the cameras of its training; the usual ones are assumed.',
    strip: 'Consistency',
    stripNamed: 'Consistency over yaw',
    efficiency: 'Efficiency',
  },

  comparison: {
    ofAnotherModel: 'Convolutional, of another model',
    difference: 'Convolutional minus volumetric',
    divider: 'Dividing line: share of the volumetric picture',
    dividerValue: (share: number) => `${Math.round(share * 100)} % volumetric`,
    likeness: (psnr: number, ssim: number) => `PSNR ${decibels(psnr)} dB, SSIM ${signed(ssim.toFixed(3))}`,
    measuring: 'Measuring…',
    darker: 'darker',
    same: 'same',
    brighter: 'brighter',
    legend: (percent: number) =>
      `Colours of the difference in lightness: blue where the convolutional picture is darker, white where it is the same, red where it is brighter; the ends stand for ${percent} % of the way from black to white and more.`,
    percent: (value: number) => (value === 0 ? '0' : `${value > 0 ? '+' : '−'}${Math.abs(value)} %`),
    unseen: 'The student never saw such a camera',
    excesses: (excesses: readonly ViewExcess[]) => (excesses.length > 0 ? ` (${excesses.map(excess).join('; ')})` : ''),
    guess: ': what you see is a guess.',
  },

  dialog: {
    close: 'Close',
    cancel: 'Cancel',
    csv: 'Save CSV',
    png: 'Save PNG',
    waiting: 'The student is loaded first.',
    cancelled: 'Stopped.',
  },

  strip: {
    title: 'Consistency over yaw',
    about:
      'The same head from eleven sides, drawn by both renderers. Volume rendering shows one and the same scene from everywhere; where the student drifts from it, the difference turns blue (darker) or red (brighter).',
    face: (description: string, psi: number) =>
      `${description.charAt(0).toUpperCase()}${description.slice(1)}, ψ ${psi.toFixed(2)}.`,
    anotherFace: 'The face on screen is another one by now.',
    again: 'Make again',
    progress: 'Progress of the strip',
    pictures: 'Pictures by yaw',
    rows: { volumetric: 'Volumetric', convolutional: 'Convolutional', difference: 'Difference' },
    yaw: 'Yaw',
    degrees: (value: number) => `${signed(value)}°`,
    yawAxis: 'Yaw in degrees',
    psnrAxis: 'PSNR in dB',
    ssimAxis: 'SSIM',
    psnr: decibels,
    ssim: (value: number) => signed(value.toFixed(3)),
    psnrPlot: 'PSNR of the convolutional picture with respect to the volumetric one, over yaw',
    ssimPlot: 'SSIM of the two pictures, over yaw',
    table: 'Figures',
    fileName: (description: string) => `trifold-consistency-${description.replaceAll(/[^a-z0-9]+/gi, '-')}`,
  },

  efficiency: {
    title: 'Efficiency',
    about:
      'Each renderer draws frame after frame on this device with the settings in force. Volume rendering is measured twice: with a new head in every frame, whose tri-planes have to be made, and turning one head, whose tri-planes are kept. The student keeps the super-resolution, so it need not be cheaper than kept tri-planes.',
    memoryNote:
      'Memory is counted from what Trifold allocates for one head, not measured by the driver. The largest batch is what would fit into the budget chosen here and into what the device can bind; no browser tells how much memory a device has.',
    budget: 'Memory budget for the largest batch',
    gibibytes: (bytes: number) => `${bytes / 2 ** 30} GiB`,
    run: 'Measure',
    again: 'Measure again',
    progress: 'Progress of the measurement',
    device: (adapter: string, budget: string) => `Measured on ${adapter}, budget ${budget}.`,
    table: 'Measurements',
    cases: {
      'volumetric-uncached': 'Volumetric, new head each frame',
      'volumetric-cached': 'Volumetric, tri-planes kept',
      convolutional: 'Convolutional',
    } satisfies Record<EfficiencyCase, string>,
    renderer: 'Renderer',
    framesPerSecond: 'Frames per second',
    milliseconds: 'ms per frame',
    frames: 'Frames timed',
    memory: 'GPU memory',
    largestBatch: 'Largest batch',
    memoryOf: megabytes,
    figure: (value: number) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0),
    notMeasured: '…',
    fileName: 'trifold-efficiency',
  },

  status: {
    label: 'Device and timing',
    adapter: 'Adapter',
    precision: 'Precision',
    /** Features that the device lacks, kernels that its driver gets wrong. */
    degradations: 'Without',
    precisions: { f32: 'f32', f16: 'f32, stored as f16' },
    stages: 'Milliseconds',
    noTimestamps: 'no timestamps on this device',
    frameRate: 'Frames per second',
    atRest: 'at rest',
    quality: 'Picture',
    /** Rays of the feature image. */
    rays: (side: number) => `${side} × ${side}`,
    enlarged: 'super-res',
    qualities: { fast: 'fast', exact: 'exact', draft: 'draft' } satisfies Record<RenderQuality, string>,
    full: (milliseconds: string) => `in full ${milliseconds} ms`,
    memory: 'GPU memory',
    waiting: 'No device yet',
    stageNames: {
      mapping: 'mapping',
      'tri-planes': 'tri-planes',
      'ray march': 'ray march',
      'student styles': 'student styles',
      'student mapping': 'student mapping',
      'student synthesis': 'student',
      'super-resolution': 'super-res',
      present: 'present',
    } as Readonly<Record<string, string>>,
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
    drop: 'Drop the model file to open it',
    dropHint: 'An EG3D checkpoint: .pkl, .pt, .pth or .safetensors. It stays on this device.',
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
    factsMissing: (name: string) => `${name} holds weights alone`,
    factsQuestion: 'They do not tell how the model is to be drawn. Which official model is it like?',
    factsList: (missing: readonly string[]) => `Not in the file: ${missing.join(', ')}.`,
    configurations: {
      ffhq: 'FFHQ, faces',
      afhq: 'AFHQ, cats',
      shapenet: 'ShapeNet, cars',
    } satisfies Record<KnownConfiguration, string>,
    text: (notice: Exclude<Notice, { kind: 'open-failed' | 'facts-missing' }>): string => {
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
