/**
 * Density grids in slabs, and the mesh of a model: drawn on the processor, it must show what the volume renderer shows from there.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { orbitLabel } from '../../../src/camera/orbit-pose';
import {
  decodeAtPoints,
  LARGEST_RESOLUTION,
  layersPerSlab,
  OFFICIAL_LEVEL,
  sampleDensityGrid,
} from '../../../src/geometry/density-grid';
import { GridResolutionError } from '../../../src/geometry/errors';
import { type FacePlanes, makeFacePlanes, shadeMesh } from '../../../src/geometry/face-mesh';
import type { Mesh } from '../../../src/geometry/mesh';
import { meshStatistics } from '../../../src/geometry/mesh-statistics';
import { extractSurface } from '../../../src/geometry/surface';
import { type DensityGrid, voxelCentre, voxelSide } from '../../../src/geometry/voxel-grid';
import { ShapeError } from '../../../src/gpu/errors';
import { PlanBuilder } from '../../../src/gpu/plan';
import { Generator, wireDensityAtPoints, wireDensityGrid, wireRayMarch } from '../../../src/models/generator';
import { seededLatent } from '../../../src/models/latent';
import { packDecoder } from '../../../src/pipelines/volume/decoder';
import { densityLayers, projectFront } from '../../../src/pipelines/volume/density-grid';
import { evaluatePoints } from '../../../src/pipelines/volume/evaluate-points';
import { drawMesh } from '../mesh-picture';
import { expectClose, fixture, runOnce, testGpu } from '../support';

let generator: Generator;
let face: FacePlanes;

beforeAll(async () => {
  generator = Generator.create(await testGpu(), await fixture('small/small-eg3d'));
  face = await makeFacePlanes(generator, { z: seededLatent(0, 64), psi: 1 });
}, 120_000);

afterAll(() => {
  face.destroy();
  generator.destroy();
});

/** Density and colours of points in one dispatch. @param points [M, 3] */
function decodeAtOnce(points: Float32Array) {
  return runOnce((plan) => {
    const xyz = plan.constant('points', [1, points.length / 3, 3], points);
    return { ...wireDensityAtPoints(plan, generator, face.planes, xyz) };
  });
}

/** Share of the range of all densities by which one may be off: sums in another order, and softplus by the device's exp2 and log2. */
const TOLERANCE = 1e-4;

/** x, y, z of the voxels' centres, in the order of the grid. */
function voxelCentres(resolution: number, side: number): Float32Array {
  const points = new Float32Array(3 * resolution ** 3);
  let at = 0;
  for (let z = 0; z < resolution; z++) {
    for (let y = 0; y < resolution; y++) {
      for (let x = 0; x < resolution; x++) {
        for (const index of [x, y, z]) points[at++] = voxelCentre({ resolution, side }, index);
      }
    }
  }
  return points;
}

function rangeOf(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b)) - values.reduce((a, b) => Math.min(a, b));
}

const axis = fc.constantFrom(0 as const, 1 as const, 2 as const);
const multipleOfFour = (most: number) => fc.integer({ min: 1, max: most / 4 }).map((groups) => 4 * groups);
const anyModel = fc.record({
  rendering: fc.record({
    planeAxes: fc.array(fc.tuple(axis, axis), { minLength: 1, maxLength: 5 }),
    planeChannels: multipleOfFour(12),
    decoderHiddenWidth: multipleOfFour(24),
    decoderOutputs: multipleOfFour(8),
    boxWarp: fc.constantFrom(0.7, 1, 2),
  }),
  width: fc.integer({ min: 1, max: 9 }),
  height: fc.integer({ min: 1, max: 9 }),
  resolution: fc.integer({ min: 2, max: 13 }),
  /** First layer of the second part. */
  cut: fc.integer({ min: 1, max: 12 }),
  /** Spread of the features; 1000 takes softplus far beyond where its exponential overflows. */
  gain: fc.constantFrom(1, 10, 1000),
  seed: fc.nat(),
});

