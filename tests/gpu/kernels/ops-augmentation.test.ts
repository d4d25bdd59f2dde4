/** Augmentation: maps of places and colours against closed forms and double precision, their derivatives against difference quotients, R1 through both. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import type { PlanBuilder } from '../../../src/gpu/plan';
import type { Tape } from '../../../src/gpu/tape';
import { elementCount, reshaped, type Tensor } from '../../../src/gpu/tensor';
import { multiply } from '../../../src/pipelines/dense/multiply';
import { concatenate } from '../../../src/pipelines/dense/window';
import { startTape } from '../../../src/pipelines/gradients';
import { transformColours } from '../../../src/pipelines/pictures/colour-transform';
import { r1Penalty } from '../../../src/pipelines/reduction/r1-penalty';
import { sumColumns } from '../../../src/pipelines/reduction/sum-columns';
import { sampleMirrored } from '../../../src/pipelines/resampling/mirrored-affine';
import { type AffineMap, warpMap, warpPictures } from '../../../src/pipelines/resampling/warp';
import { stepDraws } from '../../../src/training/draws';
import { type AugmentationSet, wireAugmentation } from '../../../src/training/gan/augmentation';
import { drawWarp } from '../../../src/training/gan/augmentation-maps';
import { randomValues } from '../conv-cases';
import { expectGradients, randomShape } from '../gradient-check';
import { expectClose, runOnce } from '../support';

/** Filters of 9 and 7 taps, four times each, with numbers below 2: some roundings of 1e-7. */
const ROUNDING = 2e-6;

/** Turned, stretched and far out of the picture; enlarged; the identity, a quarter turn and a flip of whole pixels. */
const MAPS: readonly AffineMap[] = [
  [1.3, -0.7, 2.25, 0.9, 1.1, -9.4],
  [0.4, 0.1, 1.7, -0.05, 0.35, 2.2],
  [1, 0, 0, 0, 1, 0],
  [0, 1, -1, -1, 0, 5],
  [-1, 0, 4, 0, 1, 0],
];

/** An axis that goes on in its mirror: pixels 0 1 2 3 2 1 0 1 ... */
function pixelAt(at: number, size: number): number {
  const period = 2 * (size - 1);
  const place = ((at % period) + period) % period;
  return Math.min(place, period - place);
}

/** The operation in double precision. */
function sampled(picture: Float32Array, shape: readonly number[], maps: readonly AffineMap[], [outH, outW]: number[]) {
  const [, height, width, channels] = shape as [number, number, number, number];
  return Float32Array.from(
    maps.flatMap(([a, b, c, d, e, f], sample) =>
      Array.from({ length: outH! * outW! * channels }, (_, at) => {
        const channel = at % channels;
        const column = Math.floor(at / channels) % outW!;
        const row = Math.floor(at / channels / outW!);
        const [x, y] = [a * column + b * row + c, d * column + e * row + f];
        let sum = 0;
        for (const i of [Math.floor(y), Math.floor(y) + 1]) {
          for (const j of [Math.floor(x), Math.floor(x) + 1]) {
            const pixel = (sample * height + pixelAt(i, height)) * width + pixelAt(j, width);
            sum += (1 - Math.abs(x - j)) * (1 - Math.abs(y - i)) * picture[pixel * channels + channel]!;
          }
        }
        return sum;
      }),
    ),
  );
}

/** An operation on the gradient that another has, which depends on what went in. */
function slopeOf(wire: (plan: PlanBuilder, x: Tensor) => Tensor) {
  return (plan: PlanBuilder, { x }: Record<string, Tensor>, tape: Tape): Tensor => {
    const y = wire(plan, x!);
    return tape.gradients([{ of: y, gradient: multiply(plan, y, y) }], [x!])[0] ?? expect.fail('no gradient');
  };
}

async function expectBothDerivatives(label: string, shape: readonly number[], wire: Parameters<typeof slopeOf>[0]) {
  await expectGradients(`${label} [${shape}]`, { x: shape }, (plan, { x }) => wire(plan, x!));
  await expectGradients(`slope of ${label} [${shape}]`, { x: shape }, slopeOf(wire));
}

