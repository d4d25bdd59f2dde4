/**
 * How strong the augmentation is to be (Karras et al. 2020, section 3): a discriminator that overfits tells all real pictures by heart and its logits of
 * them are positive. The mean of their signs is held at a target: above it the probability of augmentation rises, below it falls, both slowly.
 *
 * What the control knows is a tensor, so it goes with the run's checkpoint.
 */
import type { Gpu } from '../../gpu/device';
import { destroyTensor, readTensor, type Tensor, uploadTensor, writeTensor } from '../../gpu/tensor';

export interface AugmentationTargets {
  /** For the mean of the signs; the official `ada_target`. */
  readonly target: number;
  /** Real images in which the probability rises from 0 to 1; the official `ada_kimg`, times 1000. */
  readonly images: number;
  /** Batches from one change to the next. */
  readonly interval: number;
}

/**
 * Target and interval are the official ones. There the probability takes 500,000 images from 0 to 1, in runs of 25 million; a tab sees tens of
 * thousands, in which it would hardly rise.
 */
export const AUGMENTATION_TARGETS: AugmentationTargets = { target: 0.6, images: 10_000, interval: 4 };

/** What a control knows. All whole but the first, which is as exact as an f32 is. */
export interface AugmentationStrength {
  /** 0..1 */
  readonly probability: number;
  /** Sum of the signs of logits of real pictures since the last change, their number, and that of the batches. */
  readonly signs: number;
  readonly logits: number;
  readonly batches: number;
}

/** What becomes of the strength after a batch. @param realLogits of its real pictures */
export function strengthAfter(
  before: AugmentationStrength,
  realLogits: ArrayLike<number>,
  { target, images, interval }: AugmentationTargets,
): AugmentationStrength {
  const signs = Array.from(realLogits).reduce((sum, logit) => sum + (Math.sign(logit) || 0), before.signs);
  const logits = before.logits + realLogits.length;
  const batches = before.batches + 1;
  if (batches < interval || logits === 0) return { ...before, signs, logits, batches };
  const change = (Math.sign(signs / logits - target) * logits) / images;
  const probability = Math.fround(Math.min(1, Math.max(0, before.probability + change)));
  return { probability, signs: 0, logits: 0, batches: 0 };
}

export class AugmentationControl {
  /** [4]: an {@link AugmentationStrength}, for the state of the run. */
  readonly tensor: Tensor;
  #strength: AugmentationStrength;

  /** @param first probability at the beginning */
  constructor(
    private readonly gpu: Gpu,
    private readonly targets: AugmentationTargets = AUGMENTATION_TARGETS,
    first = 0,
  ) {
    this.#strength = { probability: Math.fround(first), signs: 0, logits: 0, batches: 0 };
    this.tensor = uploadTensor(gpu, 'augmentation strength', [4], numbersOf(this.#strength));
  }

  /** For the next batch. */
  get probability(): number {
    return this.#strength.probability;
  }

  /** Is told how the discriminator has judged the real pictures of a batch. */
  observe(realLogits: ArrayLike<number>): void {
    this.#strength = strengthAfter(this.#strength, realLogits, this.targets);
    writeTensor(this.gpu, this.tensor, numbersOf(this.#strength));
  }

  /** To be called when a checkpoint has been put back into the tensor. */
  async restore(): Promise<void> {
    const [probability = 0, signs = 0, logits = 0, batches = 0] = await readTensor(this.gpu, this.tensor);
    this.#strength = { probability, signs, logits, batches };
  }

  destroy(): void {
    destroyTensor(this.gpu, this.tensor);
  }
}

const numbersOf = ({ probability, signs, logits, batches }: AugmentationStrength) => [
  probability,
  signs,
  logits,
  batches,
];
