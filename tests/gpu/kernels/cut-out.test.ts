/** Heads cut out of their background, against the same arithmetic in plain code: raw pictures, enlarged ones, and what the edges are like. */
import { describe, expect, test } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { alphaOfFeature, alphaOfRays, cutOut, cutOutRaw } from '../../../src/pipelines/pictures/cut-out';
import { expectClose, runOnce, testGpu } from '../support';

/** The picture over its old background, -1 to 1 as models render. */
function over(cutOutPicture: Float32Array, background: 0 | 1): Float32Array {
  return Float32Array.from({ length: (cutOutPicture.length / 4) * 3 }, (_, at) => {
    const pixel = Math.floor(at / 3);
    const value = cutOutPicture[pixel * 4 + (at % 3)]! + (1 - cutOutPicture[pixel * 4 + 3]!) * background;
    return 2 * value - 1;
  });
}

const clamped = (value: number) => Math.min(1, Math.max(0, value));

/** Shaders' withoutBackground. */
function unmixed(picture: ArrayLike<number>, alpha: number, background: 0 | 1): number[] {
  if (alpha <= 0) return [0, 0, 0, 0];
  const colour = [0, 1, 2].map((channel) => clamped(picture[channel]! / 2 + 0.5));
  const opacity = Math.max(alpha, ...colour.map((value) => Math.abs(value - background)));
  return [...colour.map((value) => value - (1 - opacity) * background), opacity];
}

async function cutOutOf(
  image: ArrayLike<number>,
  pictureSide: number,
  alpha: ArrayLike<number>,
  side: number,
  whiteBackground = true,
): Promise<Float32Array> {
  const batch = alpha.length / side ** 2;
  const { picture } = await runOnce((plan) => ({
    picture: cutOut(
      plan,
      plan.constant('image', [batch, pictureSide, pictureSide, 3], image),
      alphaOfRays(plan.constant('alpha', [batch, side, side, 1], alpha), whiteBackground),
    ),
  }));
  return picture!;
}

describe('the raw picture', () => {
  const side = 5;
  const channels = 8;
  const features = Float32Array.from({ length: side * side * channels }, (_, at) => 1.1 * Math.sin(at * 0.7));
  const alphas = Float32Array.from({ length: side * side }, (_, ray) => ((ray * 7) % 9) / 8);

  test.each([
    ['white', true, 1],
    ['black', false, 0],
  ] as const)('loses its %s by the alpha of its rays', async (_, whiteBackground, background) => {
    const { picture } = await runOnce((plan) => ({
      picture: cutOutRaw(
        plan,
        plan.constant('feature', [1, side, side, channels], features),
        alphaOfRays(plan.constant('alpha', [1, side, side, 1], alphas), whiteBackground),
      ),
    }));
    const expected = [...alphas].flatMap((alpha, ray) => {
      return unmixed(features.subarray(ray * channels, ray * channels + 3), alpha, background);
    });
    expectClose('cut out', picture!, Float32Array.from(expected), 1e-6);
  });

  test('of a student, whose alpha is a channel of the features', async () => {
    const { picture } = await runOnce((plan) => {
      const feature = plan.constant('feature', [1, side, side, channels], features);
      return { picture: cutOutRaw(plan, feature, alphaOfFeature(feature, 6, true)) };
    });
    const expected = Array.from({ length: side * side }, (_, ray) => {
      const ofRay = features.subarray(ray * channels, (ray + 1) * channels);
      // What is within 0.04 of nothing or of all is that.
      return unmixed(ofRay, clamped(((1 - ofRay[6]!) / 2 - 0.04) / 0.92), 1);
    });
    expectClose('cut out', picture!, Float32Array.from(expected.flat()), 1e-6);
  });
});

