/** The decoder's parameters packed on the device, for a decoder that is trained. For one that stays as it is `packDecoder` does so once, at load. */
import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor, vectorCount } from '../../gpu/tensor';
import packDecoderShader from '../../shaders/volume/pack-decoder.wgsl';
import gradientShader from '../../shaders/volume/pack-decoder-gradient.wgsl';
import { packedDecoderLength } from './decoder';
import type { DecoderExtents } from './rendering-options';

const KERNEL = defineKernel(packDecoderShader);
const GRADIENT = defineKernel(gradientShader);

/** Parameters in the file's order; the shapes are those of the file, and the tensors [count]. */
export interface DecoderTensors {
  /** `net.0.weight` [hidden, planeChannels] */
  readonly hiddenWeight: Tensor;
  /** `net.0.bias` [hidden] */
  readonly hiddenBias: Tensor;
  /** `net.2.weight` [1 + outputs, hidden]; row 0 makes the density */
  readonly outputWeight: Tensor;
  /** `net.2.bias` [1 + outputs] */
  readonly outputBias: Tensor;
}

/**
 * `packDecoder` on the device; equal to it but for rounding. Gradients of the packed decoder find their way to the parameters, with all gains.
 * @throws ShapeError, RenderingOptionError
 */
export function packDecoderTensors(
  plan: PlanBuilder,
  tensors: DecoderTensors,
  extents: DecoderExtents,
  lrMultiplier: number,
): Tensor {
  const { planeChannels: features, decoderHiddenWidth: hidden, decoderOutputs: colours } = extents;
  const { hiddenWeight, hiddenBias, outputWeight, outputBias } = tensors;
  expectShape(hiddenWeight, [hidden * features], 'decoder net.0.weight');
  expectShape(hiddenBias, [hidden], 'decoder net.0.bias');
  expectShape(outputWeight, [(1 + colours) * hidden], 'decoder net.2.weight');
  expectShape(outputBias, [1 + colours], 'decoder net.2.bias');
  const packed = plan.scratch('packed decoder', [packedDecoderLength(extents)]);
  const params = {
    features,
    hidden,
    colours,
    hiddenGain: lrMultiplier / Math.sqrt(features),
    biasGain: lrMultiplier,
    outputGain: lrMultiplier / Math.sqrt(hidden),
  };
  plan.dispatch({
    kernel: KERNEL,
    bindings: { hiddenWeight, hiddenBias, outputWeight, outputBias, packed },
    params,
    workgroups: linearGrid(packed.stride / 4),
  });
  const parameters = [hiddenWeight, hiddenBias, outputWeight, outputBias] as const;
  plan.record({
    inputs: parameters,
    outputs: [packed],
    backward: ([gradient]) => {
      const of = ({ label, shape }: Tensor) => plan.scratch(`${label} gradient`, shape);
      const gradients = [of(hiddenWeight), of(hiddenBias), of(outputWeight), of(outputBias)] as const;
      const [ofHiddenWeight, ofHiddenBias, ofOutputWeight, ofOutputBias] = gradients;
      plan.dispatch({
        kernel: GRADIENT,
        bindings: {
          packed: gradient,
          ...{ hiddenWeight: ofHiddenWeight, hiddenBias: ofHiddenBias },
          ...{ outputWeight: ofOutputWeight, outputBias: ofOutputBias },
        },
        params,
        workgroups: linearGrid(gradients.reduce((sum, each) => sum + vectorCount(each), 0)),
      });
      return gradients;
    },
  });
  return packed;
}
