/** What the page says about faces: how they are made, mixed, walked through, mapped and edited (strings.ts has the rest). */
import type {
  FaceMode,
  FaceRecipe,
  FaceSource,
  LayerGroup,
  MixPreset,
  PoseConditioning,
} from '../../studio/face/face-actions';

/** With the minus sign of typography. */
const signed = (value: number, digits: number) => {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
};
const percent = (share: number) => `${Math.round(share * 100)} %`;
const letter = (index: number) => (index < 2 ? 'AB'.charAt(index) : String(index + 1));

/** A source in a sentence. */
function sourceName(source: FaceSource | undefined): string {
  if (source?.kind === 'face') return `saved face “${source.name}”`;
  const isEdited = source !== undefined && Object.keys(source.edits).length > 0;
  return `seed ${source?.seed ?? 0}${isEdited ? ', edited' : ''}`;
}

/** A face in a sentence. */
function describe(face: FaceRecipe): string {
  const name = unedited(face);
  return face.directions.length > 0 && !name.endsWith(', edited') ? `${name}, edited` : name;
}

/** As {@link describe}, without what steps along directions change. */
function unedited({ mode, sources, mapX, mapY }: FaceRecipe): string {
  switch (mode) {
    case 'single':
      return sourceName(sources[0]);
    case 'mix':
      return `mix of ${sourceName(sources[0])} and ${sourceName(sources[1])}`;
    case 'walk':
      return `walk through ${sources.length} faces`;
    case 'map':
      return `place ${signed(mapX, 1)}, ${signed(mapY, 1)} on the map of seeds`;
  }
}