describe('the enlarged picture', () => {
  const [pictureSide, side] = [128, 16];
  const isHead = (x: number, y: number) => (x - pictureSide / 2) ** 2 + (y - pictureSide / 2) ** 2 < 40 ** 2;
  const truth = Float32Array.from({ length: pictureSide ** 2 }, (_, pixel) =>
    Number(isHead((pixel % pictureSide) + 0.5, Math.floor(pixel / pictureSide) + 0.5)),
  );
  /** As few rays see it: the mean over the pixels of each. */
  const soft = Float32Array.from({ length: side ** 2 }, (_, ray) => {
    const step = pictureSide / side;
    let sum = 0;
    for (let y = 0; y < step; y++) {
      for (let x = 0; x < step; x++) {
        sum += truth[(Math.floor(ray / side) * step + y) * pictureSide + (ray % side) * step + x]!;
      }
    }
    return sum / step ** 2;
  });
  const disc = (head: (x: number) => readonly number[]) =>
    Float32Array.from([...truth].flatMap((inside, pixel) => (inside ? head(pixel % pictureSide) : [1, 1, 1])));
  const skin = disc((x) => [0.4, 0.1 + x / 256, -0.3]);

  test('is as plain code has it', async () => {
    const [S, r] = [24, 8];
    const image = Float32Array.from({ length: 2 * S * S * 3 }, (_, at) => Math.sin(at * 0.37) * 1.1);
    // Solid in the middle, and soft around; the second one is elsewhere.
    const alpha = Float32Array.from({ length: 2 * r * r }, (_, ray) =>
      clamped(1.9 - 0.4 * Math.hypot((ray % r) - 4, (Math.floor(ray / r) % r) - (ray < r * r ? 3 : 5))),
    );
    const expected = [0, 1].flatMap((sample) => {
      return plainCutOut(
        image.subarray(sample * S * S * 3, (sample + 1) * S * S * 3),
        S,
        alpha.subarray(sample * r * r),
        r,
      );
    });
    const actual = await cutOutOf(image, S, alpha, r);
    expectClose('cut out', actual, Float32Array.from(expected), 2e-5);
  });

  test('has the crisp edge that the rays only guess', async () => {
    const picture = await cutOutOf(skin, pictureSide, soft, side);
    const meanError = (alphaAt: (pixel: number) => number) =>
      truth.reduce((sum, value, pixel) => sum + Math.abs(alphaAt(pixel) - value), 0) / truth.length;
    const after = meanError((pixel) => picture[pixel * 4 + 3]!);
    const before = meanError((pixel) => bilinear(soft, side, pixel, pictureSide));
    console.log(`cut out of a disc: mean error of alpha ${after.toFixed(4)}, of the rays alone ${before.toFixed(4)}`);
    expect(after).toBeLessThan(before / 5);
  });

  test('over the old background it is the picture again, and over black it has no bright rim', async () => {
    const picture = await cutOutOf(skin, pictureSide, soft, side);
    const again = over(picture, 1);
    let rim = 0;
    for (let pixel = 0; pixel < truth.length; pixel++) {
      if (bilinear(soft, side, pixel, pictureSide) >= 1 / 255) {
        for (let channel = 0; channel < 3; channel++) {
          expect(Math.abs(again[pixel * 3 + channel]! - skin[pixel * 3 + channel]!)).toBeLessThan(1e-5);
        }
      }
      if (!truth[pixel]) rim = Math.max(rim, picture[pixel * 4]!, picture[pixel * 4 + 1]!, picture[pixel * 4 + 2]!);
    }
    expect(rim).toBeLessThan(0.1); // the rays alone leave up to 0.5 of white
  });

  test('dark hair that the rays have missed in part is there in full', async () => {
    const hair = disc(() => [-0.9, -0.95, -1]);
    const picture = await cutOutOf(hair, pictureSide, soft, side);
    for (let pixel = 0; pixel < truth.length; pixel++) {
      if (truth[pixel] && bilinear(soft, side, pixel, pictureSide) > 0.1) {
        expect(picture[pixel * 4 + 3]!).toBeGreaterThan(0.97);
      }
    }
  });

  test('trusts the rays where the head has the colour of the background', async () => {
    const white = new Float32Array(pictureSide ** 2 * 3).fill(1);
    const picture = await cutOutOf(white, pictureSide, soft, side);
    for (let pixel = 0; pixel < truth.length; pixel++) {
      const ofRays = bilinear(soft, side, pixel, pictureSide);
      expect(Math.abs(picture[pixel * 4 + 3]! - (ofRays < 1 / 255 ? 0 : ofRays))).toBeLessThan(0.01);
    }
  });

  test('is fully transparent where no ray met anything, whatever the picture has there', async () => {
    const picture = await cutOutOf(skin, pictureSide, new Float32Array(side ** 2), side);
    expect(picture.every((value) => value === 0)).toBe(true);
  });

  test('alpha of another batch, or of another shape, is refused', async () => {
    const plan = new PlanBuilder(await testGpu(), 'refused');
    const image = plan.constant('image', [1, 8, 8, 3], new Float32Array(192));
    const alpha = alphaOfRays(plan.constant('alpha', [2, 4, 4, 1], new Float32Array(32)), true);
    expect(() => cutOut(plan, image, alpha)).toThrow(ShapeError);
    expect(() => cutOutRaw(plan, image, alpha)).toThrow(ShapeError);
    plan.discard();
  });
});

