/** Marching cubes: closed and manifold whatever the field, within a voxel of analytic surfaces, and a good citizen while it works. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ambiguousFaces, cellSurface, EDGE_CORNERS, EDGES } from '../../../src/geometry/cell-polygons';
import { NoSurfaceError } from '../../../src/geometry/errors';
import { marchingCubes } from '../../../src/geometry/marching-cubes';
import { meshStatistics } from '../../../src/geometry/mesh-statistics';
import { fieldGrid, SPHERE_RADIUS, sphere, TORUS, torus } from './density-fields';

describe('the cases of a cell', () => {
  it('use every crossed edge once, and draw no diagonal on a face', () => {
    let centres = 0;
    for (let inside = 0; inside < 256; inside++) {
      for (let joined = 0; joined < 64; joined++) {
        if ((joined & ~ambiguousFaces[inside]!) !== 0) continue;
        const { triangles, centred } = cellSurface(inside, joined);
        centres += centred.length;
        const isInside = (corner: number) => ((inside >> corner) & 1) === 1;
        const crossed = Array.from({ length: EDGES }, (_, edge) => edge).filter(
          (edge) => isInside(EDGE_CORNERS[edge * 2]!) !== isInside(EDGE_CORNERS[edge * 2 + 1]!),
        );
        expect([...new Set(triangles.filter((corner) => corner < EDGES))].sort((a, b) => a - b)).toEqual(crossed);
        // Sides that occur in one triangle only lie on faces; those in two are inside the cell.
        const sides = new Map<string, number>();
        for (let k = 0; k < triangles.length; k++) {
          const next = triangles[k % 3 === 2 ? k - 2 : k + 1]!;
          const name = [triangles[k]!, next].sort((a, b) => a - b).join('-');
          sides.set(name, (sides.get(name) ?? 0) + 1);
        }
        for (const [name, count] of sides) {
          const [a, b] = name.split('-').map(Number);
          const isOnFace = a! < EDGES && b! < EDGES && shareFace(a!, b!);
          expect(count, `case ${inside}, ${joined}: side ${name}`).toBe(isOnFace ? 1 : 2);
        }
      }
    }
    console.info(`polygons with a vertex in the middle: ${centres} in all cases`);
  });
});

function shareFace(a: number, b: number): boolean {
  const corners = [a, b].flatMap((edge) => [EDGE_CORNERS[edge * 2]!, EDGE_CORNERS[edge * 2 + 1]!]);
  return [1, 2, 4].some((bit) => corners.every((corner) => corner & bit) || corners.every((corner) => !(corner & bit)));
}

describe('analytic surfaces', () => {
  it.each([16, 33, 64])('a sphere at %i^3 is a sphere', async (resolution) => {
    const grid = fieldGrid(resolution, 1, sphere);
    const mesh = await marchingCubes(grid, 0);
    const { isWatertight, isManifold, components, volume, vertices, triangles } = meshStatistics(mesh);
    expect({ isWatertight, isManifold, components }).toEqual({ isWatertight: true, isManifold: true, components: 1 });
    expect(vertices - triangles / 2, 'Euler characteristic').toBe(2);
    expect(volume / ((4 / 3) * Math.PI * SPHERE_RADIUS ** 3)).toBeCloseTo(1, 1);
    expectNear(`sphere ${resolution}`, mesh.positions, sphere, grid.side / resolution);
  });

  it('a torus at 64^3 is a torus, in a box of another size', async () => {
    const grid = fieldGrid(64, 2, torus);
    const mesh = await marchingCubes(grid, 0);
    const { isWatertight, isManifold, components, volume, vertices, triangles } = meshStatistics(mesh);
    expect({ isWatertight, isManifold, components }).toEqual({ isWatertight: true, isManifold: true, components: 1 });
    expect(vertices - triangles / 2, 'Euler characteristic').toBe(0);
    expect(volume / (2 * Math.PI ** 2 * TORUS.ring * TORUS.tube ** 2)).toBeCloseTo(1, 1);
    expectNear('torus 64', mesh.positions, torus, grid.side / 64);
  });

  /** The fields are signed distances, so a vertex is as far from the truth as its value tells. */
  function expectNear(
    what: string,
    positions: Float32Array,
    distance: (x: number, y: number, z: number) => number,
    voxel: number,
  ): void {
    let farthest = 0;
    for (let k = 0; k < positions.length; k += 3) {
      farthest = Math.max(farthest, Math.abs(distance(positions[k]!, positions[k + 1]!, positions[k + 2]!)));
    }
    console.info(`${what}: largest distance from the truth ${(farthest / voxel).toFixed(3)} voxels`);
    expect(farthest).toBeLessThan(voxel);
  }

  it('is cut off flat on the faces of the box', async () => {
    const mesh = await marchingCubes(
      fieldGrid(16, 1, (x) => 0.1 - x),
      0,
    );
    const { isManifold, bounds, volume } = meshStatistics(mesh);
    expect(isManifold).toBe(true);
    expect(bounds.least).toEqual([-0.5, -0.5, -0.5]);
    expect(bounds.most).toEqual([expect.closeTo(0.1, 5), 0.5, 0.5]);
    expect(volume).toBeCloseTo(0.6, 2); // but for the cut corners and edges
  });
});

