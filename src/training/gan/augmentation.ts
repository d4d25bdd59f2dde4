/**
 * Augmentation of all that the discriminator sees, real and generated (Karras et al. 2020, "Training Generative Adversarial Networks with Limited
 * Data"), for EG3D's dual discriminator: a picture and its small version are changed alike. Gradients go through to the pictures, also
 * twice; R1 is of what the discriminator sees, so it has no need of that.
 *
 * `colour` changes colours alone. `all` is the official "bgc" and warps pictures, too; their labels stay, as in the official code, so the discriminator
 * sees turned pictures with cameras that are not turned. That does not move what is learned, since both sides are warped alike, but it tells less about
 * pose. The default of a run is no augmentation at all.
 */
import { TrifoldError } from '../../errors';
import type { PlanBuilder } from '../../gpu/plan';
import { type Tensor, writeTensor } from '../../gpu/tensor';
import { transformColours } from '../../pipelines/pictures/colour-transform';
import { resizeBilinear } from '../../pipelines/resampling/resize';
import { warpMap, warpPictures } from '../../pipelines/resampling/warp';
import type { DrawSource } from '../draws';
import { drawColours, drawWarp } from './augmentation-maps';

const AUGMENTATION_SETS = ['none', 'colour', 'all'] as const;
/** What may be done to pictures. */
export type AugmentationSet = (typeof AUGMENTATION_SETS)[number];

export class AugmentationSetError extends TrifoldError {
  override readonly code = 'augmentation-set';
  readonly limit = AUGMENTATION_SETS;

  constructor(readonly value: string) {
    super(`There is no augmentation "${value}".`, `Choose one of ${AUGMENTATION_SETS.join(', ')}.`);
  }
}

/** What the discriminator looks at: [N, S, S, 3] and [N, r, r, 3]. */
export interface DualPictures {
  readonly image: Tensor;
  readonly imageRaw: Tensor;
}

export interface WiredAugmentation extends DualPictures {
  /**
   * Draws anew, for the next run of the plan.
   * @param probability of each transformation, 0..1
   */
  write(source: DrawSource, probability: number): void;
}

/**
 * Appends the augmentation. At probability 0 pictures stay what they are, within rounding; small ones that are warped go through two resizings.
 * @throws AugmentationSetError for a set out of settings that nobody has checked
 */
export function wireAugmentation(
  plan: PlanBuilder,
  { image, imageRaw }: DualPictures,
  set: AugmentationSet,
): WiredAugmentation {
  if (!AUGMENTATION_SETS.includes(set)) throw new AugmentationSetError(set);
  if (set === 'none') return { image, imageRaw, write() {} };
  const [batch, side] = image.shape as [number, number];
  const small = imageRaw.shape[1]!;
  const colours = plan.tensor('augmentation colours', [batch, 3, 4]);
  const maps = set === 'all' ? plan.tensor('augmentation maps', [batch, 2, 3]) : undefined;
  const resized = (picture: Tensor, to: number) =>
    small === side ? picture : resizeBilinear(plan, picture, { height: to, width: to, antialias: true });
  /** The small picture is warped at the size of the large one, so that the mirrors at its edges stand where those do. */
  const warped = maps && {
    image: warpPictures(plan, image, maps),
    imageRaw: resized(warpPictures(plan, resized(imageRaw, side), maps), small),
  };
  return {
    image: transformColours(plan, warped?.image ?? image, colours),
    imageRaw: transformColours(plan, warped?.imageRaw ?? imageRaw, colours),
    write(source, probability) {
      const samples = Array.from({ length: batch });
      if (maps) {
        const drawn = samples.map(() => warpMap(drawWarp(source, probability, side), side));
        writeTensor(plan.host, maps, drawn.flat());
      }
      writeTensor(plan.host, colours, samples.map(() => drawColours(source, probability)).flat(2));
    },
  };
}