describe('sampleMirrored', () => {
  const ofShape = (label: string) =>
    randomShape(label, [
      [MAPS.length, MAPS.length],
      [2, 7],
      [2, 7],
      [1, 5],
    ]);
  const result = (label: string) =>
    randomShape(label, [
      [1, 9],
      [1, 9],
    ]);

  it.each(['one', 'another', 'third'])('as in double precision: %s', async (label) => {
    const [shape, out] = [ofShape(label), result(label)];
    const picture = randomValues(
      shape.reduce((a, b) => a * b),
      4,
    );
    const { y } = await runOnce((plan) => ({
      y: sampleMirrored(
        plan,
        plan.constant('x', shape, picture),
        plan.constant('maps', [shape[0]!, 2, 3], MAPS.flat()),
        {
          height: out[0]!,
          width: out[1]!,
        },
      ),
    }));
    expectClose(`[${shape}] to [${out}]`, y, sampled(picture, shape, MAPS, out), 2e-5); // coordinates of 20 with 24 bits
  });

  it.each(['fourth', 'fifth'])('derivatives: %s', async (label) => {
    const shape = ofShape(label).with(1, 6);
    const [height, width] = result(label).map((side) => side + 3) as [number, number];
    await expectBothDerivatives(`sampleMirrored to [${height},${width}]`, shape, (plan, x) =>
      sampleMirrored(plan, x, plan.constant('maps', [shape[0]!, 2, 3], MAPS.flat()), { height, width }),
    );
  });

  it('refuses a picture that has no mirror', async () => {
    const wire = runOnce((plan) => ({
      y: sampleMirrored(plan, plan.tensor('x', [1, 1, 4, 3]), plan.tensor('maps', [1, 2, 3]), { height: 2, width: 2 }),
    }));
    await expect(wire).rejects.toThrow(ShapeError);
  });
});

describe('warpPictures', () => {
  const SIDE = 7;
  const SHAPE = [1, SIDE, SIDE, 3];
  const PICTURE = randomValues(SIDE * SIDE * 3, 8);

  async function warped(inverse: AffineMap, picture = PICTURE, side = SIDE): Promise<Float32Array> {
    const { y } = await runOnce((plan) => ({
      y: warpPictures(
        plan,
        plan.constant('x', [1, side, side, 3], picture),
        plan.constant('maps', [1, 2, 3], warpMap(inverse, side)),
      ),
    }));
    return y;
  }

  /** The picture with pixels from other places. */
  const rearranged = (from: (row: number, column: number) => readonly [row: number, column: number]) =>
    Float32Array.from(PICTURE, (_, at) => {
      const [row, column] = from(Math.floor(at / 3 / SIDE), Math.floor(at / 3) % SIDE);
      return PICTURE[(pixelAt(row, SIDE) * SIDE + pixelAt(column, SIDE)) * 3 + (at % 3)]!;
    });

  it.each([
    ['nothing', [1, 0, 0, 0, 1, 0], (row, column) => [row, column]],
    ['a flip', [-1, 0, 0, 0, 1, 0], (row, column) => [row, SIDE - 1 - column]],
    ['a quarter turn', [0, -1, 0, 1, 0, 0], (row, column) => [column, SIDE - 1 - row]],
    ['half a turn', [-1, 0, 0, 0, -1, 0], (row, column) => [SIDE - 1 - row, SIDE - 1 - column]],
    ['two pixels to the right and one up', [1, 0, -2, 0, 1, 1], (row, column) => [row + 1, column - 2]],
    ['far out', [1, 0, 30, 0, 1, -17], (row, column) => [row - 17, column + 30]],
  ] satisfies [string, AffineMap, (row: number, column: number) => [number, number]][])(
    '%s, in closed form',
    async (label, inverse, from) => {
      expectClose(label, await warped(inverse), rearranged(from), ROUNDING);
    },
  );

  it('a smooth picture, turned and scaled, is that picture seen from there', async () => {
    const side = 24;
    const middle = (side - 1) / 2;
    const smooth = (x: number, y: number) => Math.cos(0.35 * x + 0.2 * y) + 0.5 * Math.sin(0.15 * x - 0.4 * y);
    const inverse: AffineMap = [0.8, -0.3, 0.6, 0.35, 0.75, -0.4];
    const picture = (place: (x: number, y: number) => readonly [number, number]) =>
      Float32Array.from({ length: side * side * 3 }, (_, at) => {
        const [column, row] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
        return smooth(...place(column - middle, row - middle));
      });
    const [a, b, c, d, e, f] = inverse;
    const expected = picture((x, y) => [a * x + b * y + c, d * x + e * y + f]);
    const result = await warped(
      inverse,
      picture((x, y) => [x, y]),
      side,
    );
    const inside = (values: Float32Array) =>
      values.filter((_, at) => {
        const [column, row] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side)];
        return Math.max(Math.abs(column - middle), Math.abs(row - middle)) < 8; // what is seen there does not touch the mirrors
      });
    // Straight lines between places half a pixel apart, where a wave turns by up to 0.4 a pixel and another by 0.43: at most 0.5^2 / 8 of their bends.
    expectClose('turned and scaled', inside(result), inside(expected), 5e-3);
  });

  it('the gradient is the transposed operation, whatever is drawn: y . warp(x) = x . gradient(y)', async () => {
    const [batch, side] = [40, 9];
    const shape = [batch, side, side, 3];
    const maps = Array.from({ length: batch }, (_, step) =>
      warpMap(drawWarp(stepDraws(3, step), 1, side), side),
    ).flat();
    const [x, y] = [1, 2].map((seed) => randomValues(batch * side * side * 3, seed)) as [Float32Array, Float32Array];
    const { warpedX, gradient } = await runOnce((plan) => {
      const tape = startTape(plan);
      const picture = plan.constant('x', shape, x);
      const warpedX = warpPictures(plan, picture, plan.constant('maps', [batch, 2, 3], maps));
      const seeds = [{ of: warpedX, gradient: plan.constant('y', shape, y) }];
      return { warpedX, gradient: tape.gradients(seeds, [picture])[0] ?? expect.fail('no gradient') };
    });
    const products = (a: Float32Array, b: Float32Array) =>
      Float32Array.from({ length: batch }, (_, sample) => {
        const length = a.length / batch;
        return a
          .subarray(sample * length, (sample + 1) * length)
          .reduce((sum, v, at) => sum + v * b[sample * length + at]!, 0);
      });
    expectClose('products', products(y, warpedX), products(x, gradient), 5e-5); // sums of 243 products up to 2
  });

  it('derivatives', async () => {
    const inverse: AffineMap = [0.7, -0.6, 1.2, 0.8, 0.9, -2.4];
    await expectBothDerivatives('warpPictures', SHAPE, (plan, x) =>
      warpPictures(plan, x, plan.constant('maps', [1, 2, 3], warpMap(inverse, SIDE))),
    );
  });
});

