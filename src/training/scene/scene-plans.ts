/** The plans of a scene that is learnt: its step, and its pictures. */
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import { startTape } from '../../pipelines/gradients';
import { followOccupancy } from '../../pipelines/volume/occupancy';
import {
  type CastRays,
  type PackedSamples,
  packedQuadrature,
  packSamples,
  rayLoss,
} from '../../pipelines/volume/packed-rays';
import type { ParameterGroup } from '../parameter-group';
import { BOX_SIDE } from './scene-field';
import type { SceneSettings } from './scene-settings';
import { TRI_PLANE_FIELD } from './tri-plane-field';

export interface WiredRays extends CastRays {
  readonly rendered: Tensor;
  readonly used: Tensor;
  readonly total: Tensor;
}

interface WiredField extends WiredRays {
  readonly raw: Tensor;
  readonly samples: PackedSamples;
}

function wireRays(
  plan: PlanBuilder,
  parameters: ParameterScope,
  occupancy: Tensor,
  settings: SceneSettings,
  threshold: number | Tensor,
): WiredField {
  const { field, rays, samples: capacity, stepsAcross } = settings;
  const cast = { origins: plan.tensor('ray origins', [rays, 4]), directions: plan.tensor('ray directions', [rays, 4]) };
  const samples = packSamples(plan, cast, occupancy, {
    ...{ boxSide: BOX_SIDE, step: BOX_SIDE / stepsAcross, threshold, capacity },
  });
  const raw = TRI_PLANE_FIELD.wire(plan, parameters, field, {
    ...samples,
    points: { ...samples.points, shape: [1, capacity, 3] },
  });
  const rendered = packedQuadrature(plan, raw, samples);
  return { ...cast, rendered, used: samples.used, total: samples.total, raw, samples };
}

export interface WiredStep extends WiredRays {
  readonly wanted: Tensor;
  readonly threshold: Tensor;
  readonly loss: Tensor;
}

export function wireSceneStep(
  plan: PlanBuilder,
  parameters: ParameterScope,
  occupancy: Tensor,
  groups: (parameters: ParameterScope) => readonly ParameterGroup[],
  settings: SceneSettings,
): WiredStep {
  const tape = startTape(plan);
  const threshold = plan.tensor('occupancy threshold', [1]);
  const wanted = plan.tensor('wanted colours', [settings.rays, 3]);
  const wired = wireRays(plan, parameters, occupancy, settings, threshold);
  const loss = rayLoss(plan, wired.rendered, wanted, wired.used);
  const learning = groups(parameters);
  const gradients = tape.gradients(
    [{ of: loss, gradient: plan.constant('one', [1], [1]) }],
    learning.flatMap(({ masters }) => masters),
  );
  for (const group of learning) group.update(plan, gradients.splice(0, group.masters.length));
  followOccupancy(plan, occupancy, wired.raw, wired.samples, { boxSide: BOX_SIDE, share: settings.occupancy.share });
  for (const tensor of [loss, wired.used, wired.total]) plan.keep(tensor);
  return { ...wired, wanted, threshold, loss };
}

/** Rays of a picture, some at a time. */
export function wireSceneRays(
  plan: PlanBuilder,
  parameters: ParameterScope,
  occupancy: Tensor,
  settings: SceneSettings,
): WiredRays {
  const wired = wireRays(plan, parameters, occupancy, settings, settings.occupancy.threshold);
  for (const tensor of [wired.rendered, wired.used, wired.total]) plan.keep(tensor);
  return wired;
}
