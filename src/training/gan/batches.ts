/**
 * What a step looks at: real pictures in an order that is shuffled anew for each time through them, and for each phase latent codes of its own, with
 * cameras of pictures drawn at random (StyleGAN2-ADA). All depends on the run's seed and the step's number alone.
 */
import { LABEL_LENGTH } from '../../camera/conventions';
import { NumpyRandomState } from '../../models/numpy-random';
import type { TrainingPictures } from '../data/training-pictures';
import { type DrawSource, stepDraws } from '../draws';
import type { GanBatch } from '../gan-phases';
import type { TrainingPosition } from '../training-checkpoint';

/** Tells orders from the draws of steps, whose third number is the phase. */
const ORDER = 1000;

export interface BatchPart {
  /** Which phase of the step, and which of its micro-batches of how many pictures. */
  readonly phase: number;
  readonly part: number;
  readonly count: number;
}

export type DrawnBatch = Omit<GanBatch, 'swapProbability'>;

export class Batches {
  #order: { readonly seed: number; readonly round: number; readonly indices: Uint32Array } | undefined;

  constructor(
    private readonly pictures: TrainingPictures,
    private readonly zDim: number,
    /** Pictures of a step. */
    private readonly batch: number,
  ) {}

  /** @returns a batch, and the source of what else the phase draws */
  draw({ seed, step }: TrainingPosition, { phase, part, count }: BatchPart): { batch: DrawnBatch; source: DrawSource } {
    const source = stepDraws(seed, step, phase * this.batch + part);
    const z = Float32Array.from(source.randn(count * this.zDim));
    const cameras = new Float32Array(count * LABEL_LENGTH);
    Array.from(source.rand(count)).forEach((share, row) => {
      cameras.set(this.pictures.picture(Math.floor(share * this.pictures.count)).label, row * LABEL_LENGTH);
    });
    return { batch: { z, cameras, ...this.#reals(seed, step * this.batch + part * count, count) }, source };
  }

  /** Real pictures from one on, counted from the beginning of the run. */
  #reals(seed: number, from: number, count: number): Pick<GanBatch, 'realImages' | 'realCameras'> {
    const { side, count: all } = this.pictures;
    const length = side * side * 3;
    const realImages = new Float32Array(count * length);
    const realCameras = new Float32Array(count * LABEL_LENGTH);
    for (let row = 0; row < count; row++) {
      const at = from + row;
      const { rgb, label } = this.pictures.picture(this.#shuffled(seed, Math.floor(at / all))[at % all]!);
      realImages.set(rgb, row * length);
      realCameras.set(label, row * LABEL_LENGTH);
    }
    return { realImages, realCameras };
  }

  /** The order of a time through all pictures. */
  #shuffled(seed: number, round: number): Uint32Array {
    if (this.#order?.seed === seed && this.#order.round === round) return this.#order.indices;
    const { count } = this.pictures;
    const random = new NumpyRandomState([seed, round, ORDER]).rand(count);
    const indices = Uint32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last--) {
      const other = Math.floor(random[last]! * (last + 1));
      [indices[last], indices[other]] = [indices[other]!, indices[last]!];
    }
    this.#order = { seed, round, indices };
    return indices;
  }
}