describe('any field', () => {
  const closedAndManifold = async (values: Float32Array, resolution: number, level: number) => {
    const mesh = await marchingCubes({ resolution, side: 1, values }, level);
    const { isWatertight, isManifold, bounds } = meshStatistics(mesh);
    expect({ isWatertight, isManifold }).toEqual({ isWatertight: true, isManifold: true });
    for (const value of [...bounds.least, ...bounds.most]) expect(Math.abs(value)).toBeLessThanOrEqual(0.5);
  };

  it('of noise: all cases, all ambiguities, samples that just equal the level', async () => {
    const noise = fc.integer({ min: 2, max: 7 }).chain((resolution) => {
      const length = resolution ** 3;
      return fc
        .array(fc.integer({ min: -3, max: 3 }), { minLength: length, maxLength: length })
        .filter((values) => values.some((value) => value > 0) && values.some((value) => value <= 0))
        .map((values) => ({ resolution, values: Float32Array.from(values) }));
    });
    const property = fc.asyncProperty(noise, ({ values, resolution }) => closedAndManifold(values, resolution, 0));
    await fc.assert(property, { numRuns: 200 });
  });

  it('of smooth waves', async () => {
    const wave = fc.record({
      x: fc.double({ min: -12, max: 12, noNaN: true }),
      y: fc.double({ min: -12, max: 12, noNaN: true }),
      z: fc.double({ min: -12, max: 12, noNaN: true }),
      phase: fc.double({ min: 0, max: 6.3, noNaN: true }),
    });
    const property = fc.asyncProperty(fc.array(wave, { minLength: 2, maxLength: 6 }), async (waves) => {
      const grid = fieldGrid(20, 1, (x, y, z) =>
        waves.reduce((sum, w) => sum + Math.sin(w.x * x + w.y * y + w.z * z + w.phase), 0),
      );
      const sorted = grid.values.slice().sort();
      fc.pre(sorted[0]! < sorted[sorted.length - 1]!);
      await closedAndManifold(grid.values, 20, (sorted[0]! + sorted[sorted.length - 1]!) / 2);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('with infinite and missing densities', async () => {
    const { values } = fieldGrid(12, 1, sphere);
    values.set([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY], 6 * 144 + 6 * 12 + 4);
    await closedAndManifold(values, 12, 0);
  });
});

it('names the range when there is no surface', async () => {
  const grid = fieldGrid(8, 1, sphere);
  for (const level of [5, -5, Number.NaN]) {
    await expect(marchingCubes(grid, level)).rejects.toBeInstanceOf(NoSurfaceError);
  }
  await expect(marchingCubes(grid, 5)).rejects.toMatchObject({ level: 5, highest: expect.closeTo(0.25, 1) });
});

it('tells its progress and stops when told to', async () => {
  const grid = fieldGrid(120, 1, sphere);
  const shares: number[] = [];
  await marchingCubes(grid, 0, { onProgress: (share) => shares.push(share) });
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(shares[shares.length - 1]).toBe(1);

  const controller = new AbortController();
  const cancelled = marchingCubes(grid, 0, { signal: controller.signal, onProgress: () => controller.abort() });
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
});
