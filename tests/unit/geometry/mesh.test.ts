/** What is done to a mesh after it was extracted, and whether the statistics see what is wrong with one. */
import { describe, expect, it } from 'vitest';
import { normalsOf } from '../../../src/geometry/face-mesh';
import { marchingCubes } from '../../../src/geometry/marching-cubes';
import { largestComponent, type Mesh } from '../../../src/geometry/mesh';
import { smoothMesh } from '../../../src/geometry/mesh-smoothing';
import { meshStatistics } from '../../../src/geometry/mesh-statistics';
import { extractSurface } from '../../../src/geometry/surface';
import { fieldGrid, SPHERE_RADIUS, sphere } from './density-fields';

/** A tetrahedron with its tip at `x`, counterclockwise from outside. */
function tetrahedron(x = 1): Mesh {
  return {
    positions: Float32Array.from([0, 0, 0, x, 0, 0, 0, 1, 0, 0, 0, 1]),
    indices: Uint32Array.from([0, 2, 1, 0, 1, 3, 0, 3, 2, 1, 2, 3]),
  };
}

/** Two meshes as one; `shared` vertices of the second are the first's with the same numbers. */
function together(a: Mesh, b: Mesh, shared = 0): Mesh {
  const offset = a.positions.length / 3 - shared;
  return {
    positions: Float32Array.from([...a.positions, ...b.positions.subarray(shared * 3)]),
    indices: Uint32Array.from([...a.indices, ...b.indices.map((v) => (v < shared ? v : v + offset))]),
  };
}

describe('statistics', () => {
  it('of a tetrahedron', () => {
    expect(meshStatistics(tetrahedron())).toEqual({
      vertices: 4,
      triangles: 4,
      components: 1,
      isWatertight: true,
      isManifold: true,
      bounds: { least: [0, 0, 0], most: [1, 1, 1] },
      volume: expect.closeTo(1 / 6, 6),
    });
  });

  it('see a hole, a triangle that is turned round, and one that is there twice', () => {
    const { positions, indices } = tetrahedron();
    const holed = { positions, indices: indices.slice(0, 9) };
    const turned = { positions, indices: Uint32Array.from([...indices.subarray(0, 9), 1, 3, 2]) };
    const doubled = { positions, indices: Uint32Array.from([...indices, ...indices]) };
    for (const mesh of [holed, turned, doubled]) {
      expect(meshStatistics(mesh)).toMatchObject({ isWatertight: false, isManifold: false });
    }
  });

  it('see two solids that touch in a vertex, which is closed and no manifold', () => {
    const touching = together(tetrahedron(), tetrahedron(-1), 1);
    expect(meshStatistics(touching)).toMatchObject({ isWatertight: true, isManifold: false, components: 1 });
    expect(meshStatistics(together(tetrahedron(), tetrahedron()))).toMatchObject({ isManifold: true, components: 2 });
  });
});

describe('the largest component', () => {
  /** A large ball, a small one, and a bubble in the large one. */
  const balls = () =>
    fieldGrid(40, 1, (x, y, z) => {
      const withBubble = Math.min(sphereAt(-0.2, 0.25)(x, y, z), -sphereAt(-0.2, 0.08)(x, y, z));
      return Math.max(withBubble, sphereAt(0.3, 0.1)(x, y, z));
    });
  const sphereAt = (centre: number, radius: number) => (x: number, y: number, z: number) =>
    radius - Math.hypot(x - centre, y, z);

  it('is the outside of the large ball', async () => {
    const everything = await marchingCubes(balls(), 0);
    expect(meshStatistics(everything)).toMatchObject({ isManifold: true, components: 3 });
    const { isManifold, components, bounds, volume } = meshStatistics(largestComponent(everything));
    expect({ isManifold, components }).toEqual({ isManifold: true, components: 1 });
    expect(volume).toBeCloseTo((4 / 3) * Math.PI * 0.25 ** 3, 2);
    expect(bounds.most[0]).toBeCloseTo(0.05, 1);
  });

  it('is what a surface is by default', async () => {
    expect(meshStatistics(await extractSurface(balls(), { level: 0 })).components).toBe(1);
    expect(meshStatistics(await extractSurface(balls(), { level: 0, allComponents: true })).components).toBe(3);
  });
});

describe('smoothing', () => {
  const roughSphere = () => {
    let state = 1;
    const noise = () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647 - 0.5;
    };
    return marchingCubes(
      fieldGrid(40, 1, (x, y, z) => sphere(x, y, z) + 0.03 * noise()),
      0,
    );
  };
  /** Root of the mean square of the distance from the true sphere. */
  const roughness = ({ positions }: Mesh) => {
    let sum = 0;
    for (let k = 0; k < positions.length; k += 3) {
      sum += sphere(positions[k]!, positions[k + 1]!, positions[k + 2]!) ** 2;
    }
    return Math.sqrt((3 * sum) / positions.length);
  };

  it('takes the noise and leaves the size', async () => {
    const rough = largestComponent(await roughSphere());
    const smooth = smoothMesh(rough, 20);
    console.info(`roughness ${roughness(rough).toExponential(2)} -> ${roughness(smooth).toExponential(2)}`);
    expect(roughness(smooth)).toBeLessThan(0.65 * roughness(rough)); // white noise has long waves too, which stay
    expect(meshStatistics(smooth).volume / ((4 / 3) * Math.PI * SPHERE_RADIUS ** 3)).toBeCloseTo(1, 1);
    expect(meshStatistics(smooth)).toMatchObject({ isWatertight: true, isManifold: true });
    expect(smooth.indices).toEqual(rough.indices);
  });

  it('of no rounds changes nothing', () => {
    expect(smoothMesh(tetrahedron(), 0)).toEqual(tetrahedron());
  });
});

describe('normals', () => {
  it('point down the density; where that has no direction or points inwards, away from the triangles', () => {
    const mesh = tetrahedron();
    const down = [1, 1, 1].map((value) => value / Math.sqrt(3));
    // Vertex 0 is the corner at the origin: its triangles look to -x, -y, -z.
    const normals = normalsOf(Float32Array.from([3, 3, 3, 0, 0, 0, Number.NaN, 0, 0, 0, 0, 50]), mesh);
    const row = (vertex: number) => [...normals.subarray(vertex * 3, vertex * 3 + 3)];
    expect(row(0)).toEqual(down.map((value) => expect.closeTo(-value, 5)));
    for (const vertex of [1, 2, 3]) expect(Math.hypot(...row(vertex))).toBeCloseTo(1, 5);
    expect(row(1)[0]).toBeGreaterThan(0.9);
    expect(row(2)[1]).toBeGreaterThan(0.9);
    expect(row(3)[2]).toBeGreaterThan(0.9);
  });
});
