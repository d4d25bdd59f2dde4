/**
 * A training step is one static plan: forward, gradients, update. It is wired once and run as often as one likes; what changes from step to step
 * (latent codes, cameras, draws, the learning rate) is a tensor that is written before.
 *
 * ```ts
 * const plan = new PlanBuilder(gpu, 'training step');
 * const tape = startTape(plan);
 * const draws = new Draws(plan);
 * const loss = wireLoss(plan, draws);      // [1], by operations that record themselves
 * descend(plan, tape, loss, group);
 * const step = await plan.build();
 *
 * draws.write(gpu, stepDraws(seed, number)); // before each run
 * ```
 */
import { MemorySurvey } from '../gpu/memory-survey';
import type { PlanBuilder } from '../gpu/plan';
import type { Tape } from '../gpu/tape';
import { expectShape, type Tensor } from '../gpu/tensor';
import type { DeviceFacts, TensorHost } from '../gpu/tensor-host';
import type { ParameterGroup } from './parameter-group';

/**
 * Appends the gradients of a loss with respect to a group's parameters, and their update.
 * @param loss [1]
 * @param gain on the loss: the interval of a regularisation that does not run in every step. Default: 1
 * @param isFlat by name, parameters without gradient of which zeros are taken: they stay, but Adam's memory of them fades and their clock advances.
 *   Default: none, so that what has no gradient is left as it is
 * @returns [4]: norm and faults of the gradients, as `gradientVerdict` has them
 * @throws NothingToLearnError, NoGradientError, OverwrittenError, ShapeError
 */
export function descend(
  plan: PlanBuilder,
  tape: Tape,
  loss: Tensor,
  group: ParameterGroup,
  gain = 1,
  isFlat: (name: string) => boolean = () => false,
): Tensor {
  const gradients = gradientsOfLoss(plan, tape, loss, group, gain);
  return group.update(
    plan,
    group.parameters.map(
      ({ name, master }, index) => gradients[index] ?? (isFlat(name) ? plan.tensor('zeros', master.shape) : undefined),
    ),
  );
}

/** The gradients alone, of all parameters of the group in their order: for several micro-batches, whose gradients are added up (`GradientSums`). */
export function gradientsOfLoss(
  plan: PlanBuilder,
  tape: Tape,
  loss: Tensor,
  { masters }: ParameterGroup,
  gain = 1,
): (Tensor | undefined)[] {
  expectShape(loss, [1], 'loss');
  return tape.gradients([{ of: loss, gradient: plan.constant('gain of the loss', [1], [gain]) }], masters);
}

/** What a step takes on a device. */
export interface StepMemory {
  /** Of parameters, what the optimiser remembers, inputs and scratch together. */
  readonly bytes: number;
  /** The largest buffer, which the device must be able to bind, with the name of its largest tensor. */
  readonly largest: { readonly label: string; readonly bytes: number };
}

/**
 * Tells how much memory a step will take, before anything is allocated.
 * @param device whose limits and habits decide how the networks are split; an open `Gpu` will do
 * @param wire wires the step, with all that it needs, against the host that it is handed
 */
export function surveyStep(device: DeviceFacts, wire: (host: TensorHost) => PlanBuilder): StepMemory {
  const survey = new MemorySurvey(device);
  wire(survey).reserve();
  return { bytes: survey.bytesInUse, largest: survey.largest };
}
