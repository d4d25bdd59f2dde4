/**
 * Modulated 3x3 convolution (StyleGAN2, section 2.2): styles scale the input channels, demodulation scales the output channels, so that
 * the weights themselves stay constant and one set serves all faces.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError, WiringError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor, vectorCount } from '../../gpu/tensor';
import demodulationShader from '../../shaders/convolution/modulation/demodulation.wgsl';
import demodulationSquaresGradientShader from '../../shaders/convolution/modulation/demodulation-squares-gradient.wgsl';
import demodulationStylesGradientShader from '../../shaders/convolution/modulation/demodulation-styles-gradient.wgsl';
import { needsActivationInput } from '../dense/activation-gradient';
import { type ConvWeights, TAPS_FIRST } from './conv-weights';
import type { Conv3x3Variant } from './conv3x3';
import { chooseVariant } from './conv3x3-variants';
import type { LayerEpilogue } from './layer-epilogue';
import { recordModulatedLayer } from './modulated-conv-gradient';

const DEMODULATION = defineKernel(demodulationShader);
const DEMODULATION_STYLES = defineKernel(demodulationStylesGradientShader);
const DEMODULATION_SQUARES = defineKernel(demodulationSquaresGradientShader);

/** How a face steers one layer. */
export interface LayerStyles {
  /** [N, inChannels] */
  readonly styles: Tensor;
  /** [N, outChannels] from {@link demodulationCoefficients}. */
  readonly demodulation: Tensor;
}

/**
 * d[n, o] = 1 / sqrt(sum_i styles[n, i]^2 Q[i, o] + 1e-8).
 * @param styles [N, inChannels]
 * @param squaredWeight [inChannels rounded up to four, outChannels] from `squaredConvWeights`
 * @returns [N, outChannels]
 */
export function demodulationCoefficients(plan: PlanBuilder, styles: Tensor, squaredWeight: Tensor): Tensor {
  const channels = squaredWeight.shape[1]!;
  const batch = styles.shape[0]!;
  expectShape(squaredWeight, [styles.stride, channels], 'demodulation squared weight');
  const output = plan.scratch(`${squaredWeight.label} demodulation`, [batch, channels]);
  plan.dispatch({
    kernel: DEMODULATION,
    bindings: { styles, squaredWeight, output },
    params: { batch, inputGroups: styles.stride / 4, channels },
    workgroups: linearGrid((batch * output.stride) / 4),
  });
  plan.record({
    inputs: [styles, squaredWeight],
    outputs: [output],
    backward: ([gradient], [wantsStyles, wantsSquares]) => {
      const sizes = { batch, groups: output.stride / 4 };
      const bindings = { styles, demodulation: output, gradient };
      const stylesGradient = wantsStyles && plan.scratch(`${styles.label} gradient by demodulation`, styles.shape);
      if (stylesGradient) {
        plan.dispatch({
          kernel: DEMODULATION_STYLES,
          bindings: { ...bindings, squaredWeight, output: stylesGradient },
          params: { ...sizes, inputGroups: styles.stride / 4 },
          workgroups: linearGrid(vectorCount(stylesGradient)),
        });
      }
      const squaresGradient = wantsSquares && plan.scratch(`${squaredWeight.label} gradient`, squaredWeight.shape);
      if (squaresGradient) {
        plan.dispatch({
          kernel: DEMODULATION_SQUARES,
          bindings: { ...bindings, output: squaresGradient },
          params: { ...sizes, inPadded: styles.stride },
          workgroups: linearGrid(vectorCount(squaresGradient)),
        });
      }
      return [stylesGradient, squaresGradient];
    },
  });
  return output;
}

/**
 * With `up` 1 the modulated and demodulated 3x3 correlation with zero padding 1; with `up` 2 zero insertion, modulated and demodulated true 3x3
 * convolution, and the FIR filter [1, 3, 3, 1] with gain 4. Then noise, bias, activation, gain and clamp.
 * @param input [N, H, W, inChannels]
 * @param how a variant, or `up` alone to take the fastest variant for this shape on this device, as far as is known. Default: up 1
 * @returns [N, up H, up W, outChannels]
 * @throws ShapeError, WiringError
 */
export function modulatedConv3x3(
  plan: PlanBuilder,
  input: Tensor,
  weights: ConvWeights,
  { styles, demodulation }: LayerStyles,
  epilogue: LayerEpilogue = {},
  how: { readonly up: 1 | 2 } | { readonly variant: Conv3x3Variant } = { up: 1 },
): Tensor {
  const { batch, height, width, channels: inChannels } = imageExtents(input, 'modulatedConv3x3');
  const [outChannels, weightChannels, ...kernel] = weights.shape;
  const up = 'variant' in how ? how.variant.up : how.up;
  if (weightChannels !== inChannels || kernel.some((side) => side !== 3)) {
    throw new ShapeError(
      `modulatedConv3x3: "${weights.label}" is [${weights.shape}], expected [${outChannels},${inChannels},3,3]`,
    );
  }
  expectShape(styles, [batch, inChannels], 'modulated convolution styles');
  expectShape(demodulation, [batch, outChannels], 'modulated convolution demodulation');
  const layer = {
    batch,
    height,
    width,
    inChannels,
    outChannels,
    up,
    halfWeights: weights.areHalves,
    trainableWeights: weights.areTrainable,
  };
  const variant = 'variant' in how ? how.variant : chooseVariant(layer, plan.host);
  if (!variant.supports(layer, plan.host)) {
    throw new WiringError(`modulatedConv3x3: "${variant.name}" cannot compute "${weights.label}" on this device`);
  }
  const output = plan.scratch(
    `${weights.label} output`,
    [batch, height * up, width * up, outChannels],
    epilogue.format,
  );
  variant.record(plan, { input, weights, styles, demodulation, epilogue, output });
  if (plan.tape) {
    // Whatever layout the variant has read, the gradients are of this one.
    const weight = weights.as(TAPS_FIRST);
    const { bias, noise } = epilogue;
    const again = () => modulatedConv3x3(plan, input, weights, { styles, demodulation }, { bias, noise }, how);
    recordModulatedLayer(plan, {
      ...{ input, weight, styles, demodulation, up, epilogue, output },
      reference: () => (needsActivationInput(epilogue) ? again() : output),
    });
  }
  return output;
}