describe('density grid', () => {
  it('equals the decoder at the voxel centres', async () => {
    const resolution = 29; // no multiple of four: rows have padding
    const grid = await sampleDensityGrid(generator, face.planes, resolution);
    const { sigma } = await decodeAtOnce(voxelCentres(resolution, grid.side));
    expectClose('grid and points', grid.values, sigma, TOLERANCE * rangeOf(sigma));
  });

  it('in slabs equals one piece', async () => {
    const resolution = 80;
    const most = layersPerSlab(generator, resolution);
    expect(most).toBeLessThan(resolution / 2); // three slabs on the adapter of the tests
    const shares: number[] = [];
    const options = { onProgress: (share: number) => shares.push(share) };
    const grid = await sampleDensityGrid(generator, face.planes, resolution, options);
    expect(shares).toEqual([most / resolution, (2 * most) / resolution, 1]);
    const { sigma } = await runOnce((plan) => {
      const stage = wireDensityGrid(plan, generator, face.planes, resolution);
      return { sigma: stage.wireLayers(plan, { first: 0, count: resolution }) };
    });
    expectClose('grid in slabs', grid.values, sigma, 0);
  });

  it('equals the decoder where the front is so large that it takes two dispatches', async () => {
    const resolution = 300;
    const [z, firstRow, endRow] = [140, 210, 230]; // the second dispatch begins with row 219
    const grid = { resolution, side: generator.config.rendering.boxWarp };
    const points: number[] = [];
    for (let y = firstRow; y < endRow; y++) {
      for (let x = 0; x < resolution; x++) for (const index of [x, y, z]) points.push(voxelCentre(grid, index));
    }
    const { layer } = await runOnce((plan) => {
      const stage = wireDensityGrid(plan, generator, face.planes, resolution);
      expect(plan.dispatchCount).toBe(2);
      return { layer: stage.wireLayers(plan, { first: z, count: 1 }) };
    });
    const { sigma } = await decodeAtOnce(Float32Array.from(points));
    const rows = layer.subarray(firstRow * resolution, endRow * resolution);
    expectClose('rows of a large grid', rows, sigma, TOLERANCE * rangeOf(sigma));
    expect(layer.every(Number.isFinite)).toBe(true);
  });

  it('of any planes and decoder equals the decoder at the voxel centres, however it is cut into layers', async () => {
    let largest = 0;
    await fc.assert(
      fc.asyncProperty(anyModel, async ({ rendering, width, height, resolution, cut, gain, seed }) => {
        let drawn = seed;
        const normals = (count: number) => seededLatent(drawn++, count);
        const { planeAxes, planeChannels, decoderHiddenWidth: hidden, decoderOutputs, boxWarp } = rendering;
        const packed = packDecoder(
          {
            hiddenWeight: normals(hidden * planeChannels),
            hiddenBias: normals(hidden),
            outputWeight: normals((1 + decoderOutputs) * hidden),
            outputBias: normals(1 + decoderOutputs),
          },
          rendering,
          1,
        );
        const channels = planeAxes.length * planeChannels;
        const texels = normals(width * height * channels).map((value) => value * gain);
        const first = Math.min(cut, resolution - 1);
        const { expected, whole, ...parts } = await runOnce((plan) => {
          const planes = plan.constant('planes', [1, height, width, channels], texels);
          const decoder = plan.constant('decoder', [packed.length], packed);
          const centres = voxelCentres(resolution, boxWarp);
          const points = plan.constant('points', [1, resolution ** 3, 3], centres);
          const inputs = { planes, decoder, rendering, resolution };
          const front = projectFront(plan, inputs);
          const layers = (from: number, count: number) => densityLayers(plan, inputs, front, { first: from, count });
          return {
            expected: evaluatePoints(plan, { planes, decoder, points, rendering }).sigma,
            whole: layers(0, resolution),
            low: layers(0, first),
            high: layers(first, resolution - first),
          };
        });
        const error = Math.max(...whole.map((value, k) => Math.abs(value - expected[k]!))) / rangeOf(expected);
        largest = Math.max(largest, error);
        expect(error).toBeLessThan(TOLERANCE);
        expect([...parts.low, ...parts.high]).toEqual([...whole]);
      }),
      { numRuns: 18, seed: 5 },
    );
    console.info(`largest error of random models: ${largest.toExponential(2)} of the range (allowed ${TOLERANCE})`);
  });

  it('refuses layers that the grid does not have, and the planes of several faces', async () => {
    const builder = new PlanBuilder(await testGpu(), 'refused');
    const stage = wireDensityGrid(builder, generator, face.planes, 8);
    expect(() => stage.wireLayers(builder, { first: 7, count: 2 })).toThrow(ShapeError);
    const twoFaces = builder.tensor('planes of two faces', [2, 4, 4, 96]);
    expect(() => wireDensityGrid(builder, generator, twoFaces, 8)).toThrow(ShapeError);
    builder.discard();
  });

  it('refuses resolutions with the bytes and the limit', async () => {
    const tooMuch = sampleDensityGrid(generator, face.planes, 1024);
    await expect(tooMuch).rejects.toBeInstanceOf(GridResolutionError);
    await expect(tooMuch).rejects.toMatchObject({ bytes: 2 ** 32, limit: LARGEST_RESOLUTION ** 3 * 4 });
    for (const resolution of [1, 1.5, Number.NaN]) {
      await expect(sampleDensityGrid(generator, face.planes, resolution)).rejects.toMatchObject({ resolution });
    }
  });

  it('stops when told to, and frees what it took', async () => {
    const before = (await testGpu()).memory.bytesInUse;
    const controller = new AbortController();
    const options = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(sampleDensityGrid(generator, face.planes, 64, options)).rejects.toMatchObject({ name: 'AbortError' });
    expect((await testGpu()).memory.bytesInUse).toBe(before);
  });

  it('at points: the colours of one dispatch, and the slope of its densities', async () => {
    const positions = Float32Array.from([0, 0, 0.2, 0.1, -0.1, 0.15, -0.2, 0.2, 0, 0, 0.05, 0.1]);
    const step = 1 / 64;
    const { colours, gradients } = await decodeAtPoints(generator, face.planes, positions, step);
    const moved = [0, 1, 2].flatMap((axis) =>
      [1, -1].map((sign) => positions.map((value, k) => value + (k % 3 === axis ? (sign * step) / 2 : 0))),
    );
    const all = await decodeAtOnce(Float32Array.from([positions, ...moved].flatMap((points) => [...points])));
    const expectedColours = colours.map((_, k) => {
      return Math.min(1, Math.max(0, all.colours[Math.floor(k / 3) * 32 + (k % 3)]!));
    });
    expectClose('colours at points', colours, expectedColours, 0);
    const sigma = (copy: number, point: number) => all.sigma[copy * 4 + point]!;
    const expectedGradients = gradients.map((_, k) => {
      const [point, axis] = [Math.floor(k / 3), k % 3];
      return (sigma(1 + 2 * axis, point) - sigma(2 + 2 * axis, point)) / step;
    });
    expectClose('gradients at points', gradients, expectedGradients, 0.01); // of some thousands, in 32-bit floats
  });
});

