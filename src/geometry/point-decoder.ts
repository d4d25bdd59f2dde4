/**
 * Density and colour of many points of one face, in batches: one plan with room for a batch, which is filled, run and read back again and again.
 * Between two batches other work gets the device, because each is submitted on its own and awaited.
 */
import { type Plan, PlanBuilder } from '../gpu/plan';
import { Recorder } from '../gpu/recorder';
import { readTensor, type Tensor, writeTensor } from '../gpu/tensor';
import { type Generator, wireDensityAtPoints } from '../models/generator';
import type { DecodedPoints } from '../pipelines/volume/decoder';

/** Floats from one point to the next, on the device and in the arrays here: x, y, z and one that is ignored. */
export const POINT_STRIDE = 4;
/** Floats from one density to the next in what {@link PointDecoder.sigma} gives. */
export const SIGMA_STRIDE = 4;
/**
 * Work of a batch, so that a page stays alive meanwhile: a fiftieth of a second on a weak graphics card (100 GFLOP/s), and a sixth of a second on a
 * software adapter (SwiftShader reaches 1.3 GFLOP/s here on two idle cores).
 */
const FLOPS_PER_BATCH = { hardware: 2e9, software: 2e8 };
/** Largest tensor of a batch, the colours; every device binds 128 MiB. */
const BYTES_PER_BATCH = 32 * 2 ** 20;

/** Decodes points of one face. Free it with {@link PointDecoder.destroy}. */
export class PointDecoder {
  private constructor(
    private readonly generator: Generator,
    private readonly plan: Plan,
    private readonly pointTensor: Tensor,
    private readonly decoded: DecodedPoints,
    /** Points of a batch. */
    readonly capacity: number,
  ) {}

  /**
   * @param planes [1, R, R, 96], kept memory of another plan
   * @param most no batch will have more points than this
   * @throws BufferLimitError, KernelCompileError
   */
  static async create(generator: Generator, planes: Tensor, most: number): Promise<PointDecoder> {
    const capacity = Math.min(most, pointsPerBatch(generator));
    const builder = new PlanBuilder(generator.host, 'points');
    try {
      const points = builder.tensor('points', [1, capacity, 3]);
      const decoded = wireDensityAtPoints(builder, generator, planes, points);
      return new PointDecoder(generator, await builder.build(), points, decoded, capacity);
    } catch (error) {
      builder.discard();
      throw error;
    }
  }

  /** Room for the points of one batch; its owner writes x, y, z every {@link POINT_STRIDE} floats. */
  newBatch(): Float32Array<ArrayBuffer> {
    return new Float32Array(this.capacity * POINT_STRIDE);
  }

  /** The densities of a batch: a value every {@link SIGMA_STRIDE} floats. */
  densities(batch: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    this.#decode(batch);
    return readTensor(this.generator.host, withoutPadding(this.decoded.sigma));
  }

  /** The colour features of a batch: {@link colourStride} floats a point. */
  colours(batch: Float32Array<ArrayBuffer>): Promise<Float32Array> {
    this.#decode(batch);
    return readTensor(this.generator.host, withoutPadding(this.decoded.colours));
  }

  #decode(batch: Float32Array<ArrayBuffer>): void {
    writeTensor(this.generator.host, withoutPadding(this.pointTensor), batch);
    const recorder = new Recorder(this.generator.host);
    recorder.run(this.plan);
    recorder.submit();
  }

  get colourStride(): number {
    return this.decoded.colours.stride;
  }

  destroy(): void {
    this.plan.destroy();
  }
}

/** Points whose evaluation takes the work, or else the memory, of one batch. */
function pointsPerBatch({ host, config }: Generator): number {
  const { planeAxes, planeChannels, decoderHiddenWidth, decoderOutputs } = config.rendering;
  const sampling = 48 * planeAxes.length * planeChannels; // as shaders/volume/evaluate-points.wgsl tells its cost
  const decoding = 2 * decoderHiddenWidth * (planeChannels + 1 + decoderOutputs);
  const work = host.adapter.isSoftware ? FLOPS_PER_BATCH.software : FLOPS_PER_BATCH.hardware;
  return Math.ceil(Math.min(work / (sampling + decoding), BYTES_PER_BATCH / (4 * decoderOutputs)));
}

/** The tensor's memory as one row, padding included: millions of short rows are slow to copy one by one. */
function withoutPadding(tensor: Tensor): Tensor {
  const floats = tensor.storage.bytes / 4;
  return { ...tensor, shape: [floats], stride: floats };
}
