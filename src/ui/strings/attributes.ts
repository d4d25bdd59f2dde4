/**
 * Plain words for the named dimensions of a model (`LatentAttribute`): which part of a face each belongs to, and what its two ends look like. Files
 * speak of targets and dimensions; what has no words here keeps what its file says, if that is plain, or is less and more.
 */

export const ATTRIBUTE_GROUPS = [
  'identity',
  'expression',
  'hair',
  'eyes',
  'nose',
  'mouth',
  'shape',
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

/**
 * By name. In the order of how much they change a picture of the bundled model between -2 and 2, most first: the mean difference of its
 * thumbnails over four seeds. Within a group the sliders stand in this order.
 */
export const KNOWN_ATTRIBUTES: Readonly<Record<string, Words>> = {
  'hair lightness': {},
  age: {},
  gender: {},
  'skin tone': { ends: ['dark', 'light'] },
  'face fullness': {},
  'african ancestry': { label: 'African ancestry' },
  'asian ancestry': { label: 'Asian ancestry' },
  'caucasian ancestry': { label: 'Caucasian ancestry' },
  muscle: {},
  smile: {},
  'mouth open': {},
  'hair warmth': {},
  beard: { ends: ['none', 'full'] },
  moustache: { ends: ['none', 'full'] },
  'eye colour': {},
  'shirt brightness': {},
  'shirt hue': { ends: ['red', 'round to red again'] },
  'shirt saturation': {},
  'collar height': {},
  'head width': {},
  'head depth': {},
  'face outline triangular/inverted': { label: 'face taper', ends: ['wide jaw', 'wide forehead'] },
  'forehead depth': { ends: ['sloping back', 'upright'] },
  'jaw drop': { ends: ['raised', 'dropped'] },
  'cheek volume': {},
  'nose hump': { ends: ['hollow', 'humped'] },
  'eye fold': { label: 'eyelid fold', ends: ['lower', 'higher'] },
  'ear size and wing': { label: 'ears', ends: ['small, flat', 'large, standing out'] },
};

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
