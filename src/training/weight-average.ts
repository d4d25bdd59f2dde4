/**
 * The moving average of a network's weights (EMA), which makes better pictures than the weights of any one step (Yazici et al. 2018; ProGAN, section
 * 6). It is a second set of parameters of the same file, so that a network wired from it shows what has been learned.
 */
import type { PlanBuilder } from '../gpu/plan';
import type { Tensor } from '../gpu/tensor';
import type { Parameter } from '../models/parameters';
import { moveTowards } from '../pipelines/optimisers/move-towards';

/**
 * Appends a step of the average: average += share * (parameter - average) for each parameter of the same name.
 * @param share from `averageShare`; a tensor of one number if it changes from run to run
 * @param isBuffer which of them are no weights but statistics, such as `w_avg`: those are copied
 */
export function followParameters(
  plan: PlanBuilder,
  averages: readonly Parameter[],
  parameters: readonly Parameter[],
  share: number | Tensor,
  isBuffer: (name: string) => boolean = () => false,
): void {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  for (const { name, master: average } of averages) {
    const parameter = byName.get(name);
    if (!parameter) continue;
    if (isBuffer(name)) plan.copy(parameter.master, average);
    else moveTowards(plan, average, parameter.master, share);
  }
}
