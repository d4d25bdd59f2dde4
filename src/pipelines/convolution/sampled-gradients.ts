/**
 * Both gradients of a modulated convolution from texels, for software adapters: the gradient of its result is staged once, band by band, for the input's
 * gradient, which is a convolution of it, and for that of the weights, which is a sum over its pixels.
 */

import { rowBands } from '../../gpu/dispatch-grid';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import { sampledSums, samplesPixels } from './conv-weight-gradient';
import { type ConvShape, weightsFrom } from './conv-weights';
import { type ConvGeometry, ones, samplesManyPoints } from './conv2d-kernels';
import { SAMPLED, type SampledKind, sampledConvolution, samplesWithStride } from './conv3x3-sampled';
import { chooseVariant } from './conv3x3-variants';
import { affordableRows, stagedTexture, stageInput } from './staged-input';

export interface SampledGradients {
  /** [N, H, W, inChannels] */
  readonly input: Tensor;
  /** Of the result; of a layer that doubles the side, of the unfiltered picture. */
  readonly gradient: Tensor;
  /** [k, k, inChannels rounded up to four, outChannels] */
  readonly weight: Tensor;
  readonly geometry: ConvGeometry;
  /** [N, inChannels] and [N, outChannels] */
  readonly styles: Tensor;
  readonly demodulation: Tensor;
}

/** How the input's gradient is computed from texels; undefined where not both gradients can be, or other kernels are faster. */
export function sampledKind(plan: PlanBuilder, what: SampledGradients): SampledKind | undefined {
  const { input, gradient, weight, geometry } = what;
  const pixels = geometry.stride === 1 ? { input, gradient, geometry } : { input: gradient, gradient: input, geometry };
  if (weight.format !== 'f32' || !samplesPixels(plan, pixels)) return undefined;
  const { batch, height, width, channels: inChannels } = imageExtents(gradient, 'sampled gradients');
  const outChannels = input.shape[3]!; // of the convolution that is the way back
  const layer = { batch, height, width, inChannels, outChannels, up: 1, halfWeights: false } as const;
  if (geometry.kernelHeight === 1) return samplesManyPoints(layer, plan.host) ? 'one tap' : undefined;
  if (geometry.stride === 2) return samplesWithStride(layer, plan.host) ? 'halves the side' : undefined;
  return chooseVariant({ ...layer, trainableWeights: true }, plan.host) === SAMPLED ? 'keeps the side' : undefined;
}

/**
 * Appends what computes both.
 * @returns the input's gradient, and the weights' of each sample, [N k, k, inChannels rounded up to four, outChannels], taken of the gradient times the
 * demodulation and of the input without styles
 */
export function dispatchSampledGradients(
  plan: PlanBuilder,
  kind: SampledKind,
  { input, gradient, weight, geometry, styles, demodulation }: SampledGradients,
): { ofInput: Tensor; ofSamples: Tensor } {
  const { batch, height } = imageExtents(input, 'sampled gradients');
  const { kernelHeight: side, stride } = geometry;
  const ofInput = plan.scratch(`${weight.label} input gradient`, input.shape);
  const conv: ConvShape = [gradient.shape[3]!, input.shape[3]!, side, side];
  const weights = weightsFrom(plan, weight, conv, stride === 1 ? 'transposed' : 'swapped');
  const operands = {
    input: gradient,
    weights,
    styles: demodulation,
    demodulation: styles,
    epilogue: {},
    output: ofInput,
  };
  const back = sampledConvolution(plan, operands, kind);
  const isSwapped = stride === 2;
  const sums = sampledSums(
    plan,
    isSwapped ? { input: gradient, gradient: input, geometry, isSwapped } : { input, gradient, geometry },
  );

  const most = Math.min(affordableRows(input), Math.floor(affordableRows(gradient) / stride)) - 2;
  const tileRows = Math.max(back.tileRows, sums.tileRows); // both are powers of two
  const bands = rowBands(plan, height, Math.max(back.flopsPerRow, sums.flopsPerRow), tileRows, most);
  sums.allocate(bands);
  const stagedRows = (rows: number) => {
    const ofSums = sums.stagedRows(rows);
    const [inputRows, gradientRows] = isSwapped ? [ofSums.gradient, ofSums.input] : [ofSums.input, ofSums.gradient];
    return { input: inputRows, gradient: Math.max(gradientRows, back.stagedRows(rows)) };
  };
  const largest = stagedRows(bands[0]!.endRow);
  const staged = {
    input: stagedTexture(plan, input, largest.input),
    gradient: stagedTexture(plan, gradient, largest.gradient, 'staged gradient'),
  };
  const noStyles = ones(plan, batch, input.shape[3]!);
  for (let sample = 0; sample < batch; sample++) {
    for (const band of bands) {
      const { firstRow } = band;
      const rows = stagedRows(band.endRow - firstRow);
      stageInput(plan, { input, styles: noStyles, staged: staged.input, sample, firstRow, rows: rows.input });
      stageInput(plan, {
        ...{ input: gradient, styles: demodulation, staged: staged.gradient, sample },
        firstRow: firstRow * stride,
        rows: rows.gradient,
      });
      sums.compute(isSwapped ? { input: staged.gradient, gradient: staged.input } : staged, band);
      back.compute(staged.gradient, sample, band);
    }
  }
  return { ofInput, ofSamples: sums.total('apart') };
}