describe('the mesh of a model at 48^3', () => {
  const SIDE = 64;
  let grid: DensityGrid;
  let mesh: Required<Mesh>;

  beforeAll(async () => {
    grid = await sampleDensityGrid(generator, face.planes, 48);
    const surface = await extractSurface(grid, { level: OFFICIAL_LEVEL });
    mesh = await shadeMesh(generator, face.planes, surface, voxelSide(grid));
  }, 120_000);

  it('is one closed manifold with unit normals that point outwards', () => {
    const statistics = meshStatistics(mesh);
    console.info(JSON.stringify(statistics), `densities ${quantile(grid.values, 0)} to ${quantile(grid.values, 1)}`);
    expect(statistics).toMatchObject({ isWatertight: true, isManifold: true, components: 1 });
    let inwards = 0;
    for (let k = 0; k < mesh.normals.length; k += 3) {
      const [x, y, z] = mesh.normals.subarray(k, k + 3);
      expect(Math.hypot(x!, y!, z!)).toBeCloseTo(1, 5);
      const isFront = mesh.positions[k + 2]! > 0.2;
      if (isFront && z! < 0) inwards += 1;
    }
    expect(inwards / (mesh.normals.length / 3)).toBeLessThan(0.01);
  });

  it.each([0, 0.6])('drawn from yaw %f, it shows the face that the volume renderer shows', async (yaw) => {
    const label = orbitLabel({ ...generator.config.camera, yaw, pitch: 0.1 });
    const rendering = { ...generator.config.rendering, neuralResolution: SIDE };
    const rendered = await runOnce((plan) => {
      const { feature, depth, alpha, ...march } = wireRayMarch(plan, generator, face, rendering);
      march.writeCamera(label);
      return { feature, depth, alpha };
    });
    const drawn = drawMesh(mesh, label, SIDE);
    const pixels = Array.from({ length: SIDE * SIDE }, (_, pixel) => pixel);
    const isRendered = (pixel: number) => rendered.alpha[pixel]! > 0.5;
    const isDrawn = (pixel: number) => drawn.distance[pixel]! < Infinity;
    const both = pixels.filter((pixel) => isRendered(pixel) && isDrawn(pixel));
    const overlap = both.length / pixels.filter((pixel) => isRendered(pixel) || isDrawn(pixel)).length;
    // The volume is soft: light comes, in the mean, from a little behind the level. The offset must be small, and nearly the same all over the face.
    const behind = both.map((pixel) => (rendered.depth[pixel]! - drawn.distance[pixel]!) / voxelSide(grid));
    const middle = quantile(behind, 0.5);
    const spread = quantile(
      behind.map((voxels) => Math.abs(voxels - middle)),
      0.95,
    );
    const squares = both.flatMap((pixel) =>
      [0, 1, 2].map((k) => (drawn.colours[pixel * 3 + k]! - (rendered.feature[pixel * 32 + k]! + 1) / 2) ** 2),
    );
    const psnr = -10 * Math.log10(squares.reduce((sum, value) => sum + value, 0) / squares.length);
    console.info(
      `yaw ${yaw}: silhouettes overlap ${overlap.toFixed(3)}, volume ${middle.toFixed(2)} voxels behind the mesh, 95 % within ` +
        `${spread.toFixed(2)}, colours ${psnr.toFixed(1)} dB`,
    );
    expect(overlap).toBeGreaterThan(0.95);
    expect(Math.abs(middle)).toBeLessThan(2.5);
    expect(spread).toBeLessThan(1.5);
    expect(psnr).toBeGreaterThan(18);
  });
});

function quantile(values: ArrayLike<number>, share: number): number {
  return Float32Array.from(values).sort()[Math.floor(share * (values.length - 1))]!;
}
