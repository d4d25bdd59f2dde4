/** Signs that a generator's training has gone wrong and will not come back by itself. */
import type { Figures } from '../loops/learner';

/** Variety below which all codes and cameras give nearly the same picture. */
const LOST_VARIETY = 0.03;
/** What never varied as much as this has lost nothing. */
const LEAST_VARIETY = 0.15;
/** The discriminator is so sure of all generated pictures that nothing is learnt: softplus(-logit). */
const LARGEST_LOSS = 50;

/**
 * @param figures of a step or a measurement
 * @param best the largest "variety" that was measured before
 * @returns what is wrong, if anything is
 */
export function ganTrouble(figures: Figures, best = 0): 'not-finite' | 'collapse' | undefined {
  if (Object.values(figures).some((value) => !Number.isFinite(value))) return 'not-finite';
  const { variety, lossG = 0 } = figures;
  if (variety !== undefined && best >= LEAST_VARIETY && variety < LOST_VARIETY) return 'collapse';
  return lossG > LARGEST_LOSS ? 'collapse' : undefined;
}
