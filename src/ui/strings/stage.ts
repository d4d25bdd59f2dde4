/** What the shell of the page says: the actions that are always at hand, the rooms of the panel, the first minute (strings.ts has the rest). */
import type { RenderQuality } from '../../studio/shared/settings';

export const STAGE_STRINGS = {
  actions: {
    label: 'Face',
    newFace: 'New face',
    newFaceTitle: 'New face (N)',
    undo: 'Undo',
    redo: 'Redo',
    save: 'Save face',
    share: 'Copy link',
    copied: 'Link copied',
    copyByHand: 'The browser does not let the page copy. Copy the link from here:',
  },

  rooms: {
    label: 'Settings',
    tabs: 'Rooms',
    names: { face: 'Face', edit: 'Edit', compare: 'Compare', inspect: 'Inspect', export: 'Export', learn: 'Learn' },
    savedFaces: 'Saved faces',
    notLoaded: 'This room could not be fetched. Check the network connection.',
    retry: 'Try again',
    /** The grip of the sheet on a phone. */
    handle: (sheet: 'bar' | 'half' | 'tall') =>
      `Settings: ${{ bar: 'closed', half: 'half open', tall: 'open' }[sheet]}`,
  },

  hint: 'Drag to turn',

  help: {
    help: 'Help',
    about: 'About',
    titles: { help: 'Help: mouse, touch and keys (?)', about: 'About Trifold' },
  },

  /** The line below the picture, and the drawer with the figures behind it. */
  status: {
    label: 'Device and timing',
    figures: 'Figures',
    /** The quiet line. */
    line: { volumetric: 'Volumetric', convolutional: 'Convolutional', both: 'Both renderers' },
    rate: (framesPerSecond: string) => `${framesPerSecond} fps`,
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
} as const;
