/**
 * The draws of adaptive discriminator augmentation (Karras et al. 2020, "Training Generative Adversarial Networks with Limited Data", appendix B): for
 * each picture an affine map of the plane and one of its colours, in double precision. Every transformation of the list is made with probability p
 * and left out otherwise, which is why a generator cannot take augmented pictures for what real ones look like.
 */
import type { AffineMap } from '../../pipelines/resampling/warp';
import type { DrawSource } from '../draws';

/** A map of colours: rows of (r, g, b, 1). */
export type ColourMap = readonly (readonly [r: number, g: number, b: number, shift: number])[];

// How far each transformation goes, as in the paper: parts of the side, and powers of two for scales.
const LARGEST_WHOLE_SHIFT = 0.125;
const SCALE_DEVIATION = 0.2;
const SHIFT_DEVIATION = 0.125;
const BRIGHTNESS_DEVIATION = 0.2;
const CONTRAST_DEVIATION = 0.5;
const SATURATION_DEVIATION = 1;

const UNIFORMS = { warp: 14, colours: 7 } as const;
const NORMALS = { warp: 4, colours: 3 } as const;

const SAME_PLACE: AffineMap = [1, 0, 0, 0, 1, 0];
const SAME_COLOURS: ColourMap = [
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
];

/** Cosines of quarter turns, without rounding. */
const QUARTER = [1, 0, -1, 0] as const;

/**
 * Draws the warp of one picture: flip, quarter turns, shift by whole pixels; scale, turn, stretch, turn, shift. As many numbers are drawn whatever
 * is done with them, so that those of the next picture do not depend on p.
 * @param probability p, 0..1
 * @param side of the picture, in pixels
 * @returns from where something is seen to where it was, in pixels from the middle
 */
export function drawWarp(source: DrawSource, probability: number, side: number): AffineMap {
  const { uniform, normal } = numbersOf(source, 'warp');
  let inverse = SAME_PLACE;
  const apply = (chance: number, inverseOfOne: () => AffineMap) => {
    const happens = uniform() < chance;
    const one = inverseOfOne();
    if (happens) inverse = following(inverse, one);
  };
  // Either turn happens so that one of them does with probability p.
  const turnChance = 1 - Math.sqrt(1 - probability);

  apply(probability, () => (uniform() < 0.5 ? SAME_PLACE : scaling(-1, 1)));
  apply(probability, () => quarterTurns(Math.floor(uniform() * 4)));
  apply(probability, () => shift(wholeShift(uniform(), side), wholeShift(uniform(), side)));
  apply(probability, () => {
    const inverseScale = 2 ** (-SCALE_DEVIATION * normal());
    return scaling(inverseScale, inverseScale);
  });
  apply(turnChance, () => turn(angle(uniform())));
  apply(probability, () => {
    const stretch = 2 ** (SCALE_DEVIATION * normal());
    return scaling(1 / stretch, stretch);
  });
  apply(turnChance, () => turn(angle(uniform())));
  apply(probability, () => shift(SHIFT_DEVIATION * normal() * side, SHIFT_DEVIATION * normal() * side));
  return inverse;
}

/**
 * Draws the map of one picture's colours: brightness, contrast, flip of luma, turn of hue, saturation. As many numbers are drawn whatever is done
 * with them.
 * @param probability p, 0..1
 * @returns for colours of -1..1
 */
export function drawColours(source: DrawSource, probability: number): ColourMap {
  const { uniform, normal } = numbersOf(source, 'colours');
  let map = SAME_COLOURS;
  const apply = (ofOne: () => ColourMap) => {
    const happens = uniform() < probability;
    const one = ofOne();
    if (happens) map = afterwards(one, map);
  };
  apply(() => {
    const brighter = BRIGHTNESS_DEVIATION * normal();
    return SAME_COLOURS.map(([r, g, b]) => [r, g, b, brighter] as const);
  });
  apply(() => {
    const contrast = 2 ** (CONTRAST_DEVIATION * normal());
    return aroundGrey(contrast, contrast);
  });
  apply(() => (uniform() < 0.5 ? SAME_COLOURS : aroundGrey(-1, 1)));
  apply(() => {
    const hue = angle(uniform());
    return aroundGrey(1, Math.cos(hue), Math.sin(hue));
  });
  apply(() => aroundGrey(1, 2 ** (SATURATION_DEVIATION * normal())));
  return map;
}

/** Hands out, one by one, all the numbers that a map takes. */
function numbersOf(source: DrawSource, what: keyof typeof UNIFORMS) {
  const next = (values: ArrayLike<number>) => {
    let at = 0;
    return () => values[at++]!;
  };
  return { uniform: next(source.rand(UNIFORMS[what])), normal: next(source.randn(NORMALS[what])) };
}

/** 0..1 to a full turn. */
const angle = (uniform: number) => (2 * uniform - 1) * Math.PI;

const wholeShift = (uniform: number, side: number) => Math.round((2 * uniform - 1) * LARGEST_WHOLE_SHIFT * side);

const scaling = (x: number, y: number): AffineMap => [x, 0, 0, 0, y, 0];

const shift = (x: number, y: number): AffineMap => [1, 0, -x, 0, 1, -y];

function turn(by: number): AffineMap {
  const [cosine, sine] = [Math.cos(by), Math.sin(by)];
  return [cosine, -sine, 0, sine, cosine, 0];
}

function quarterTurns(count: number): AffineMap {
  const [cosine, sine] = [QUARTER[count]!, QUARTER[(count + 3) % 4]!];
  return [cosine, -sine, 0, sine, cosine, 0];
}

/** first(second(x)) */
function following(first: AffineMap, second: AffineMap): AffineMap {
  const [a, b, c, d, e, f] = first;
  const [g, h, i, j, k, l] = second;
  return [a * g + b * j, a * h + b * k, a * i + b * l + c, d * g + e * j, d * h + e * k, d * i + e * l + f];
}

/** second after first. */
function afterwards(second: ColourMap, first: ColourMap): ColourMap {
  return second.map((row) => {
    const column = (at: number) => row[0] * first[0]![at]! + row[1] * first[1]![at]! + row[2] * first[2]![at]!;
    return [column(0), column(1), column(2), column(3) + row[3]] as const;
  });
}

/**
 * Colours around the axis of greys: along it, across it, and turned about it (the paper's Householder reflection, rotation and scaling).
 * @param across with the cosine of a turn
 * @param turned with its sine
 */
function aroundGrey(along: number, across: number, turned = 0): ColourMap {
  return [0, 1, 2].map((row) => {
    const entry = (column: number) => {
      const handed = [0, -1, 1][(column - row + 3) % 3]! / Math.sqrt(3);
      return (along - across) / 3 + (row === column ? across : 0) + turned * handed;
    };
    return [entry(0), entry(1), entry(2), 0] as const;
  });
}
