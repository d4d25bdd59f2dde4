/**
 * Every word that the page says, in one place, so that it can be read through, corrected and one day translated. Messages and remedies
 * of errors come with the errors themselves.
 */
import type { FailureKind } from '../studio/failure';
import type { PictureKind } from '../studio/settings';
import type { LoadingProgress, Notice } from '../studio/state';

/** With the minus sign of typography. */
const signed = (value: number) => String(value).replace('-', '−');

export const STRINGS = {
  appName: 'Trifold',
  tagline: 'A generated head, drawn by your graphics card',

  viewport: {
    /** What the interactive area is, for people who hear it. */
    role: 'Orbit view',
    hint: 'Arrow keys turn, plus and minus zoom, Home or R resets, N makes a new face, Backspace brings the previous one back.',
    describe: (seed: number, octant: string, kind: string) =>
      `Generated head, seed ${seed}, seen from: ${octant}. ${kind}.`,
    reset: 'Reset view',
    angles: (yaw: number, pitch: number) => `Yaw ${signed(yaw)}°, pitch ${signed(pitch)}°`,
    helpLines: [
      ['Turn', 'drag, one finger, arrow keys'],
      ['Zoom', 'wheel, pinch, + and −'],
      ['Move', 'right or Shift drag, two fingers'],
      ['Reset', 'double-click, Home, R'],
    ] as const,
  },

  panel: {
    label: 'Settings',
    face: 'Face',
    seed: 'Seed',
    newFace: 'New face',
    previous: 'Previous',
    previousFace: 'Previous face',
    psi: 'Truncation ψ',
    psiHint: '0 is the average face, 1 the full one.',
    picture: 'Picture',
    pictures: { image: 'Final', raw: 'Raw', depth: 'Depth' } satisfies Record<PictureKind, string>,
    pictureNames: {
      image: 'Final image',
      raw: 'Raw volume rendering',
      depth: 'Depth map',
    } satisfies Record<PictureKind, string>,
    quality: 'Quality',
    neuralResolution: 'Neural rendering',
    resolutionOption: (side: number) => `${side} × ${side}`,
    samples: 'Samples per ray',
    samplesOption: (first: number, second: number) => (second > 0 ? `${first} + ${second}` : `${first}`),
    modelQuality: (side: number, samples: string) => `The model’s own: ${side} × ${side}, ${samples}.`,
    view: 'View',
  },

  status: {
    label: 'Device and timing',
    adapter: 'Adapter',
    precision: 'Precision',
    stages: 'Milliseconds',
    noTimestamps: 'no timestamps on this device',
    frameRate: 'Frames per second',
    atRest: 'at rest',
    preview: 'preview',
    memory: 'GPU memory',
    waiting: 'No device yet',
    stageNames: {
      mapping: 'mapping',
      'tri-planes': 'tri-planes',
      'ray march': 'ray march',
      'super-resolution': 'super-res',
      present: 'present',
    } as Readonly<Record<string, string>>,
  },

  loading: {
    title: {
      device: 'Asking for the graphics card',
      download: 'Downloading the model',
      check: 'Checking the file',
      prepare: 'Preparing the kernels and the first picture',
      rebuild: 'The graphics device was lost; setting it up again',
    } satisfies Record<LoadingProgress['phase'], string>,
    megabytes: (received: number, total: number) => `${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`,
    cancel: 'Cancel',
    progress: 'Loading progress',
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
    text: (notice: Notice): string => {
      switch (notice.kind) {
        case 'no-storage':
          return 'This browser keeps no files here (a private window?): the model is in memory and will be downloaded again next time.';
        case 'storage-full':
          return 'There is no room to keep the model on this device: it is in memory and will be downloaded again next time.';
        case 'device-rebuilt':
          return 'The graphics device was lost and has been set up again. Face, view and settings are the same.';
        case 'setting-refused':
          return `${notice.message} ${notice.remedy} The previous setting stays.`;
      }
    },
  },
} as const;