describe('transformColours', () => {
  const colours = randomValues(2 * 12, 5);

  it('is a matrix and a shift for each sample', async () => {
    const picture = randomValues(2 * 4 * 3, 6);
    const { y } = await runOnce((plan) => ({
      y: transformColours(plan, plan.constant('x', [2, 2, 2, 3], picture), plan.constant('m', [2, 3, 4], colours)),
    }));
    const expected = Float32Array.from(picture, (_, at) => {
      const [pixel, row] = [Math.floor(at / 3), 12 * Math.floor(at / 12) + 4 * (at % 3)];
      const [r, g, b] = picture.subarray(3 * pixel);
      return colours[row]! * r! + colours[row + 1]! * g! + colours[row + 2]! * b! + colours[row + 3]!;
    });
    expectClose('colours', y, expected, 1e-6);
  });

  it('derivatives', async () => {
    await expectBothDerivatives('transformColours', [2, 3, 2, 3], (plan, x) =>
      transformColours(plan, x, plan.constant('m', [2, 3, 4], colours)),
    );
  });
});

describe('wireAugmentation', () => {
  const BATCH = 3;
  const SIZES = { image: [BATCH, 8, 8, 3], imageRaw: [BATCH, 4, 4, 3] };

  const augmented = (set: AugmentationSet, probability: number, step: number, raw = SIZES.imageRaw) =>
    runOnce((plan) => {
      const constant = (name: string, shape: readonly number[]) =>
        plan.constant(
          name,
          shape,
          randomValues(
            shape.reduce((a, b) => a * b),
            2,
          ),
        );
      const { write, ...pictures } = wireAugmentation(
        plan,
        { image: constant('image', SIZES.image), imageRaw: constant('small', raw) },
        set,
      );
      write(stepDraws(5, step), probability);
      return pictures;
    });

  it.each(['colour', 'all'] as const)('%s at probability 0 leaves pictures as they are', async (set) => {
    const { image, imageRaw } = await augmented(set, 0, 1, SIZES.image);
    for (const values of [image, imageRaw]) expectClose(set, values, randomValues(values.length, 2), ROUNDING);
  });

  it.each(['colour', 'all'] as const)('%s has the same bits for the same draws, and others for others', async (set) => {
    const [first, again, other] = [
      await augmented(set, 0.8, 1),
      await augmented(set, 0.8, 1),
      await augmented(set, 0.8, 2),
    ];
    expect(again).toEqual(first);
    expect(other.image).not.toEqual(first.image);
    expect(other.imageRaw).not.toEqual(first.imageRaw);
  });

  it('both pictures are changed alike', async () => {
    const { image, imageRaw } = await augmented('all', 1, 3, SIZES.image);
    expect(imageRaw).toEqual(image);
  });

  it('R1 goes through it', async () => {
    const shapes = { image: SIZES.image, raw: SIZES.imageRaw };
    await expectGradients('R1 through an augmentation', shapes, (plan, { image, raw }, tape) => {
      const seen = wireAugmentation(plan, { image: image!, imageRaw: raw! }, 'all');
      seen.write(stepDraws(7, 1), 1);
      const logits = [seen.image, seen.imageRaw].map((x) => {
        const cubes = multiply(plan, multiply(plan, x, x), x);
        return sumColumns(plan, reshaped(cubes, [elementCount(x.shape) / 3, 3]));
      });
      return r1Penalty(plan, tape, concatenate(plan, logits, 0), [image!, raw!], 3);
    });
  });
});
