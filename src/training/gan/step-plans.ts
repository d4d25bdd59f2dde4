/**
 * The plans of a step, wired for one resolution of the volume rendering: each phase with its update, and the moving average. They take turns in
 * one pool of scratch memory.
 */
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { buildTogether } from '../../gpu/plans-together';
import { ScratchPool } from '../../gpu/scratch-pool';
import { type Tensor, writeTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import { blurRadius, blurTaps } from '../../pipelines/resampling/upfirdn2d';
import { type GanPhase, type GanPhaseSettings, wireDmain, wireDreg, wireGmain, wireGreg } from '../gan-phases';
import { GradientSums } from '../gradient-sums';
import type { ParameterGroup } from '../parameter-group';
import { descend, gradientsOfLoss } from '../training-step';
import { followParameters } from '../weight-average';
import { isAverageW, type OpenedNetworks } from './networks';
import { DISCRIMINATOR_INTERVAL, type GanSettings, GENERATOR_INTERVAL } from './settings';

/** In the order in which they run. A regularisation that runs in every so-many-th step weighs so many times as much. */
export const PHASES = [
  { name: 'Gmain', wire: wireGmain, group: 'G', interval: 1 },
  { name: 'Greg', wire: wireGreg, group: 'G', interval: GENERATOR_INTERVAL },
  { name: 'Dmain', wire: wireDmain, group: 'D', interval: 1 },
  { name: 'Dreg', wire: wireDreg, group: 'D', interval: DISCRIMINATOR_INTERVAL },
] as const;

export type PhaseName = (typeof PHASES)[number]['name'];

/** Tell the draws of the phases apart. */
export const PHASE_NUMBERS = { Gmain: 0, Greg: 1, Dmain: 2, Dreg: 3 } as const satisfies Record<PhaseName, number>;

/** What the discriminator sees of pictures, by how far a run is. */
export interface StepView {
  readonly neuralResolution: number;
  /** Whether the blur has not faded yet. */
  readonly isBlurred: boolean;
}

export interface StepPhase {
  readonly name: PhaseName;
  readonly group: ParameterGroup;
  readonly interval: number;
  readonly phase: GanPhase;
  /** Gradients of a micro-batch, and their update unless there is a plan of its own for it. */
  readonly builder: PlanBuilder;
  /** The update, where the gradients of several micro-batches are added up first. */
  readonly update: PlanBuilder | undefined;
}

export interface WiredStep {
  readonly view: StepView;
  readonly phases: readonly StepPhase[];
  readonly average: PlanBuilder;
  /** [1]: share of the weights in their moving average. */
  readonly averageShare: Tensor;
  /** Sets the blur of the next run, in pixels. */
  setBlur(sigma: number): void;
  /** Frees what is of no plan. */
  destroy(): void;
}

/** Wires all plans. Their memory and kernels are taken by {@link BuiltStep}; a survey reserves them. */
export function wireStep(
  host: TensorHost,
  settings: GanSettings,
  networks: OpenedNetworks<TensorHost>,
  groups: Readonly<Record<'G' | 'D', ParameterGroup>>,
  view: StepView,
): WiredStep {
  const pool = new ScratchPool(host);
  const radius = blurRadius(settings.schedule.blurSigma);
  const blurs: Tensor[] = [];
  const sums: GradientSums[] = [];
  const phases = PHASES.map(({ name, wire, group: groupName, interval }): StepPhase => {
    const builder = new PlanBuilder(host, name, { pool });
    const group = groups[groupName];
    let blurSigma: number | Tensor = 0;
    if (view.isBlurred && radius > 0 && name !== 'Greg') {
      blurSigma = builder.tensor('blur', [1, 2 * radius + 1]);
      blurs.push(blurSigma);
    }
    const phaseSettings: GanPhaseSettings = {
      ...settings,
      batch: settings.batch / settings.microBatches,
      neuralResolution: view.neuralResolution,
      blurSigma,
    };
    const phase = wire(builder, networks, phaseSettings);
    builder.keep(phase.loss);
    const update = settings.microBatches > 1 ? new PlanBuilder(host, `${name} update`, { pool }) : undefined;
    if (update) sums.push(addUp(builder, update, phase, group, interval, settings.microBatches));
    else descend(builder, phase.tape, phase.loss, group, interval, phase.isFlat);
    return {
      name,
      group,
      interval,
      phase,
      builder,
      update,
    };
  });
  const average = new PlanBuilder(host, 'average', { pool });
  const averageShare = average.tensor('share', [1]);
  followParameters(average, networks.kept.G_ema, networks.kept.G, averageShare, isAverageW);
  return {
    view,
    phases,
    average,
    averageShare,
    setBlur(sigma) {
      for (const blur of blurs) writeTensor(host, blur, blurTaps(sigma, radius));
    },
    destroy() {
      for (const sum of sums) sum.destroy();
    },
  };
}

/** The gradients of a micro-batch are added to those before it; another plan makes the update of them. */
function addUp(
  builder: PlanBuilder,
  update: PlanBuilder,
  { tape, loss, isFlat = () => false }: GanPhase,
  group: ParameterGroup,
  gain: number,
  microBatches: number,
): GradientSums {
  const sums = new GradientSums(builder.host, group.parameters);
  sums.add(builder, gradientsOfLoss(builder, tape, loss, group, gain), 1 / microBatches);
  const gradients = group.parameters.map(
    ({ name, master }, index) =>
      sums.gradients[index] ?? (isFlat(name) ? update.tensor('zeros', master.shape) : undefined),
  );
  group.update(update, gradients);
  sums.clear(update);
  return sums;
}

/** All plans of a step, by name: "Gmain", "Gmain update" if there is one, and so on, and "average". */
export function buildersOf({ phases, average }: WiredStep): Readonly<Record<string, PlanBuilder>> {
  const ofPhases = phases.flatMap(({ name, builder, update }) => [
    [name, builder] as const,
    ...(update ? [[updateOf(name), update] as const] : []),
  ]);
  return { ...Object.fromEntries(ofPhases), average };
}

export const updateOf = (name: PhaseName) => `${name} update`;

/** A wired step with its memory and kernels. */
export class BuiltStep {
  private constructor(
    readonly wired: WiredStep,
    readonly plans: Readonly<Record<string, Plan>>,
  ) {}

  /** @throws BufferLimitError, KernelCompileError; nothing stays allocated then */
  static async build(wired: WiredStep): Promise<BuiltStep> {
    try {
      return new BuiltStep(wired, await buildTogether(buildersOf(wired)));
    } catch (error) {
      wired.destroy();
      throw error;
    }
  }

  destroy(): void {
    for (const plan of Object.values(this.plans)) plan.destroy();
    this.wired.destroy();
  }
}
