/**
 * The mapping network: latent code z and camera label c to the intermediate latent w (StyleGAN2; EG3D section 4.4 for the conditioning on the
 * generator's pose). z and the embedded label are each scaled to unit second moment and concatenated, z first; then come fully connected
 * layers with leaky ReLU. The embedding learns at the full rate, the layers at `lrMultiplier`.
 */
import { ShapeError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import { expectShape, type Tensor } from '../gpu/tensor';
import { fullyConnected } from '../pipelines/dense/fully-connected';
import { normalizeSecondMoment, normalizeSecondMomentInto } from '../pipelines/dense/normalize-second-moment';
import { broadcastTruncated, truncationValues } from '../pipelines/dense/truncation';
import { concatenate } from '../pipelines/dense/window';
import type { MappingConfig } from './config';
import { denseLayer } from './dense-layer';
import type { ParameterScope } from './parameters';

export interface MappingTensors {
  /** [N, zDim]; absent if zDim is 0. */
  readonly z?: Tensor | undefined;
  /** [N, cDim], as the model's conditioning wants it (scaled or zeroed); absent if cDim is 0. */
  readonly c?: Tensor | undefined;
  /** [2]: psi and the number of leading layers it acts on (`truncationValues`). Default: no truncation. */
  readonly truncation?: Tensor | undefined;
}

/**
 * (z, c) to w.
 * @param parameters of the mapping network: "embed", "fc0", "fc1", ..., "w_avg"
 * @returns ws [N, numWs, wDim], or w [N, wDim] for a network whose `numWs` is undefined (no truncation there)
 * @throws ShapeError for an absent or misshapen input; MissingTensorError, CheckpointTensorError
 */
export function mapping(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: MappingConfig,
  { z, c, truncation }: MappingTensors,
): Tensor {
  const { zDim, cDim, wDim, numWs, lrMultiplier, embedFeatures = wDim, layerFeatures = wDim } = config;
  const batch = (zDim > 0 ? z : c)?.shape[0] ?? 0;
  const parts: Tensor[] = [];
  if (zDim > 0) parts.push(required(z, 'z', [batch, zDim]));
  if (cDim > 0) {
    const embedding = denseLayer(plan, parameters, 'embed', { inFeatures: cDim, outFeatures: embedFeatures });
    parts.push(fullyConnected(plan, required(c, 'c', [batch, cDim]), embedding));
  }
  let w = normalizedTogether(plan, parts);
  let features = w.shape[1]!;
  for (let layer = 0; layer < config.layers; layer++) {
    const outFeatures = layer === config.layers - 1 ? wDim : layerFeatures;
    const dense = denseLayer(plan, parameters, `fc${layer}`, { inFeatures: features, outFeatures, lrMultiplier });
    w = fullyConnected(plan, w, dense, { activation: 'lrelu' });
    features = outFeatures;
  }
  if (numWs === undefined) return w;
  const average = parameters.tensor(plan, 'w_avg', [wDim]);
  return broadcastTruncated(plan, w, numWs, average, truncation ?? plan.constant('full psi', [2], truncationValues(1)));
}

/**
 * The moving average of w that truncation draws towards, after one training batch: mean + beta (average - mean). Used by training (issue 14).
 * @param average [wDim]
 * @param batch [N, wDim], one w for each sample
 * @param beta share of the old average. Default: 0.998 (StyleGAN2)
 */
export function updatedAverageW(average: Float32Array, batch: Float32Array, beta = 0.998): Float32Array {
  const samples = batch.length / average.length;
  if (!Number.isInteger(samples) || samples < 1) {
    throw new ShapeError(`updatedAverageW: ${batch.length} values are not whole rows of ${average.length}`);
  }
  return average.map((old, channel) => {
    let sum = 0;
    for (let sample = 0; sample < samples; sample++) sum += batch[sample * average.length + channel]!;
    const mean = sum / samples;
    return mean + beta * (old - mean);
  });
}

/** Every part normalised on its own, side by side. One kernel a part writes its columns, unless gradients are to flow. */
function normalizedTogether(plan: PlanBuilder, parts: readonly Tensor[]): Tensor {
  if (plan.tape) {
    const normalized = parts.map((part) => normalizeSecondMoment(plan, part));
    return concatenate(plan, normalized, 1);
  }
  const features = parts.reduce((sum, { shape }) => sum + shape[1]!, 0);
  const inputs = plan.tensor('mapping inputs', [parts[0]!.shape[0]!, features]);
  let column = 0;
  for (const part of parts) {
    normalizeSecondMomentInto(plan, part, inputs, column);
    column += part.shape[1]!;
  }
  return inputs;
}

function required(tensor: Tensor | undefined, name: string, shape: readonly number[]): Tensor {
  if (!tensor) throw new ShapeError(`mapping: this network needs ${name} of shape [N, ${shape[1]}]`);
  expectShape(tensor, shape, `mapping ${name}`);
  return tensor;
}
