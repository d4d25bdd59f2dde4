/** The decoder (EG3D section 4.2): features of a point to its density and colour features. */
import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import decoderShader from '../../shaders/volume/stages/decoder.wgsl';
import { decoderConstants, groupsOf } from './render-constants';
import type { DecoderExtents } from './rendering-options';

const KERNEL = defineKernel(decoderShader);

/** Parameters as a checkpoint has them, row-major. */
export interface DecoderArrays {
  /** `net.0.weight` [hidden, planeChannels] */
  readonly hiddenWeight: Float32Array;
  /** `net.0.bias` [hidden] */
  readonly hiddenBias: Float32Array;
  /** `net.2.weight` [1 + outputs, hidden]; row 0 makes the density */
  readonly outputWeight: Float32Array;
  /** `net.2.bias` [1 + outputs] */
  readonly outputBias: Float32Array;
}

/** Numbers in the packed decoder. */
export function packedDecoderLength(extents: DecoderExtents): number {
  const [features, hidden, colours] = groupsOf(extents);
  return MATRIX * (hidden * (features + 1 + colours) + 1 + colours);
}

/** Numbers in a mat4x4f. */
const MATRIX = 16;

/**
 * The decoder's parameters in the order in which the kernels read them (see shaders/common/volume/decoder.wgsl), as they act: multiplied by
 * the learning-rate multiplier and, for weights, by 1 / sqrt(inputs) (equalised learning rate, Karras et al. 2018), for hidden units in base 2.
 * @throws ShapeError when an array has another length than the extents ask for; RenderingOptionError for extents that are no multiple of 4
 */
export function packDecoder(arrays: DecoderArrays, extents: DecoderExtents, lrMultiplier: number): Float32Array {
  const { planeChannels: features, decoderHiddenWidth: hidden, decoderOutputs: colours } = extents;
  decoderConstants(extents);
  const { hiddenWeight, hiddenBias, outputWeight, outputBias } = arrays;
  expectLength('net.0.weight', hiddenWeight, hidden * features);
  expectLength('net.0.bias', hiddenBias, hidden);
  expectLength('net.2.weight', outputWeight, (1 + colours) * hidden);
  expectLength('net.2.bias', outputBias, 1 + colours);
  const hiddenGain = lrMultiplier / Math.sqrt(features);
  const outputGain = lrMultiplier / Math.sqrt(hidden);

  const packed = new Float32Array(packedDecoderLength(extents));
  let at = 0;
  /** Writes a matrix, column by column. */
  const putMatrix = (entry: (row: number, column: number) => number) => {
    for (let column = 0; column < 4; column++) {
      for (let row = 0; row < 4; row++) packed[at++] = entry(row, column);
    }
  };
  for (let unit = 0; unit < hidden; unit += 4) {
    const biases = (row: number) => (hiddenBias[unit + row]! * lrMultiplier) / Math.LN2;
    const densityWeights = (row: number) => outputWeight[unit + row]! * outputGain * Math.LN2;
    for (let feature = 0; feature < features; feature += 4) {
      putMatrix((row, column) => (hiddenWeight[(unit + row) * features + feature + column]! * hiddenGain) / Math.LN2);
    }
    putMatrix((row, column) => [biases, densityWeights][column]?.(row) ?? 0);
    for (let colour = 1; colour <= colours; colour += 4) {
      putMatrix((row, column) => outputWeight[(colour + row) * hidden + unit + column]! * outputGain * Math.LN2);
    }
  }
  const bias = (output: number) => outputBias[output]! * lrMultiplier;
  const ofNothing = (output: number) => {
    let sum = bias(output);
    for (let unit = 0; unit < hidden; unit++) {
      const x = hiddenBias[unit]! * lrMultiplier;
      const softplus = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      sum += softplus * outputWeight[output * hidden + unit]! * outputGain;
    }
    return sum;
  };
  putMatrix((row, column) => (column === 0 ? ([bias, ofNothing][row]?.(0) ?? 0) : 0));
  for (let colour = 1; colour <= colours; colour += 4) {
    putMatrix((row, column) => [bias, ofNothing][column]?.(colour + row) ?? 0);
  }
  return packed;
}

/** @throws ShapeError unless the tensor is a packed decoder of these extents */
export function expectDecoder(decoder: Tensor, extents: DecoderExtents, what: string): void {
  expectShape(decoder, [packedDecoderLength(extents)], `${what}: the packed decoder`);
}

/** Density before softplus, and colours in (-0.001, 1.001), of points. */
export interface DecodedPoints {
  /** [N, M, 1] */
  readonly sigma: Tensor;
  /** [N, M, outputs] */
  readonly colours: Tensor;
}

/**
 * Decodes features that were sampled before.
 * @param features [N, planes, M, C], one row for each plane; the decoder takes their mean
 * @param decoder packed: {@link packDecoder}
 */
export function decode(plan: PlanBuilder, features: Tensor, decoder: Tensor, extents: DecoderExtents): DecodedPoints {
  const [batch, planes, points, channels] = features.shape;
  if (features.shape.length !== 4 || channels !== extents.planeChannels) {
    throw new ShapeError(`decode: features are [${features.shape}], expected [N, planes, M, ${extents.planeChannels}]`);
  }
  expectDecoder(decoder, extents, 'decode');
  const sigma = plan.scratch('sigma', [batch!, points!, 1]);
  const colours = plan.scratch('colours', [batch!, points!, extents.decoderOutputs]);
  plan.dispatch({
    kernel: KERNEL,
    constants: decoderConstants(extents),
    bindings: { features, decoder, sigma, colours },
    params: { samples: batch!, planes: planes!, points: points! },
    workgroups: linearGrid(batch! * points!),
  });
  return { sigma, colours };
}

function expectLength(name: string, values: Float32Array, length: number): void {
  if (values.length !== length) {
    throw new ShapeError(`decoder: "${name}" has ${values.length} values, its extents ask for ${length}`);
  }
}
