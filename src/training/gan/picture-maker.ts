/** Pictures of the averaged generator, for those who look on: with plans and memory of their own, since they may come between two parts of a step. */

import type { Gpu } from '../../gpu/device';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { readTensor, type Tensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import {
  type Generator,
  type MappingStage,
  type RayMarchStage,
  wireMapping,
  wireRayMarch,
  wireTriPlanes,
} from '../../models/generator';
import { wireSuperResolution } from '../../models/super-resolution-stage';
import type { LearntPicture, RunPlan } from '../loops/learner';

export interface WiredPictures {
  readonly builder: PlanBuilder;
  readonly mapping: MappingStage;
  readonly rays: RayMarchStage;
  /** [N, S, S, 3], -1..1, about. */
  readonly image: Tensor;
}

export function wirePictures(host: TensorHost, generator: Generator<TensorHost>, batch: number): WiredPictures {
  const builder = new PlanBuilder(host, 'learnt pictures');
  const mapping = wireMapping(builder, generator, batch);
  const face = wireTriPlanes(builder, generator, mapping.ws, { sketch: false });
  const rays = wireRayMarch(builder, generator, face, generator.config.rendering);
  const image = wireSuperResolution(builder, generator, face.superResolutionStyles, rays.feature);
  return { builder, mapping, rays, image };
}

/** What is to be seen: codes [N, z_dim], the cameras that they are seen from [N, 25], and those that they are conditioned on. */
export interface PictureInputs {
  readonly z: Float32Array;
  readonly cameras: Float32Array;
  /** Default: the frontal camera. */
  readonly conditioning?: Float32Array | undefined;
}

export class PictureMaker {
  private constructor(
    private readonly gpu: Gpu,
    private readonly wired: WiredPictures,
    private readonly plan: Plan,
  ) {}

  /** @throws BufferLimitError, KernelCompileError */
  static async build(gpu: Gpu, generator: Generator, batch: number): Promise<PictureMaker> {
    const wired = wirePictures(gpu, generator, batch);
    return new PictureMaker(gpu, wired, await wired.builder.build());
  }

  /** [N, S, S, 3], read by others after {@link make}. */
  get image(): Tensor {
    return this.wired.image;
  }

  async make({ z, cameras, conditioning }: PictureInputs, run: RunPlan): Promise<void> {
    this.wired.mapping.write({ z, psi: 1, ...(conditioning && { conditioning }) });
    this.wired.rays.writeCamera(cameras);
    await run(this.plan);
  }

  /** Those of the last {@link make}. */
  async read(): Promise<LearntPicture[]> {
    const [batch, side] = this.image.shape;
    return cut(await readTensor(this.gpu, this.image), batch!, side!);
  }

  destroy(): void {
    this.plan.destroy();
  }
}

/** [N, S, S, 3] to N pictures. */
function cut(rgb: Float32Array, count: number, side: number): LearntPicture[] {
  const length = side * side * 3;
  return Array.from({ length: count }, (_, at) => ({
    width: side,
    height: side,
    rgb: rgb.slice(at * length, (at + 1) * length),
  }));
}
