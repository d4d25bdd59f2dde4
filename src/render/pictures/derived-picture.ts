/**
 * A picture that is computed from what the renderer has on the device anyway: normals from the depth, slices and colours from the planes.
 * Its plan is built when somebody first wants to see it, and runs only when what it is made from has changed.
 */
import { type Plan, PlanBuilder } from '../../gpu/plan';
import type { ScratchPool } from '../../gpu/scratch-pool';
import type { Tensor } from '../../gpu/tensor';
import type { Generator } from '../../models/generator';
import type { FrameWork } from '../frame-renderer';

/** Where a renderer's plans are built. */
export interface PlanPlace {
  readonly generator: Generator;
  readonly pool: ScratchPool;
}

/** Wires and builds one plan. @throws BufferLimitError, KernelCompileError and the like; nothing stays allocated then */
export async function buildPlan<T>(
  { generator, pool }: PlanPlace,
  stage: string,
  wire: (plan: PlanBuilder) => T,
): Promise<{ readonly plan: Plan; readonly wired: T }> {
  const builder = new PlanBuilder(generator.host, stage, { pool });
  try {
    const wired = wire(builder);
    return { plan: await builder.build(), wired };
  } catch (error) {
    builder.discard();
    throw error;
  }
}

export class DerivedPicture {
  #source: number | undefined;

  /** @param images what it is shown by, one tensor or several */
  constructor(
    private readonly plan: Plan,
    readonly images: readonly Tensor[],
  ) {}

  /** @param source a number that changes whenever that from which the picture is made does */
  isDue(source: number): boolean {
    return source !== this.#source;
  }

  /** Something else has changed that the picture depends on. */
  invalidate(): void {
    this.#source = undefined;
  }

  /** What has to run before the picture is that of `source`; undefined if nothing has. */
  work(source: number): FrameWork | undefined {
    if (!this.isDue(source)) return undefined;
    const done = () => {
      this.#source = source;
    };
    return { plan: this.plan, done };
  }

  destroy(): void {
    this.plan.destroy();
  }
}
