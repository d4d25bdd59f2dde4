/**
 * Perceptually uniform colour maps: equal steps of a value are equal steps of lightness, so that they look equally large, also in print
 * and to colour-blind eyes. A sequential one for what has a nearest and a farthest, and a diverging one for what has a sign.
 */
import { interpolateRdBu, interpolateViridis } from 'd3-scale-chromatic';

const ENTRIES = 256;
const BISECTIONS = 20;

type Colour = readonly [red: number, green: number, blue: number];

/** Viridis (van der Walt and Smith 2015) as [256, 3] values of 0 to 1, dark to bright. */
export function viridisTable(): Float32Array {
  return table((share) => parseColour(interpolateViridis(share)));
}

/**
 * Blue over white to red as [256, 3] values of 0 to 1: the first entry stands for the most negative value, the last for the most
 * positive; zero is between the two in the middle, which look alike.
 *
 * The hues are those of ColorBrewer's RdBu (Harrower and Brewer 2003), one of its colour-blind-safe maps. Its ends are equally dark (CIE
 * L* 20.0 and 20.1; those of PuOr are 9 and 33), so that no sign looks like the larger one, and under protanopia, deuteranopia and
 * tritanopia (Machado et al. 2009) its ends stay 35 or more apart (CIE 1976 colour difference; those of BrBG 25). As published the
 * lightness does not fall evenly; here the colours are spaced anew so that it falls from the middle to both ends in equal steps of L*.
 */
export function divergingTable(): Float32Array {
  const brewer = (share: number) => parseColour(interpolateRdBu(1 - share));
  const lightest = lightness(brewer(0.5));
  return table((share) => {
    const end = share < 0.5 ? 0 : 1;
    const darkest = lightness(brewer(end));
    const wanted = lightest + (darkest - lightest) * Math.abs(2 * share - 1);
    let [lighter, darker] = [0.5, end];
    for (let step = 0; step < BISECTIONS; step++) {
      const between = (lighter + darker) / 2;
      if (lightness(brewer(between)) > wanted) lighter = between;
      else darker = between;
    }
    return brewer(darker);
  });
}

/** CIE 1976 lightness L*, 0 to 100, of an sRGB colour of 0 to 1. */
export function lightness(colour: Colour): number {
  const [red, green, blue] = colour.map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  );
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27;
}

function table(colourAt: (share: number) => Colour): Float32Array {
  const values = new Float32Array(ENTRIES * 3);
  for (let entry = 0; entry < ENTRIES; entry++) values.set(colourAt(entry / (ENTRIES - 1)), entry * 3);
  return values;
}

/** `#rrggbb` and `rgb(r, g, b)`: d3-scale-chromatic writes both. */
function parseColour(text: string): Colour {
  const bytes = text.startsWith('#')
    ? [1, 3, 5].map((start) => Number.parseInt(text.slice(start, start + 2), 16))
    : text.match(/\d+/g)!.map(Number);
  return [bytes[0]! / 255, bytes[1]! / 255, bytes[2]! / 255];
}