/** Enlarged linearly, pixels as squares. */
function bilinear(
  values: ArrayLike<number>,
  side: number,
  pixel: number,
  pictureSide: number,
  channels = 1,
  channel = 0,
) {
  const at = (x: number, y: number) => {
    const inside = (place: number) => Math.min(side - 1, Math.max(0, place));
    return values[(inside(y) * side + inside(x)) * channels + channel]!;
  };
  const [x, y] = [pixel % pictureSide, Math.floor(pixel / pictureSide)].map(
    (place) => ((place + 0.5) * side) / pictureSide - 0.5,
  );
  const [left, top] = [Math.floor(x!), Math.floor(y!)];
  const [across, down] = [x! - left, y! - top];
  const row = (line: number) => (1 - across) * at(left, line) + across * at(left + 1, line);
  return (1 - down) * row(top) + down * row(top + 1);
}

/** One picture, [S, S, 4], before white. */
function plainCutOut(image: Float32Array, S: number, alpha: Float32Array, r: number): number[] {
  const step = S / r;
  const inside = new Float64Array(r * r * 4);
  for (let ray = 0; ray < r * r; ray++) {
    for (let other = 0; other < r * r; other++) {
      const [dx, dy] = [(ray % r) - (other % r), Math.floor(ray / r) - Math.floor(other / r)];
      if (Math.max(Math.abs(dx), Math.abs(dy)) > 5 || alpha[other]! <= 0.98) continue;
      for (let at = 0; at < step * step; at++) {
        const x = (other % r) * step + (at % step);
        const y = Math.floor(other / r) * step + Math.floor(at / step);
        for (let channel = 0; channel < 3; channel++) {
          inside[ray * 4 + channel]! += image[(y * S + x) * 3 + channel]! / step ** 2;
        }
      }
      inside[ray * 4 + 3]! += 1;
    }
  }
  return Array.from({ length: S * S }, (_, pixel) => {
    const ofRays = bilinear(alpha, r, pixel, S);
    if (ofRays < 1 / 255) return [0, 0, 0, 0];
    const [red, green, blue, count] = [0, 1, 2, 3].map((channel) => bilinear(inside, r, pixel, S, 4, channel));
    const colour = image.subarray(pixel * 3, pixel * 3 + 3);
    if (ofRays >= 1 || count! <= 0) return unmixed(colour, ofRays, 1);
    const trust = 0.02 / (1 - ofRays);
    const head = [red!, green!, blue!].map((sum) => sum / count! - 1);
    const along = head.reduce((sum, value, channel) => sum + (colour[channel]! - 1) * value, trust * ofRays);
    const length = head.reduce((sum, value) => sum + value * value, trust);
    return unmixed(colour, clamped(along / length), 1);
  }).flat();
}
