/** Camera labels as text and as places of the orbit control: what `labelOf` writes comes back, and what no orbit camera has is refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeLabel } from '../../../src/camera/conventions';
import { CameraLabelError, formatLabel, parseLabel, placeOfLabel } from '../../../src/camera/label-pose';
import { lookAtPose } from '../../../src/camera/look-at';
import {
  FARTHEST_PAN,
  FARTHEST_ZOOM,
  focalOf,
  homeOf,
  labelOf,
  lookFrom,
  NARROWEST_VIEW,
  NEAREST_ZOOM,
  orbitAt,
  PITCH_LIMIT,
  WIDEST_VIEW,
} from '../../../src/camera/orbit';

const home = homeOf({ pivot: [0, 0.1, 0.2] });
const atHome = orbitAt(home);
const usual = labelOf(atHome).map((value) => value + 0); // -0 becomes 0, as in text
const INTRINSICS = [4.2647, 0, 0.5, 0, 4.2647, 0.5, 0, 0, 1];

/** The usual label with some of its numbers replaced. */
function changed(changes: Readonly<Record<number, number>>): Float32Array {
  return usual.map((value, at) => changes[at] ?? value);
}

function refusal(act: () => unknown): CameraLabelError {
  try {
    act();
  } catch (error) {
    if (error instanceof CameraLabelError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a label and the place it stands for', () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const views = fc.record({
    yaw: number(-Math.PI, Math.PI),
    pitch: number(-PITCH_LIMIT, PITCH_LIMIT),
    radius: number(NEAREST_ZOOM * home.radius, FARTHEST_ZOOM * home.radius),
    pivot: fc
      .tuple(number(-1, 1), number(-1, 1), number(-1, 1))
      .map(([x, y, z]) => [x, y + home.pivot[1], z + home.pivot[2]] as const),
    focal: number(focalOf(WIDEST_VIEW), focalOf(NARROWEST_VIEW)),
  });

  test('every camera of the orbit control comes back with the same label, through text too', () => {
    fc.assert(
      fc.property(views, (view) => {
        const label = labelOf(lookFrom(atHome, view));
        const place = placeOfLabel(parseLabel(formatLabel(label)), home);
        const again = labelOf(lookFrom(atHome, place));
        for (const [at, value] of again.entries()) expect(value).toBeCloseTo(label[at]!, 4);
      }),
      { numRuns: 500 },
    );
  });

  test('a camera that looks at the model’s own pivot comes back with angles, distance, pivot and focal length', () => {
    const view = { yaw: -2.5, pitch: 0.6, radius: 2, pivot: home.pivot, focal: 3 };
    const place = placeOfLabel(labelOf(lookFrom(atHome, view)), home);
    for (const key of ['yaw', 'pitch', 'radius', 'focal'] as const) expect(place[key]).toBeCloseTo(view[key], 5);
    for (const [at, value] of place.pivot.entries()) expect(value).toBeCloseTo(home.pivot[at]!, 5);
  });

  test('labels of the official samplers are orbit cameras', () => {
    const official = lookAtPose({ yaw: Math.PI / 2 + 0.3, pitch: Math.PI / 2 - 0.2, pivot: [0, 0, 0.2] });
    const { yaw, pitch } = placeOfLabel(makeLabel(official, INTRINSICS), homeOf({ pivot: [0, 0, 0.2] }));
    expect(yaw).toBeGreaterThan(0.2);
    expect(pitch).toBeGreaterThan(0.1);
  });

  test('four digits are enough', () => {
    const place = { yaw: 0.4, pitch: -0.3, radius: 2.5 };
    const text = Array.from(labelOf(lookFrom(atHome, place)), (value) => value.toFixed(4)).join(' ');
    expect(placeOfLabel(parseLabel(text), home).yaw).toBeCloseTo(0.4, 3);
  });
});

describe('labels that no orbit camera has', () => {
  test.each([
    ['rolled', { 0: Math.cos(0.1), 4: -Math.sin(0.1), 1: -Math.sin(0.1), 5: -Math.cos(0.1) }, /rolled/],
    ['upside down', { 0: -1, 5: 1 }, /upside down/],
    ['mirrored', { 0: -1 }, /mirrors/],
    ['stretched', { 0: 1.1 }, /stretches/],
    ['sheared', { 0: Math.cos(0.2), 8: Math.sin(0.2) }, /right angles/],
    ['with another last row', { 12: 0.5 }, /last row of the matrix/],
    ['skewed', { 17: 0.1 }, /skewed/],
    ['with oblong pixels', { 16: 4, 20: 5 }, /focal lengths differ/],
    ['off centre', { 18: 0.4 }, /principal point/],
    ['without a focal length', { 16: 0, 20: 0 }, /focal length is 0/],
    ['with another last row of intrinsics', { 24: 2 }, /last row is not/],
    ['too narrow', { 16: 40, 20: 40 }, /field of view/],
    ['too far', { 11: 40 }, /looks past the head/],
    ['aside', { 3: FARTHEST_PAN * home.radius + 0.1 }, /looks past the head/],
  ] as const)('%s', (_, changes, message) => {
    const error = refusal(() => placeOfLabel(changed(changes), home));
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/\.$/);
    expect(error.remedy).toMatch(/\.$/);
  });

  test('from too high up', () => {
    const steep = labelOf({ ...atHome, pitch: 1.4 });
    expect(refusal(() => placeOfLabel(steep, home)).value).toBeCloseTo((1.4 * 180) / Math.PI, 3);
  });
});

describe('labels as text', () => {
  const numbers = Array.from(usual);

  test.each([
    ['JSON', JSON.stringify(numbers)],
    ['nested JSON', JSON.stringify([numbers.slice(0, 16), numbers.slice(16)])],
    ['commas', numbers.join(', ')],
    ['white space', `\n ${numbers.join(' \t\n')} \n`],
    ['numpy', `[${numbers.map((value) => `${value.toExponential()}`).join('  ')}]`],
    [
      'numpy with bare points',
      `[${numbers.map((value) => (Number.isInteger(value) ? `${value}.` : value)).join(' ')}]`,
    ],
  ])('%s', (_, text) => expect(parseLabel(text)).toEqual(usual));

  test('what is no label is refused with the word or the count that is to blame', () => {
    expect(refusal(() => parseLabel('')).value).toBe(0);
    expect(refusal(() => parseLabel('1')).message).toContain('is 1 number');
    expect(refusal(() => parseLabel(numbers.slice(1).join(' '))).value).toBe(24);
    expect(refusal(() => parseLabel(`${numbers.join(' ')} 0`)).value).toBe(26);
    expect(refusal(() => parseLabel(numbers.join(' ').replace('0.5', 'nan'))).message).toContain('nan');
    expect(refusal(() => parseLabel(numbers.join(' ').replace('0.5', '1e999'))).message).toContain('1e999');
    expect(refusal(() => parseLabel('{"yaw": 3}')).message).toContain('yaw');
    expect(refusal(() => parseLabel('word '.repeat(9))).remedy).toContain('16 numbers');
  });
});