export const FACE_STRINGS = {
  describe,
  signed,

  mode: 'What the face is made of',
  modes: { single: 'One face', mix: 'Mix', walk: 'Walk', map: 'Map' } satisfies Record<FaceMode, string>,
  psi: 'Variety, truncation ψ',
  psiHint: 'Low is closer to the average face and cleaner, high more individual and riskier; 1 is as sampled.',
  more: 'Where variety acts, and the pose',
  cutoff: 'Variety acts on the first layers only',
  cutoffHint: (layers: number) => `Of ${layers} layers (truncation cutoff); ${layers} is all of them.`,
  pose: 'Pose that the model is told (conditioning)',
  poses: {
    frontal: 'Frontal',
    follow: 'Follow camera',
    fixed: 'By hand',
  } satisfies Record<PoseConditioning['kind'], string>,
  yaw: 'Yaw in degrees',
  pitch: 'Pitch in degrees',
  poseIgnored: 'This model was trained without a pose: it makes no difference.',

  sources: {
    letter,
    seed: 'Seed',
    seedOf: (index: number) => `Seed of ${letter(index)}`,
    seedHint: 'Several seeds at once make a walk: 0-3, or 0, 3, 7.',
    saved: (name: string) => `“${name}”`,
    /** Names of buttons; the name of the source ends them. */
    dice: (index: number) => `Another seed for ${letter(index)}`,
    remove: (index: number) => `Remove ${letter(index)}`,
    /** In a mix, where the other one is left. */
    removeOfTwo: (index: number) => `Remove ${letter(index)}: ${letter(1 - index)} stays as one face`,
    leftAlone: 'One face is left of the mix.',
    earlier: (index: number) => `Move ${letter(index)} earlier`,
    later: (index: number) => `Move ${letter(index)} later`,
    swap: 'Swap A and B',
    add: 'Add a face',
    full: (most: number) => `A walk goes through ${most} faces at most.`,
  },

  mix: {
    hint: 'Left is A, right is B.',
    groups: {
      coarse: 'Shape, hair, pose (coarse layers)',
      middle: 'Features (middle layers)',
      fine: 'Colours, skin (fine layers)',
    } satisfies Record<LayerGroup, string>,
    superResolution: 'Fine detail (super-resolution)',
    share: (share: number) => (share === 0 ? 'A' : share === 1 ? 'B' : `${percent(share)} B`),
    presets: {
      half: 'Half',
      'geometry-a-colours-b': 'Shape A, colours B',
      'geometry-b-colours-a': 'Shape B, colours A',
      'all-a': 'All A',
      'all-b': 'All B',
    } satisfies Record<MixPreset, string>,
    presetGroup: 'Ready-made mixes',
    crossing: 'Crossing point',
    crossingAt: (layer: number | undefined, layers: number) => {
      if (layer === undefined) return 'blended';
      if (layer === 0) return 'all B';
      return layer === layers ? 'all A' : `A below layer ${layer + 1}, then B`;
    },
    everyLayer: 'Every layer',
    layer: (layer: number, side: number) => `Layer ${layer + 1} (${side} × ${side})`,
  },

  walk: {
    position: 'Place on the walk',
    at: (position: number, count: number) => {
      const before = Math.floor(position) % count;
      const between = position - Math.floor(position);
      const from = letter(before);
      return between < 0.005 ? `at ${from}` : `${from} to ${letter((before + 1) % count)}, ${percent(between)}`;
    },
    play: 'Play',
    pause: 'Pause',
    path: 'Way between faces',
    paths: { linear: 'Straight', smooth: 'Smooth' } satisfies Record<FaceRecipe['walkPath'], string>,
    hint: 'The walk goes round: after the last face comes the first. P plays and pauses.',
  },

  map: {
    label: (x: number, y: number) => `Map of seeds, at ${signed(x, 1)} across and ${signed(y, 1)} down`,
    role: 'Map',
    hint: 'Drag, or use the arrow keys; with Shift they go to the next seed. Each picture is a seed, and between them faces blend.',
    spoken: (seed: number) => `Nearest seed: ${seed}`,
    x: 'Across',
    y: 'Down',
    home: 'Back to A',
    take: (seed: number) => `Take seed ${seed}`,
    takeHint: 'as one face, to edit or mix it',
  },

  edit: {
    source: 'Face to edit',
    sourceOption: (index: number, source: FaceSource) => `${letter(index)}: ${sourceName(source)}`,
    onMap: 'A place on the map has no values of its own: take a seed from it to edit that.',
    savedFace: 'A saved face is taken as it is. Choose a seed to edit its values.',
    attributes: 'Attributes',
    search: 'Find an attribute',
    noneFound: (text: string) => `No attribute is called “${text}”.`,
    /** How many of a group are. */
    edited: (count: number) => `${count} changed`,
    /** Of a choice that is the seed's own. */
    looksLike: (label: string) => `looks like: ${label}`,
    /** @param share of the way from the middle to an end, -1..1 */
    value: (share: number) => {
      const size = percent(Math.abs(share));
      if (size === percent(0)) return 'average';
      return share < 0 ? `−${size}` : `+${size}`;
    },
    /** For people who hear it. @param ends what the two ends look like */
    spokenValue: (share: number, [low, high]: readonly [string, string], isEdited: boolean) => {
      const size = percent(Math.abs(share));
      const where = size === percent(0) ? 'average' : `${size} towards ${share < 0 ? low : high}`;
      return `${where}, ${isEdited ? 'changed' : 'the seed’s own'}`;
    },
    reset: (name: string) => `Reset ${name}`,
    resetAll: 'Reset all',
  },

  directions: {
    title: 'Directions',
    about:
      'The ways in which this model’s faces differ most (principal components), found by looking at 10,000 of them. What each one does, trying shows.',
    find: 'Find directions',
    finding: 'Looking at faces',
    progress: 'Search for directions',
    cancel: 'Cancel',
    retry: 'Try again',
    name: (direction: number) => `Direction ${direction + 1}`,
    share: (share: number) => `${(share * 100).toFixed(1)} % of the variety`,
    strength: (strength: number) => signed(strength, 2),
    goTo: (direction: number, strength: number) => `Direction ${direction + 1} at ${signed(strength, 0)}`,
    layers: 'Layers',
    layersOf: (from: number, to: number) => `Layers ${from + 1} to ${to + 1}`,
    from: 'First',
    to: 'Last',
    fromOf: (direction: number) => `First layer of direction ${direction + 1}`,
    toOf: (direction: number) => `Last layer of direction ${direction + 1}`,
    reset: (direction: number) => `Reset direction ${direction + 1}`,
    resetAll: 'Reset all directions',
    more: (count: number) => `${count} more directions`,
    none: 'This model’s faces vary along no direction.',
  },
} as const;
