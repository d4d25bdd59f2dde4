/** Encodings of coordinates for networks: Fourier features, and the integrated ones of Mip-NeRF. */
import { describe, expect, it } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import { fourierEncoding } from '../../../src/pipelines/encoding/fourier-encoding';
import { integratedEncoding } from '../../../src/pipelines/encoding/integrated-encoding';
import { randomValues } from '../conv-cases';
import { expectGradients } from '../gradient-check';
import { expectClose, runOnce } from '../support';

const [ROWS, INPUTS, FREQUENCIES] = [37, 3, 8];

describe('Fourier features', () => {
  it('are sines and cosines of 2 pi B x', async () => {
    const x = randomValues(ROWS * INPUTS, 1);
    const b = randomValues(4 * FREQUENCIES, 2).map((value) => 8 * value);
    const { encoded } = await runOnce((plan) => ({
      encoded: fourierEncoding(plan, plan.constant('x', [ROWS, INPUTS], x), plan.constant('b', [4, FREQUENCIES], b)),
    }));
    const expected = Float32Array.from({ length: ROWS * 2 * FREQUENCIES }, (_, index) => {
      const [row, wave] = [Math.floor(index / (2 * FREQUENCIES)), index % (2 * FREQUENCIES)];
      const cycles = [0, 1, 2].reduce(
        (sum, k) => sum + b[k * FREQUENCIES + (wave % FREQUENCIES)]! * x[3 * row + k]!,
        0,
      );
      return (wave < FREQUENCIES ? Math.sin : Math.cos)(2 * Math.PI * cycles);
    });
    expectClose('Fourier features', encoded, expected, 2e-5); // some 20 cycles, each with the rounding of f32 times 2 pi
  });

  it('have a gradient', async () => {
    const shapes = { x: [ROWS, INPUTS] };
    await expectGradients('Fourier features', shapes, (plan, { x }) =>
      fourierEncoding(plan, x!, plan.constant('b', [4, FREQUENCIES], randomValues(4 * FREQUENCIES, 2))),
    );
  });

  it('come in fours', async () => {
    const three = runOnce((plan) => ({
      encoded: fourierEncoding(plan, plan.tensor('x', [1, 4]), plan.tensor('b', [4, 3])),
    }));
    await expect(three).rejects.toThrow(ShapeError);
  });
});

/** Middle, direction, depth, length and radius at depth 1 of a piece of a cone. */
interface Piece {
  readonly point: readonly number[];
  readonly direction: readonly number[];
  readonly depth: number;
  readonly length: number;
  readonly radius: number;
}

const PIECES: readonly Piece[] = [
  { point: [0.1, -0.2, 0.3], direction: [0, 0, 1], depth: 2, length: 0.2, radius: 0.05 },
  { point: [-0.4, 0.1, 0], direction: [0.6, 0, -0.8], depth: 1, length: 0.5, radius: 0.1 },
  { point: [0.2, 0.2, 0.2], direction: [0.48, 0.6, 0.64], depth: 0.5, length: 0.9, radius: 0.02 },
];

describe('the integrated encoding', () => {
  const encode = async (pieces: readonly Piece[], levels: number, lowest: number) => {
    const rows = (label: string, of: (piece: Piece) => readonly number[]) =>
      [label, pieces.flatMap((piece) => [...of(piece)])] as const;
    const { encoded } = await runOnce((plan) => {
      const load = ([label, values]: readonly [string, number[]]) => plan.constant(label, [pieces.length, 3], values);
      const points = load(rows('points', ({ point }) => point));
      const directions = load(rows('directions', ({ direction }) => direction));
      const casts = load(rows('casts', ({ depth, length, radius }) => [depth, length, radius]));
      return { encoded: integratedEncoding(plan, { points, directions, casts }, { levels, lowest }) };
    });
    return encoded;
  };

  it('is the mean of waves over the piece of the cone', async () => {
    // A Gaussian has the piece's mean and variance: what it lacks of the shape shows in waves that are as fine as the piece, and here they are not.
    const [levels, lowest] = [3, 0.08];
    const encoded = await encode(PIECES, levels, lowest);
    const expected = PIECES.flatMap((piece) => meanWaves(piece, levels, lowest));
    expectClose('integrated encoding', encoded, Float32Array.from(expected), 2e-3);
  });

  it('fades where waves are finer than the piece, and is finite for a row of zeros', async () => {
    const nothing: Piece = { point: [0, 0, 0], direction: [0, 0, 0], depth: 0, length: 0, radius: 0 };
    const encoded = await encode([PIECES[0]!, nothing], 8, 0.5);
    const [fine, coarse] = [encoded.subarray(21, 24), encoded.subarray(0, 3)];
    expect(Math.max(...fine.map(Math.abs))).toBeLessThan(1e-6);
    expect(Math.min(...coarse.map(Math.abs))).toBeGreaterThan(0.1);
    const ofNothing = Float32Array.from({ length: 48 }, (_, wave) => (wave < 24 ? 0 : 1));
    expectClose('a row of zeros', encoded.subarray(48), ofNothing, 1e-6);
  });
});

/** By the mid-point rule over depths and discs: sines, level by level for x, y, z, then cosines. */
function meanWaves({ point, direction, depth, length, radius }: Piece, levels: number, lowest: number): number[] {
  const [depths, rings, turns] = [40, 12, 16];
  const aside = Math.abs(direction[2]!) < 0.9 ? [0, 0, 1] : [1, 0, 0];
  const across = unit(cross(direction, aside));
  const upwards = cross(direction, across);
  const sums = new Array<number>(6 * levels).fill(0);
  let total = 0;
  for (let k = 0; k < depths; k++) {
    const offset = ((k + 0.5) / depths - 0.5) * length;
    for (let ring = 0; ring < rings; ring++) {
      const r = radius * (depth + offset) * Math.sqrt((ring + 0.5) / rings); // rings of equal area
      for (let turn = 0; turn < turns; turn++) {
        const [cosine, sine] = [Math.cos, Math.sin].map((of) => r * of((2 * Math.PI * turn) / turns)) as [
          number,
          number,
        ];
        const weight = (depth + offset) ** 2;
        total += weight;
        for (let wave = 0; wave < 3 * levels; wave++) {
          const axis = wave % 3;
          const x = point[axis]! + offset * direction[axis]! + cosine * across[axis]! + sine * upwards[axis]!;
          const phase = 2 * Math.PI * lowest * 2 ** Math.floor(wave / 3) * x;
          sums[wave]! += weight * Math.sin(phase);
          sums[wave + 3 * levels]! += weight * Math.cos(phase);
        }
      }
    }
  }
  return sums.map((sum) => sum / total);
}

const cross = (a: readonly number[], b: readonly number[]) =>
  [0, 1, 2].map((axis) => a[(axis + 1) % 3]! * b[(axis + 2) % 3]! - a[(axis + 2) % 3]! * b[(axis + 1) % 3]!);
const unit = (a: readonly number[]) => a.map((part) => part / Math.hypot(...a));
