/** The plans of a scene: a step of its learning, and the rays of a picture. The same function wires both, and a survey of their memory. */
import type { PlanBuilder } from '../../gpu/plan';
import { reshaped, type Tensor, writeTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import type { Parameter, ParameterScope } from '../../models/parameters';
import { startTape } from '../../pipelines/gradients';
import { followOccupancy } from '../../pipelines/volume/occupancy';
import { type PackedSamples, packedQuadrature, packSamples, rayLoss } from '../../pipelines/volume/packed-rays';
import { type LearningSettings, ParameterGroup } from '../parameter-group';
import { BOX_SIDE } from './scene-field';
import type { RayArrays, RayBatch } from './scene-rays';
import { fieldOf, type SceneSettings } from './scene-settings';

/** What a scene is on the device. */
export interface SceneTensors {
  readonly parameters: ParameterScope;
  /** [G^3]: the largest density that has been found in each cell lately. */
  readonly occupancy: Tensor;
}

/** Momentum as usual; a short memory of squares, as Instant-NGP has it, for texels that few steps touch. */
const ADAM: Omit<LearningSettings, 'rate'> = { betas: [0.9, 0.99], epsilon: 1e-15, whenNotFinite: 'skip' };

export class WiredRays {
  readonly origins: Tensor;
  readonly directions: Tensor;
  /** [1]: above which density a cell is occupied; below 0 all are. */
  readonly threshold: Tensor;
  readonly samples: PackedSamples;
  /** [M, 4]: what the field says of the samples. */
  readonly raw: Tensor;
  /** [R, 4]: colours 0..1 over white, and weights. */
  readonly rendered: Tensor;

  constructor(
    readonly plan: PlanBuilder,
    { parameters, occupancy }: SceneTensors,
    { field, rays, samples: capacity, stepsAcross }: SceneSettings,
  ) {
    this.origins = plan.tensor('ray origins', [rays, 4]);
    this.directions = plan.tensor('ray directions', [rays, 4]);
    this.threshold = plan.tensor('occupancy threshold', [1]);
    const packing = { boxSide: BOX_SIDE, step: BOX_SIDE / stepsAcross, threshold: this.threshold, capacity };
    this.samples = packSamples(plan, this, occupancy, packing);
    const points = reshaped(this.samples.points, [1, capacity, 3]);
    this.raw = fieldOf(field).wire(plan, parameters, { ...this.samples, points });
    this.rendered = packedQuadrature(plan, this.raw, this.samples);
  }

  write(host: TensorHost, { origins, directions }: RayArrays, threshold: number): void {
    writeTensor(host, this.origins, origins);
    writeTensor(host, this.directions, directions);
    writeTensor(host, this.threshold, [threshold]);
  }
}

/** Rays of a picture, some at a time: `rendered` and `samples.used` are kept. */
export function wireSceneRays(plan: PlanBuilder, scene: SceneTensors, settings: SceneSettings): WiredRays {
  const rays = new WiredRays(plan, scene, settings);
  for (const tensor of [rays.rendered, rays.samples.used]) plan.keep(tensor);
  return rays;
}

export interface WiredStep {
  readonly rays: WiredRays;
  /** [1] */
  readonly loss: Tensor;
  write(host: TensorHost, batch: RayBatch, threshold: number): void;
}

/** A step: rays, loss, gradients, updates, and what the samples tell of where the scene is. `loss` and `samples.used` are kept. */
export function wireSceneStep(
  plan: PlanBuilder,
  scene: SceneTensors,
  groups: readonly ParameterGroup[],
  settings: SceneSettings,
): WiredStep {
  const tape = startTape(plan);
  const wanted = plan.tensor('wanted colours', [settings.rays, 3]);
  const rays = new WiredRays(plan, scene, settings);
  const loss = rayLoss(plan, rays.rendered, wanted, rays.samples.used);
  const seed = { of: loss, gradient: plan.constant('one', [1], [1]) };
  const masters = groups.flatMap((group) => group.masters);
  const gradients = tape.gradients([seed], masters);
  for (const group of groups) group.update(plan, gradients.splice(0, group.masters.length));
  followOccupancy(plan, scene.occupancy, rays.raw, rays.samples, {
    boxSide: BOX_SIDE,
    share: settings.occupancy.share,
  });
  for (const tensor of [loss, rays.samples.used, rays.samples.total]) plan.keep(tensor);
  return {
    rays,
    loss,
    write(host, batch, threshold) {
      rays.write(host, batch, threshold);
      writeTensor(host, wanted, batch.wanted);
    },
  };
}

/** Features in space and networks learn at rates of their own; a field may have one of them alone. */
export function sceneGroups(
  host: TensorHost,
  parameters: readonly Parameter[],
  settings: SceneSettings,
): ParameterGroup[] {
  const grids = new Set(fieldOf(settings.field).tensors.flatMap(({ name, isGrid }) => (isGrid ? [name] : [])));
  const group = (name: string, of: readonly Parameter[], rate: number) =>
    of.length === 0 ? [] : [new ParameterGroup(host, name, of, { ...ADAM, rate })];
  return [
    ...group(
      'grid',
      parameters.filter(({ name }) => grids.has(name)),
      settings.gridRate,
    ),
    ...group(
      'network',
      parameters.filter(({ name }) => !grids.has(name)),
      settings.networkRate,
    ),
  ];
}

/** What follows a schedule: which cells count as occupied in a step, and the share of the learning rates. */
export function scheduledStep(
  { occupancy, steps, lastRate }: SceneSettings,
  step: number,
): { readonly threshold: number; readonly rateShare: number } {
  const { threshold, until, exploreEach } = occupancy;
  return {
    threshold: step % exploreEach === 0 ? NOT_CARVED : threshold * Math.min(1, (step + 1) / until),
    rateShare: Math.min(1, (step + 1) / WARM_UP_STEPS) * lastRate ** Math.min(1, step / steps),
  };
}

/** Below all cells but those that were carved away: it looks for what has come to be where nothing was. */
const NOT_CARVED = 0;

/** Adam knows little in its first steps. */
const WARM_UP_STEPS = 20;
