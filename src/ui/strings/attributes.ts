/**
 * Plain words for the named dimensions of a model (`LatentAttribute`): which part of a face each belongs to, and what its two ends look like. Files
 * speak of targets and dimensions; what has no words here keeps what its file says, if that is plain, or is less and more.
 */

/** From the whole to the details. */
export const ATTRIBUTE_GROUPS = [
  'identity',
  'hair',
  'expression',
  'shape',
  'eyes',
  'nose',
  'mouth',
  'clothes',
  'others',
] as const;
export type AttributeGroup = (typeof ATTRIBUTE_GROUPS)[number];

export const GROUP_NAMES: Readonly<Record<AttributeGroup, string>> = {
  identity: 'Who it is',
  expression: 'Expression',
  hair: 'Hair and beard',
  eyes: 'Eyes and brows',
  nose: 'Nose',
  mouth: 'Mouth',
  shape: 'Shape of the head',
  clothes: 'Clothes',
  others: 'Others',
};

/** Words of a name that tell its group; the first group that has one of them gets it. */
export const GROUP_WORDS: readonly (readonly [AttributeGroup, RegExp])[] = [
  ['clothes', /\b(shirt|collar|cloth(es|ing)?|hat|cap|scarf|glasses|earrings?)\b/],
  ['hair', /\b(hair|beard|moustache|mustache|bald(ness)?|fringe|bangs|stubble)\b/],
  ['eyes', /\b(eyes?|eyelids?|brows?|eyebrows?|lashes|iris|pupils?|gaze)\b/],
  ['nose', /\b(nose|nostrils?)\b/],
  ['expression', /\b(smil(e|ing)|mouth open|expression|frown|surprised?)\b/],
  ['mouth', /\b(mouth|lips?|teeth)\b/],
  ['identity', /\b(age|gender|sex|ancestry|skin|full(ness)?|muscles?|weight|freckles)\b/],
  ['shape', /\b(face|head|forehead|temples?|chin|jaw|cheeks?|cheekbones?|ears?|neck)\b/],
];

interface Words {
  readonly label?: string;
  /** What low and high values look like. */
  readonly ends?: readonly [string, string];
}

/** Of names whose words do not follow from the file or from the name. */
export const KNOWN_WORDS: Readonly<Record<string, Words>> = {
  'skin tone': { ends: ['dark', 'light'] },
  'african ancestry': { label: 'African ancestry' },
  'asian ancestry': { label: 'Asian ancestry' },
  'caucasian ancestry': { label: 'Caucasian ancestry' },
  beard: { ends: ['none', 'full'] },
  moustache: { ends: ['none', 'full'] },
  'shirt hue': { ends: ['red', 'round to red again'] },
  'face outline triangular/inverted': { label: 'face taper', ends: ['wide jaw', 'wide forehead'] },
  'forehead depth': { ends: ['sloping back', 'upright'] },
  'jaw drop': { ends: ['raised', 'dropped'] },
  'nose hump': { ends: ['hollow', 'humped'] },
  'eye fold': { label: 'eyelid fold', ends: ['lower', 'higher'] },
  'ear size and wing': { label: 'ears', ends: ['small, flat', 'large, standing out'] },
};

/**
 * What changes a face more comes before what changes it less: names of the bundled model in the order of how far w moves from -2 to 2, the mean
 * over 300 faces. (How much one sees of it is not quite the same.)
 */
export const BY_CHANGE: readonly string[] = [
  'age',
  'african ancestry',
  'gender',
  'asian ancestry',
  'caucasian ancestry',
  'hair lightness',
  'face fullness',
  'head width',
  'shirt brightness',
  'forehead height',
  'muscle',
  'collar height',
  'head depth',
  'skin tone',
  'neck thickness',
  'face outline square/oval',
  'shirt saturation',
  'hair warmth',
  'chin height',
  'shirt hue',
  'beard',
  'ear size and wing',
  'mouth height down/up',
  'face outline triangular/inverted',
  'nose depth',
  'brow style',
  'smile',
  'forehead depth',
  'nose length',
  'chin prominence',
  'moustache',
  'nostril width',
  'cheek volume',
  'nose hump',
  'brow height',
  'nose tip down/up',
  'eye size',
  'eye slant',
  'eye opening',
  'nose width',
  'eye distance',
  'jaw width',
  'chin width',
  'brow angle',
  'cheekbone width',
  'jaw drop',
  'eye colour',
  'upper lip thickness',
  'lower lip thickness',
  'mouth open',
  'temple width',
  'nose volume pointed/round',
  'mouth width',
  'eye fold',
];

/** By the last word of a name. */
export const ENDS_BY_LAST_WORD: Readonly<Record<string, readonly [string, string]>> = {
  width: ['narrow', 'wide'],
  height: ['low', 'high'],
  depth: ['flat', 'deep'],
  length: ['short', 'long'],
  size: ['small', 'large'],
  thickness: ['thin', 'thick'],
  volume: ['hollow', 'full'],
  distance: ['close together', 'far apart'],
  prominence: ['receding', 'prominent'],
  opening: ['narrow', 'wide open'],
  angle: ['down', 'up'],
  slant: ['down', 'up'],
  tone: ['dark', 'light'],
  lightness: ['dark', 'light'],
  brightness: ['dark', 'bright'],
  saturation: ['grey', 'vivid'],
};

export const USUAL_ENDS: readonly [string, string] = ['less', 'more'];
