/** How near generated pictures are to the real ones: the Fréchet distance of fixed features, and how far generated ones differ from each other. */
import { LABEL_LENGTH } from '../../camera/conventions';
import type { Gpu } from '../../gpu/device';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { readTensor, type Tensor, writeTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import { NumpyRandomState } from '../../models/numpy-random';
import { type PerceptualNetwork, POOLED_COUNT, pooledFeatures } from '../../models/perceptual';
import type { TrainingPictures } from '../data/training-pictures';
import type { RunPlan } from '../loops/learner';
import { type FeatureStatistics, featureStatistics, frechetDistance } from '../measures/frechet';
import type { PictureMaker } from './picture-maker';

/** Pictures on each side: as many as features. Fewer if there are not so many. */
const MOST_PICTURES = POOLED_COUNT;
/** So measurements of all runs have the same codes. */
const SEED = 2022;

export interface GanMeasures {
  /** Of {@link MOST_PICTURES} pictures on each side. */
  readonly frechet: number;
  /** Mean deviation of a pixel from picture to picture, over that of the real pictures: 0 if all are the same, about 1 for as many kinds. */
  readonly variety: number;
}

/** Pictures to what they are compared by. */
export function wireFeatures(host: TensorHost, network: PerceptualNetwork<TensorHost>, side: number, batch: number) {
  const builder = new PlanBuilder(host, 'features of pictures');
  const input = builder.tensor('pictures', [batch, side, side, 3]);
  return { builder, input, features: builder.keep(pooledFeatures(builder, network, input)) };
}

export class GanMeter {
  #reals: { readonly statistics: FeatureStatistics; readonly deviation: number } | undefined;

  private constructor(
    private readonly gpu: Gpu,
    private readonly pictures: TrainingPictures,
    private readonly zDim: number,
    private readonly input: Tensor,
    private readonly features: Tensor,
    private readonly plan: Plan,
  ) {}

  /** @throws BufferLimitError, KernelCompileError */
  static async build(
    network: PerceptualNetwork,
    pictures: TrainingPictures,
    { zDim, batch }: { readonly zDim: number; readonly batch: number },
  ): Promise<GanMeter> {
    const { builder, input, features } = wireFeatures(network.host, network, pictures.side, batch);
    return new GanMeter(network.host, pictures, zDim, input, features, await builder.build());
  }

  /** Pictures that are compared. */
  get count(): number {
    return Math.min(MOST_PICTURES, this.pictures.count);
  }

  /** @param maker of as many pictures at once as the meter was built for */
  async measure(maker: PictureMaker, run: RunPlan): Promise<GanMeasures> {
    this.#reals ??= await this.#statistics(async (from, batch) => this.#realBatch(from, batch), run);
    const random = new NumpyRandomState(SEED);
    const fakes = await this.#statistics(async (_, batch) => {
      const cameras = new Float32Array(batch * LABEL_LENGTH);
      const z = Float32Array.from(random.randn(batch * this.zDim));
      Array.from(random.rand(batch)).forEach((share, row) => {
        cameras.set(this.#real(Math.floor(share * this.count)).label, row * LABEL_LENGTH);
      });
      await maker.make({ z, cameras, conditioning: cameras }, run);
      return readTensor(this.gpu, maker.image);
    }, run);
    return {
      frechet: frechetDistance(fakes.statistics, this.#reals.statistics),
      variety: fakes.deviation / this.#reals.deviation,
    };
  }

  destroy(): void {
    this.plan.destroy();
  }

  /** Spread over all pictures. */
  #real(index: number) {
    return this.pictures.picture(Math.floor((index * this.pictures.count) / this.count));
  }

  #realBatch(from: number, batch: number): Float32Array {
    const length = this.pictures.side ** 2 * 3;
    const rgb = new Float32Array(batch * length);
    for (let row = 0; row < batch; row++) rgb.set(this.#real((from + row) % this.count).rgb, row * length);
    return rgb;
  }

  /** @param batchFrom gives pictures from one on */
  async #statistics(batchFrom: (from: number, batch: number) => Promise<Float32Array>, run: RunPlan) {
    const { count } = this;
    const batch = this.input.shape[0]!;
    const features = new Float32Array(count * POOLED_COUNT);
    const length = this.pictures.side ** 2 * 3;
    const [sums, squares] = [new Float64Array(length), new Float64Array(length)];
    for (let from = 0; from < count; from += batch) {
      const own = Math.min(batch, count - from);
      const rgb = (await batchFrom(from, batch)).map((value) => Math.min(1, Math.max(-1, value)));
      writeTensor(this.gpu, this.input, rgb);
      await run(this.plan);
      features.set((await readTensor(this.gpu, this.features)).subarray(0, own * POOLED_COUNT), from * POOLED_COUNT);
      for (let at = 0; at < own * length; at++) {
        sums[at % length]! += rgb[at]! / count;
        squares[at % length]! += rgb[at]! ** 2 / count;
      }
    }
    const deviations = squares.map((square, at) => Math.sqrt(Math.max(0, square - sums[at]! ** 2)));
    return {
      statistics: featureStatistics(features, count),
      deviation: deviations.reduce((sum, value) => sum + value, 0) / length,
    };
  }
}
