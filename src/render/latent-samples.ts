/**
 * Many w of a model: the mapping network run over random latent codes, a batch at a time, so that whoever asks can let frames pass in
 * between. What comes is w itself, before truncation.
 */
import { type Plan, PlanBuilder } from '../gpu/plan';
import { Recorder } from '../gpu/recorder';
import { readTensor } from '../gpu/tensor';
import { type Generator, type MappingStage, wireMapping } from '../models/generator';
import { NumpyRandomState } from '../models/numpy-random';

export interface LatentSampling {
  /** How many w. */
  readonly samples: number;
  /** Of numpy's `RandomState(seed).randn(samples, z_dim)`, whose rows are the latent codes. Default: 0 */
  readonly seed?: number;
  /** How many at a time. Default: 200, which even a software adapter maps in about a second. */
  readonly batch?: number;
}

/** Samples of w, batch by batch. */
export interface LatentRows {
  /** The next rows, [N, w_dim]; undefined after the last. */
  next(): Promise<Float32Array<ArrayBuffer> | undefined>;
  /** Frees what sampling took. */
  destroy(): void;
}

/** Runs the mapping network of a generator on its device, conditioned on the model's own frontal camera. */
export class LatentSampler implements LatentRows {
  #remaining: number;

  private constructor(
    private readonly generator: Generator,
    private readonly mapping: MappingStage,
    private readonly plan: Plan,
    private readonly random: NumpyRandomState,
    private readonly batch: number,
    samples: number,
  ) {
    this.#remaining = samples;
  }

  /** @throws SeedError, BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays allocated then */
  static async create(
    generator: Generator,
    { samples, seed = 0, batch = 200 }: LatentSampling,
  ): Promise<LatentSampler> {
    const random = new NumpyRandomState(seed);
    const builder = new PlanBuilder(generator.host, 'latent samples');
    let mapping: MappingStage;
    try {
      mapping = wireMapping(builder, generator, batch);
    } catch (error) {
      builder.discard();
      throw error;
    }
    return new LatentSampler(generator, mapping, await builder.build(), random, batch, samples);
  }

  async next(): Promise<Float32Array<ArrayBuffer> | undefined> {
    const { generator, mapping, batch } = this;
    const { zDim, wDim } = generator.config.mapping;
    const count = Math.min(batch, this.#remaining);
    if (count === 0) return undefined;
    const z = new Float32Array(batch * zDim); // the last batch may not be full: the rest of its rows is left out below
    z.set(this.random.randn(count * zDim));
    mapping.write({ z, psi: 1 });
    const recorder = new Recorder(generator.host);
    recorder.run(this.plan);
    recorder.submit();
    const ws = await readTensor(generator.host, mapping.ws);
    this.#remaining -= count;
    const layers = ws.length / (batch * wDim);
    const rows = new Float32Array(count * wDim);
    for (let row = 0; row < count; row++) {
      const first = row * layers * wDim; // without truncation, all layers have the same w
      rows.set(ws.subarray(first, first + wDim), row * wDim);
    }
    return rows;
  }

  destroy(): void {
    this.plan.destroy();
  }
}
