/**
 * Parameters that learn together: the generator's are one group, the discriminator's another. The group owns what Adam remembers of each, its
 * learning rate and its counts, all on the device, so that the update is a part of the plan that computes the gradients.
 *
 * The factors by which equalised layers slow or speed up single parameters (StyleGAN, appendix C) are not here: they act where a parameter is read
 * (models/parameters.ts), so gradients have them already.
 */
import { TrifoldError } from '../errors';
import type { Gpu } from '../gpu/device';
import type { PlanBuilder } from '../gpu/plan';
import { createTensor, destroyTensor, readTensor, type Tensor, uploadTensor, writeTensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import type { Parameter } from '../models/parameters';
import { type AdamSettings, adamUpdate, advanceClocks, CLOCK_NUMBERS } from '../pipelines/optimisers/adam';
import {
  COUNTS_SHAPE,
  gradientVerdict,
  type UpdateCounts,
  updateCounts,
  type VerdictOptions,
} from '../pipelines/optimisers/gradient-verdict';

/** How a group learns. */
export interface LearningSettings extends AdamSettings, VerdictOptions {
  /** The learning rate, above 0. */
  readonly rate: number;
}

/**
 * Settings for a network whose regularisation runs as an update of its own, every `interval` updates (StyleGAN2, appendix B, "lazy regularization"):
 * there are (interval + 1) / interval times as many updates, and each is to do that much less.
 */
export function withLazyRegularisation<Settings extends LearningSettings>(
  settings: Settings,
  interval: number,
): Settings {
  const ratio = interval / (interval + 1);
  const [beta1, beta2] = settings.betas;
  return { ...settings, rate: settings.rate * ratio, betas: [beta1 ** ratio, beta2 ** ratio] };
}

/** An update was asked for where no parameter of the group has a gradient. */
export class NothingToLearnError extends TrifoldError {
  override readonly code = 'nothing-to-learn';

  constructor(group: string) {
    super(
      `No parameter of "${group}" has a gradient.`,
      'Ask for the gradients of a loss that depends on the parameters of the group, and open their file with them trainable.',
    );
  }
}

export class ParameterGroup {
  /** [1]: the learning rate of the next update. */
  readonly rate: Tensor;
  /** What Adam remembers, in the order of the parameters. */
  readonly means: readonly Tensor[];
  readonly squares: readonly Tensor[];
  /** [parameters, 3]: updates, 1 - beta1^updates, 1 - beta2^updates. */
  readonly clocks: Tensor;
  /** [4], as `UpdateCounts` names them. */
  readonly counts: Tensor;

  /** @param name for messages and checkpoints, for example "G" */
  constructor(
    private readonly host: TensorHost,
    readonly name: string,
    readonly parameters: readonly Parameter[],
    readonly settings: LearningSettings,
  ) {
    this.rate = uploadTensor(host, `${name} learning rate`, [1], [settings.rate]);
    const ofEach = (what: string) =>
      parameters.map(({ name: parameter, master }) => createTensor(host, `${parameter} ${what}`, master.shape));
    this.means = ofEach('mean gradient');
    this.squares = ofEach('mean squared gradient');
    this.clocks = createTensor(host, `${name} clocks`, [Math.max(1, parameters.length), CLOCK_NUMBERS]);
    this.counts = createTensor(host, `${name} counts`, COUNTS_SHAPE);
  }

  /** The tensors that a tape gives gradients of. */
  get masters(): readonly Tensor[] {
    return this.parameters.map(({ master }) => master);
  }

  /** The learning rate of the next update. */
  setRate(rate: number): void {
    writeTensor(this.host, this.rate, [rate]);
  }

  /**
   * Appends an update: clipping, what is to be done about numbers that are not finite, and Adam.
   * @param gradients of all parameters in their order; one without is left as it is, and its clock does not advance
   * @returns [4], as `gradientVerdict` has it
   * @throws NothingToLearnError, ShapeError
   */
  update(plan: PlanBuilder, gradients: readonly (Tensor | undefined)[]): Tensor {
    const there = gradients.filter((gradient) => gradient !== undefined);
    if (there.length === 0) throw new NothingToLearnError(this.name);
    const { clocks, settings } = this;
    const verdict = gradientVerdict(plan, there, this.counts, settings);
    const hasGradient = this.parameters.map((_, index) => gradients[index] !== undefined);
    advanceClocks(plan, clocks, hasGradient, verdict, settings);
    this.parameters.forEach(({ master: weights }, row) => {
      const gradient = gradients[row];
      if (!gradient) return;
      const remembered = { weights, mean: this.means[row]!, square: this.squares[row]! };
      adamUpdate(plan, remembered, gradient, { clocks, row, verdict }, this.rate, settings);
    });
    return verdict;
  }

  /** To be called after each run of a plan with an update, for those who keep something that is derived from the parameters. */
  countUpdate(): void {
    for (const parameter of this.parameters) parameter.countUpdate();
  }

  /** Reads back how the updates have gone. Waits for all work submitted before. */
  async readCounts(gpu: Gpu): Promise<UpdateCounts> {
    return updateCounts(await readTensor(gpu, this.counts));
  }

  /** Frees all but the parameters themselves. */
  destroy(): void {
    for (const tensor of [this.rate, ...this.means, ...this.squares, this.clocks, this.counts]) {
      destroyTensor(this.host, tensor);
    }
  }
}
