/** The plans of a step, each wired and compiled when it is first needed: a run's second stage may be hours away. */
import type { Gpu } from '../../gpu/device';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import type { ScratchPool } from '../../gpu/scratch-pool';
import { readTensor, type Tensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import type { Figures, RunPlan } from '../loops/learner';
import type { OpenedStudent } from './networks';
import { isTaught, LOSS_SETS, type StudentSettings } from './settings';
import { type RealPicture, wireDmain, wireR1, wireStudentStep } from './step-plans';
import type { CodedView, TaughtView } from './teacher';

/** As step-plans.ts names them. */
export type StageName = 'distil' | 'both' | 'Dmain' | 'R1';

/** What a plan is to be run with. */
export interface StageInputs {
  /** What the student is to make. */
  readonly coded: readonly CodedView[];
  /** The same as the generator has it, where the losses compare. */
  readonly taught?: readonly TaughtView[];
  readonly real?: readonly RealPicture[];
}

export interface WiredStage {
  readonly names: readonly string[];
  /** [names] */
  readonly figures: Tensor;
  write(inputs: StageInputs): void;
}

export function wireStage(
  plan: PlanBuilder,
  stage: StageName,
  networks: OpenedStudent<TensorHost>,
  settings: StudentSettings,
): WiredStage {
  const { groups } = networks;
  if (stage === 'Dmain') {
    const { write, writeReal, ...figures } = wireDmain(plan, networks, groups, settings);
    return {
      ...figures,
      write({ coded, real }) {
        write(coded);
        writeReal(real!);
      },
    };
  }
  if (stage === 'R1') {
    const { writeReal, ...figures } = wireR1(plan, networks, groups, settings);
    return { ...figures, write: ({ real }) => writeReal(real!) };
  }
  const { write, writeTaught, ...figures } = wireStudentStep(plan, networks, groups, settings, stage === 'both');
  return {
    ...figures,
    write({ coded, taught }) {
      write(coded);
      writeTaught?.(taught!);
    },
  };
}

/** Those that a run will ever need. */
export function stagesOf(settings: StudentSettings): readonly StageName[] {
  if (!LOSS_SETS[settings.losses].adversarial) return ['distil'];
  const begins = isTaught(settings) && settings.adversarialImages > 0;
  return [...(begins ? (['distil'] as const) : []), 'both', 'Dmain', 'R1'];
}

/** Which the student learns by, after so many images. */
export function studentStage(settings: StudentSettings, images: number): 'distil' | 'both' {
  const stages = stagesOf(settings);
  if (!stages.includes('both')) return 'distil';
  return stages.includes('distil') && images < settings.adversarialImages ? 'distil' : 'both';
}

export class Stages {
  readonly #built = new Map<StageName, { readonly plan: Plan; readonly wired: WiredStage }>();

  constructor(
    private readonly gpu: Gpu,
    private readonly networks: OpenedStudent<TensorHost>,
    private readonly settings: StudentSettings,
    private readonly pool: ScratchPool,
  ) {}

  /** @returns what the plan tells of its run @throws what building and running it throws */
  async run(stage: StageName, inputs: StageInputs, run: RunPlan): Promise<Figures> {
    const { plan, wired } = this.#built.get(stage) ?? (await this.#build(stage));
    wired.write(inputs);
    await run(plan);
    const values = await readTensor(this.gpu, wired.figures);
    return Object.fromEntries(wired.names.map((name, index) => [name, values[index]!]));
  }

  destroy(): void {
    for (const { plan } of this.#built.values()) plan.destroy();
  }

  async #build(stage: StageName): Promise<{ readonly plan: Plan; readonly wired: WiredStage }> {
    const builder = new PlanBuilder(this.gpu, stage, { pool: this.pool });
    const wired = wireStage(builder, stage, this.networks, this.settings);
    const built = { plan: await builder.build(), wired };
    this.#built.set(stage, built);
    return built;
  }
}
