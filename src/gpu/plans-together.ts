/** Plans that are wired together, share a pool of scratch memory, and are built or given up together. */
import type { Plan, PlanBuilder } from './plan';

/** Takes the memory of plans that share a pool: the largest tensors first, so that the others find room in what is there. */
export function reserveTogether(builders: readonly PlanBuilder[]): void {
  for (const builder of [...builders].sort((a, b) => b.largestScratch - a.largestScratch)) builder.reserve();
}

/** Frees what plans have made that will not be built. */
export function discardTogether(builders: readonly PlanBuilder[]): void {
  for (const builder of builders) builder.discard();
}

/**
 * Builds plans by name; their kernels are compiled in their order, as far as the device does one after the other.
 * @param onBuilt is handed each plan as soon as it can run
 * @throws as `PlanBuilder.build`; nothing of any of them stays allocated then
 */
export async function buildTogether<Name extends string>(
  builders: Readonly<Record<Name, PlanBuilder>>,
  onBuilt: (name: Name, plan: Plan) => void = () => {},
): Promise<Record<Name, Plan>> {
  const all: PlanBuilder[] = Object.values(builders);
  try {
    reserveTogether(all);
  } catch (error) {
    discardTogether(all);
    throw error;
  }
  const build = async ([name, builder]: [string, PlanBuilder]) => {
    const plan = await builder.build();
    onBuilt(name as Name, plan);
    return plan;
  };
  const outcomes = await Promise.allSettled(Object.entries<PlanBuilder>(builders).map(build));
  const plans = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue;
    for (const plan of plans) plan.destroy();
    throw outcome.reason;
  }
  return Object.fromEntries(Object.keys(builders).map((name, index) => [name, plans[index]!])) as Record<Name, Plan>;
}
