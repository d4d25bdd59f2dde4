/**
 * The density of a face on a grid of voxels (voxel-grid.ts), and density and colour on its surface: where a mesh comes from. The density is the
 * decoder's raw output, before softplus; the official way to a mesh cuts it at level 10.
 */
import { PlanBuilder } from '../gpu/plan';
import { Recorder } from '../gpu/recorder';
import { readTensor, type Tensor } from '../gpu/tensor';
import { type Generator, wireDensityGrid } from '../models/generator';
import { GridResolutionError } from './errors';
import { atOnce, type DeviceJob } from './long-job';
import { POINT_STRIDE, PointDecoder, SIGMA_STRIDE } from './point-decoder';
import type { DensityGrid } from './voxel-grid';

/** The level at which the official script cuts the density. */
export const OFFICIAL_LEVEL = 10;
/** 512^3 samples are 537 MB. */
export const LARGEST_RESOLUTION = 512;
export const LEAST_RESOLUTION = 2;

/**
 * Hidden units that a slab evaluates, so that a page stays alive meanwhile: 200,000 voxels on a software adapter, 3 million on a
 * graphics card, for the usual 64 units a voxel.
 */
const UNITS_PER_SLAB = { hardware: 2e8, software: 1.28e7 };

/**
 * Samples the raw density. What all layers share comes first: 67 MB at 512^3 for the usual 64 hidden units, and within the default limits up to
 * 128 units. Then come the layers, in slabs that take well under a second even on a software adapter.
 * @param planes [1, R, R, 96] of the face
 * @param resolution voxels on a side, 2 to 512
 * @throws GridResolutionError; the signal's reason; BufferLimitError, KernelCompileError
 */
export async function sampleDensityGrid(
  generator: Generator,
  planes: Tensor,
  resolution: number,
  { onProgress, signal, turn = atOnce }: DeviceJob = {},
): Promise<DensityGrid> {
  if (!Number.isInteger(resolution) || resolution < LEAST_RESOLUTION || resolution > LARGEST_RESOLUTION) {
    throw new GridResolutionError(resolution, LEAST_RESOLUTION, LARGEST_RESOLUTION);
  }
  signal?.throwIfAborted();
  const grid = {
    resolution,
    side: generator.config.rendering.boxWarp,
    values: new Float32Array(resolution ** 3),
  };
  const front = await turn(() =>
    runPlan(generator, 'density grid', (plan) => wireDensityGrid(plan, generator, planes, resolution)),
  );
  try {
    const most = layersPerSlab(generator, resolution);
    for (let first = 0; first < resolution; first += most) {
      const count = Math.min(most, resolution - first);
      const layers = await turn(() => readLayers(generator, front.wired, { first, count }));
      grid.values.set(layers, first * resolution ** 2);
      onProgress?.((first + count) / resolution);
      signal?.throwIfAborted();
    }
  } finally {
    front.plan.destroy();
  }
  return grid;
}

/** The densities of some layers along z. */
async function readLayers(
  generator: Generator,
  { wireLayers }: ReturnType<typeof wireDensityGrid>,
  range: Parameters<ReturnType<typeof wireDensityGrid>['wireLayers']>[1],
): Promise<Float32Array> {
  const slab = await runPlan(generator, 'density layers', (plan) => wireLayers(plan, range));
  try {
    return await readTensor(generator.host, slab.wired);
  } finally {
    slab.plan.destroy();
  }
}

/** Layers along z whose densities take the work of one slab. */
export function layersPerSlab({ host, config }: Generator, resolution: number): number {
  const units = host.adapter.isSoftware ? UNITS_PER_SLAB.software : UNITS_PER_SLAB.hardware;
  return Math.max(1, Math.floor(units / (resolution ** 2 * config.rendering.decoderHiddenWidth)));
}

/** Wires a plan and runs it once. What it has kept lasts until it is destroyed. */
async function runPlan<Wired>({ host }: Generator, stage: string, wire: (builder: PlanBuilder) => Wired) {
  const builder = new PlanBuilder(host, stage);
  try {
    const wired = wire(builder);
    const plan = await builder.build();
    const recorder = new Recorder(host);
    recorder.run(plan);
    recorder.submit();
    return { wired, plan };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

/** What the decoder says of points, row by row. */
export interface DecodedSurface {
  /** [V, 3] sRGB, 0 to 1: the first three colour features, which are the raw picture's colours. */
  readonly colours: Float32Array;
  /** [V, 3] density per scene unit, towards higher density. */
  readonly gradients: Float32Array;
}

/** The six neighbours that a central difference asks: axis and direction. */
const NEIGHBOURS = [0, 1, 2].flatMap((axis) => [
  { axis, sign: 1 },
  { axis, sign: -1 },
]);

/**
 * Colour and density gradient at arbitrary points, in batches.
 * @param positions [V, 3] in scene units
 * @param step distance of the points between which the gradient is taken, half of it on either side; a voxel is a good one
 * @throws as {@link sampleDensityGrid}
 */
export async function decodeAtPoints(
  generator: Generator,
  planes: Tensor,
  positions: Float32Array,
  step: number,
  { onProgress, signal, turn = atOnce }: DeviceJob = {},
): Promise<DecodedSurface> {
  signal?.throwIfAborted();
  const total = positions.length / 3;
  const colours = new Float32Array(positions.length);
  const gradients = new Float32Array(positions.length);
  const decoder = await turn(() => PointDecoder.create(generator, planes, total));
  try {
    const batch = decoder.newBatch();
    for (let first = 0; first < total; first += decoder.capacity) {
      const count = Math.min(decoder.capacity, total - first);
      fillBatch(batch, positions, first, count, 0, 0);
      const features = await turn(() => decoder.colours(batch));
      for (let k = 0; k < count * 3; k++) {
        const feature = features[Math.floor(k / 3) * decoder.colourStride + (k % 3)]!;
        colours[first * 3 + k] = Math.min(1, Math.max(0, feature));
      }
      for (const { axis, sign } of NEIGHBOURS) {
        fillBatch(batch, positions, first, count, axis, (sign * step) / 2);
        const sigma = await turn(() => decoder.densities(batch));
        for (let k = 0; k < count; k++) {
          gradients[(first + k) * 3 + axis]! += (sign * sigma[k * SIGMA_STRIDE]!) / step;
        }
        signal?.throwIfAborted();
      }
      onProgress?.((first + count) / total);
    }
  } finally {
    decoder.destroy();
  }
  return { colours, gradients };
}

/** Writes positions `first` to `first + count - 1`, moved along one axis. */
function fillBatch(
  batch: Float32Array,
  positions: Float32Array,
  first: number,
  count: number,
  axis: number,
  distance: number,
): void {
  for (let k = 0; k < count; k++) {
    for (let a = 0; a < 3; a++) batch[k * POINT_STRIDE + a] = positions[(first + k) * 3 + a]!;
    batch[k * POINT_STRIDE + axis]! += distance;
  }
}
