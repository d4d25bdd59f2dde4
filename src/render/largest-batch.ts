/** How many faces a renderer could draw at once: the largest batch that device and budget allow (NeRF-GAN distillation, Fig. 1). */
import type { MemoryEstimate } from './memory-estimate';

/** No device draws more faces than this at once to any purpose; it ends the search where memory never runs out. */
const MOST = 4096;

/**
 * The largest batch whose tensors can all be bound and whose memory stays within the budget; 0 if not even one fits. Needs about
 * 2 log2(batch) estimates.
 * @param estimate of a batch; must not shrink with the batch
 * @param budgetBytes for weights and plans together
 */
export function largestBatch(estimate: (batch: number) => MemoryEstimate, budgetBytes: number): number {
  const fits = (batch: number) => {
    const { fits: canBind, weightsBytes, planBytes } = estimate(batch);
    return canBind && weightsBytes + planBytes <= budgetBytes;
  };
  if (!fits(1)) return 0;
  let good = 1;
  while (good < MOST && fits(good * 2)) good *= 2;
  let bad = good * 2;
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return Math.min(good, MOST);
}
