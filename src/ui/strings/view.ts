/** What the page says about views: kinds of picture, the camera, its label, and the keys (strings.ts has the rest). */
import type { ChosenQuality, PictureKind } from '../../studio/shared/settings';
import type { ShortcutGroup, ShortcutName } from '../shared/shortcuts';

/** With the minus sign of typography. */
const signed = (value: number, digits: number) => {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
};

const PICTURE_NAMES = {
  image: 'Final image',
  raw: 'Raw volume rendering',
  depth: 'Depth map',
  normals: 'Surface normals',
  'density-x': 'Density slice across x',
  'density-y': 'Density slice across y',
  'density-z': 'Density slice across z',
  'plane-0': 'Feature plane 1',
  'plane-1': 'Feature plane 2',
  'plane-2': 'Feature plane 3',
} as const satisfies Record<PictureKind, string>;

/** A few more words about each, for whoever does not know the term. */
const PICTURE_DETAILS = {
  image: 'as the model paints it in the end',
  raw: 'before super-resolution',
  depth: 'how far the surface is',
  normals: 'which way the surface faces',
  'density-x': 'a cut, seen from the side',
  'density-y': 'a cut, seen from above',
  'density-z': 'a cut, seen from the front',
  'plane-0': 'what the network stores',
  'plane-1': 'what the network stores',
  'plane-2': 'what the network stores',
} as const satisfies Record<PictureKind, string>;

export const VIEW_STRINGS = {
  picture: 'Picture',
  density: 'Density slice',
  planes: 'Feature plane',
  /** On the buttons; the names are for people who hear them, and for lists. */
  pictures: {
    image: 'Final',
    raw: 'Raw',
    depth: 'Depth',
    normals: 'Normals',
    'density-x': 'x',
    'density-y': 'y',
    'density-z': 'z',
    'plane-0': '1',
    'plane-1': '2',
    'plane-2': '3',
  } satisfies Record<PictureKind, string>,
  pictureNames: PICTURE_NAMES,
  pictureDetails: PICTURE_DETAILS,
  about: (kind: PictureKind) => `${PICTURE_NAMES[kind]}: ${PICTURE_DETAILS[kind]}.`,
  rawOfStudent: 'Raw picture before super-resolution',
  noVolume: 'The convolutional renderer knows no depth, no density and no planes.',
  slice: 'Place of the slice',
  sliceAt: (position: number) => signed(position, 2),
  sliceSpoken: (position: number) =>
    position === 0 ? 'middle of the box' : `${signed(position, 2)}, where −1 and 1 are the faces of the box`,

  /** The line between two kinds of picture. @param name of the one on the left */
  divider: (name: string) => `Dividing line: share of the picture on the left, ${name}`,
  dividerValue: (share: number, name: string) => `${Math.round(share * 100)} % ${name}`,

  camera: 'Camera',
  fieldOfView: 'Field of view',
  degrees: (value: number) => `${signed(value, 1)}°`,
  yaw: 'Yaw °',
  yawName: 'Yaw in degrees',
  pitch: 'Pitch °',
  pitchName: 'Pitch in degrees',
  distance: 'Distance',
  lookAt: 'Looks at',
  lookAtNames: ['Looks at, x', 'Looks at, y', 'Looks at, z'] as const,

  label: 'Camera label',
  labelHint: '25 numbers: camera to world, row by row, then the intrinsics. Type or paste another.',
  copy: 'Copy',
  paste: 'Paste',
  copied: 'Copied.',
  pasted: 'The camera is there now.',
  copyByHand: 'The browser does not let the page copy: the label is selected, copy it with Ctrl or ⌘ and C.',
  pasteByHand: 'The browser does not let the page read the clipboard: paste into the field with Ctrl or ⌘ and V.',

  quality: {
    legend: 'Quality',
    neuralResolution: 'Rays a side, neural rendering',
    resolutionOption: (side: number) => `${side} × ${side}`,
    samples: 'Samples per ray',
    samplesOption: (first: number, second: number) => (second > 0 ? `${first} + ${second}` : `${first}`),
    modelQuality: (side: number, samples: string) => `The model’s own: ${side} × ${side}, ${samples}.`,
    rayQuality: 'Volume rendering',
    rayQualities: { fast: 'Fast', exact: 'Exact' } satisfies Record<ChosenQuality, string>,
    rayQualityHint:
      'Fast looks the same on screen, whatever the number of samples. Exact is the arithmetic of the paper; files are always made with it.',
    adapts: 'Coarser while moving, if need be',
  },

  help: {
    about:
      'Keys work anywhere on the page but in text fields; arrows, plus, minus, Home and Backspace work on the picture.',
    groups: {
      turn: 'Turn',
      zoom: 'Zoom',
      face: 'Face',
      undo: 'Undo',
      renderer: 'Compare',
      picture: 'Picture',
      play: 'Motion',
      help: 'Help',
    } satisfies Record<ShortcutGroup, string>,
    names: {
      ...PICTURE_NAMES,
      turn: 'Turn the head; with Shift faster',
      zoom: 'Nearer or farther; with Shift faster',
      reset: 'Back to the front',
      newFace: 'Another face',
      undo: 'Undo',
      redo: 'Redo',
      renderer: 'The other renderer',
      compare: 'Compare: the next way',
      play: 'Play or pause the walk',
      autoRotate: 'Turn by itself, or stop',
      background: 'The next background',
      snapshot: 'Save what is shown as a picture',
      fullscreen: 'Fullscreen, or back',
      help: 'Show or close this sheet',
    } satisfies Record<ShortcutName, string>,
    /** Names of keys that have no letter. */
    keys: {
      ArrowLeft: '←',
      ArrowRight: '→',
      ArrowUp: '↑',
      ArrowDown: '↓',
      Backspace: 'Backspace',
      Home: 'Home',
      '-': '−',
    } as Readonly<Record<string, string>>,
    control: 'Ctrl or ⌘',
    shift: 'Shift',
  },
} as const;
