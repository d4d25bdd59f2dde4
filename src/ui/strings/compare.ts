/** What the page says about the two renderers and their comparison: the choice, the student, the strip, the measurements (strings.ts has the rest). */
import type { ViewExcess } from '../../camera/trained-views';
import type { Comparison } from '../../studio/compare/comparison';
import type { ChosenQuality, Layout, RendererKind } from '../../studio/shared/settings';
import type { EfficiencyCase, LoadingProgress } from '../../studio/shared/state';

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

export const COMPARE_STRINGS = {
  renderer: {
    legend: 'Compare',
    kinds: { volumetric: 'Volumetric', convolutional: 'Convolutional' } satisfies Record<RendererKind, string>,
    /** The one choice of whose picture is shown. */
    comparisons: {
      volumetric: 'Volumetric',
      convolutional: 'Convolutional',
      'side-by-side': 'Side by side',
      wipe: 'Wipe',
      difference: 'Difference',
    } satisfies Record<Comparison, string>,
    comparisonDetails: {
      volumetric: 'true 3D: light gathered along rays',
      convolutional: 'one network pass, imitating 3D',
      'side-by-side': 'both, from one camera',
      wipe: 'both, with a line to drag',
      difference: 'where they are not alike',
    } satisfies Record<Comparison, string>,
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
    against: 'Compare with',
    nothing: 'Nothing',
    ofStudent: 'The convolutional renderer’s',
    measure: 'Measure',
    measureHint: 'How alike the two are from all sides, and what a picture costs on this device.',
    none: 'No convolutional student of this model is at hand: open its file (format eg3d-student) to compare.',
    waiting: 'Loading the convolutional renderer; until then this is the volumetric one',
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
    unseen: (yaws: readonly string[]) =>
      `The student was not trained with cameras at ${yaws.join(', ')}: the figures there say how far it guesses.`,
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
      'Each renderer draws frame after frame on this device with the settings in force. Volume rendering is measured with a new head in every frame, whose tri-planes have to be made, and turning one head, whose tri-planes are kept; each exact, as files are made, and fast, as the screen is drawn unless you choose otherwise. The student keeps the super-resolution, so it need not be cheaper than kept tri-planes.',
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
    withQuality: (name: string, quality: ChosenQuality) => `${name}, ${quality}`,
    noStudent: 'No convolutional student of this model is at hand: volume rendering is measured alone.',
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
} as const;
