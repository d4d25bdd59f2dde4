/** The decoder as two fully connected layers, an operation each: the readable reference of its gradient. The fused kernels read it packed (decoder.ts). */
import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import outputsShader from '../../shaders/volume/stages/decoder-outputs.wgsl';
import outputsGradientShader from '../../shaders/volume/stages/decoder-outputs-gradient.wgsl';
import { type FullyConnectedWeights, fullyConnected } from '../dense/fully-connected';
import { rearrange } from '../dense/rearrange';
import type { DecodedPoints } from './decoder';

const OUTPUTS = defineKernel(outputsShader);
const OUTPUTS_GRADIENT = defineKernel(outputsGradientShader);

/** Weights times learning-rate multiplier and 1 / sqrt(inputs), biases times the multiplier, as `denseLayer` of models/ makes them. */
export interface DecoderLayers {
  /** planeChannels to hidden units. */
  readonly hidden: FullyConnectedWeights;
  /** Hidden units to 1 + outputs; the first makes the density. */
  readonly output: FullyConnectedWeights;
}

/**
 * As `decode`, with gradients to features, weights and biases.
 * @param features [N, planes, M, C], one row for each plane; the decoder takes their mean
 * @throws ShapeError
 */
export function decodeByLayers(plan: PlanBuilder, features: Tensor, { hidden, output }: DecoderLayers): DecodedPoints {
  const [batch, planes, points, channels] = features.shape;
  if (features.shape.length !== 4) {
    throw new ShapeError(`decodeByLayers: features are [${features.shape}], expected [N, planes, M, C]`);
  }
  const rows = batch! * points!;
  const ofPlane = points! * channels!;
  const mean = rearrange(
    plan,
    features,
    {
      shape: [rows, channels!],
      axes: [
        { extent: batch!, from: planes! * ofPlane, to: ofPlane },
        { extent: planes!, from: ofPlane, to: 0 },
        { extent: ofPlane, from: 1, to: 1 },
      ],
    },
    { factor: 1 / planes! },
  );
  const decoded = fullyConnected(plan, fullyConnected(plan, mean, hidden, { activation: 'softplus' }), output);
  return decoderOutputs(plan, decoded, batch!);
}

/** @param decoded [N * M, 1 + outputs] */
function decoderOutputs(plan: PlanBuilder, decoded: Tensor, batch: number): DecodedPoints {
  const [rows, width] = decoded.shape;
  const groups = Math.floor(width! / 4);
  if (width! % 4 !== 1)
    throw new ShapeError(`decodeByLayers: ${width! - 1} colours, the kernels take multiples of four`);
  const sigma = plan.scratch('sigma', [batch, rows! / batch, 1]);
  const colours = plan.scratch('colours', [batch, rows! / batch, width! - 1]);
  const workgroups = linearGrid(rows!);
  plan.dispatch({
    kernel: OUTPUTS,
    bindings: { decoded, sigma, colours },
    params: { rows: rows!, groups, stride: decoded.stride },
    workgroups,
  });
  plan.record({
    inputs: [decoded],
    outputs: [sigma, colours],
    backward: ([ofSigma, ofColours]) => {
      const gradient = plan.scratch('decoded gradient', decoded.shape);
      const orZeros = (given: Tensor | undefined, { shape }: Tensor) =>
        given ?? plan.fill(plan.scratch('no gradient', shape));
      plan.dispatch({
        kernel: OUTPUTS_GRADIENT,
        bindings: {
          ...{ sigmaGradient: orZeros(ofSigma, sigma), colours, colourGradient: orZeros(ofColours, colours) },
          output: gradient,
        },
        params: { rows: rows!, groups },
        workgroups,
      });
      return [gradient];
    },
  });
  return { sigma, colours };
}
