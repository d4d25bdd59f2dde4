/** Convolution weights in the order the kernels want, and what is derived from them. */
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, padToFour, type Tensor } from '../../gpu/tensor';
import type { DeviceFacts, StorageFormat, TextureExtents } from '../../gpu/tensor-host';
import type { Texture } from '../../gpu/texture';
import { type Arrangement, arranged, type PreparedArray, rearrange } from '../dense/rearrange';

/** Shape of stored weights: [outChannels, inChannels, kernelHeight, kernelWidth]. */
export type ConvShape = readonly [outChannels: number, inChannels: number, height: number, width: number];

/** An order of weights in memory, with whatever is computed from them beforehand. */
export interface WeightLayout {
  /** Tells it apart from all other layouts. */
  readonly name: string;
  /** Shape of the tensor that {@link prepare} fills. */
  shapeOf(conv: ConvShape): readonly number[];
  /** Whether its kernels take halves, too (`array<WeightVector>`). Default: false. */
  readonly allowsHalves?: boolean;
  /** @param stored [outChannels, inChannels, 3, 3] @returns row-major, without padding of the last axis */
  prepare(stored: Float32Array, conv: ConvShape): Float32Array;
  /**
   * The same on the device, as an operation with a gradient, for weights that are trained.
   * @param stored [count] in the order of the shape
   * @param format as {@link weightFormat} says
   */
  derive(plan: PlanBuilder, stored: Tensor, conv: ConvShape, format: StorageFormat): Tensor;
}

/** The same for weights that are read as texels. */
export interface WeightTextureLayout {
  readonly name: string;
  extentsOf(conv: ConvShape): TextureExtents;
  /** @param stored [outChannels, inChannels, 3, 3] @returns the texels' numbers, row by row */
  prepare(stored: Float32Array, conv: ConvShape): Float32Array<ArrayBuffer>;
  /**
   * The same on the device, for kernels right behind it: the next call may overwrite it. No operation: the gradient is that of the layer that reads it.
   * @param weight {@link tapsFirst}, f32
   * @param orientation see {@link Orientation}. Default: 'forward'
   */
  derive(plan: PlanBuilder, weight: Tensor, conv: ConvShape, orientation?: Orientation): Texture;
}

/**
 * How weights are read: as they are; or "transposed", for the gradient with respect to a convolution's input, which is a convolution with the weights'
 * output channels as its inputs and with the taps in reverse; or "swapped", with the channels changed over only, for that of a transposed convolution.
 */
export type Orientation = 'forward' | 'transposed' | 'swapped';

/**
 * The weights of one layer, in whatever layout a variant wants: each is made and uploaded when it is first asked for, or, of trainable weights,
 * computed on the device.
 */
export interface ConvWeights {
  readonly label: string;
  /** [outChannels, inChannels, 3, 3] */
  readonly shape: ConvShape;
  /** Whether every weight is a 16-bit float, so that storing it as one loses nothing. */
  readonly areHalves: boolean;
  /** As halves where layout and kernels allow it and it loses nothing, or where the device is to store convolutions so. */
  as(layout: WeightLayout): Tensor;
  /** To be read right behind: of trainable weights the next call, for whatever layer, may overwrite it. */
  asTexture(layout: WeightTextureLayout): Texture;
  /** Whether the weights change while the plan lives. Default: false. */
  readonly areTrainable?: boolean | undefined;
}

/** Shape of weights {@link tapsFirst}. */
export function preparedConvShape([outChannels, inChannels, height, width]: ConvShape): ConvShape {
  return [height, width, padToFour(inChannels), outChannels];
}

/** Shape of what {@link squaredConvWeights} gives. */
export function squaredConvShape([outChannels, inChannels]: ConvShape): readonly [number, number] {
  return [padToFour(inChannels), outChannels];
}

/**
 * [out, in, kh, kw] to [kh, kw, in rounded up to four, out]: a vec4f holds four output channels of one tap and input channel.
 * @param flip turns the kernel by half a turn, for a true convolution
 */
export function tapsFirst(shape: ConvShape, flip = false): Arrangement {
  const [outChannels, inChannels, height, width] = shape;
  const taps = height * width;
  const rows = padToFour(inChannels);
  return {
    shape: preparedConvShape(shape),
    start: flip ? taps - 1 : 0,
    axes: [
      { extent: taps, from: flip ? -1 : 1, to: rows * outChannels },
      { extent: inChannels, from: taps, to: outChannels },
      { extent: outChannels, from: inChannels * taps, to: 1 },
    ],
  };
}

/**
 * Weights {@link tapsFirst}.
 * @param options.gain factor on all values. Default: 1
 * @param options.flip as there
 */
export function prepareConv(
  values: ArrayLike<number>,
  shape: ConvShape,
  options: { gain?: number; flip?: boolean } = {},
): PreparedArray {
  return arranged(values, tapsFirst(shape, options.flip), options.gain);
}

/** The factor that acts on stored weights of an equalised convolution: 1 / sqrt(inChannels * taps). */
export function convGain(inChannels: number, kernelSize: number): number {
  return 1 / Math.sqrt(inChannels * kernelSize * kernelSize);
}

/** Q[in, out] = sum over taps of w[out, in]^2, for the demodulation (StyleGAN2 equation 3). */
export function squaredConvWeights(values: ArrayLike<number>, shape: ConvShape): PreparedArray {
  const [outChannels, inChannels, ...kernel] = shape;
  const rows = padToFour(inChannels);
  const taps = elementCount(kernel);
  const squared = new Float32Array(rows * outChannels);
  for (let out = 0; out < outChannels; out++) {
    for (let input = 0; input < inChannels; input++) {
      const from = (out * inChannels + input) * taps;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) sum += values[from + tap]! ** 2;
      squared[input * outChannels + out] = sum;
    }
  }
  return { shape: squaredConvShape(shape), values: squared };
}

/** The layout of the direct kernels: [3, 3, inChannels rounded up to four, outChannels]. */
export const TAPS_FIRST: WeightLayout = {
  name: 'taps first',
  allowsHalves: true,
  shapeOf: preparedConvShape,
  prepare: (stored, conv) => prepareConv(stored, conv).values,
  derive: (plan, stored, conv, format) => rearrange(plan, stored, tapsFirst(conv), { format }),
};

/** How weights are stored in a layout. */
export function weightFormat(
  { allowsHalves }: WeightLayout,
  areHalves: boolean,
  { convolutionFormat }: DeviceFacts,
): StorageFormat {
  return allowsHalves && (areHalves || convolutionFormat === 'f16') ? 'f16' : 'f32';
}

/**
 * Weights from a tensor of the plan: those that it holds, or those of the convolution that is the gradient of another with respect to its input.
 * @param weight {@link tapsFirst}, f32
 * @param conv the shape of what it holds
 */
export function weightsFrom(
  plan: PlanBuilder,
  weight: Tensor,
  conv: ConvShape,
  orientation: Orientation = 'forward',
): ConvWeights {
  const [outChannels, inChannels, height, width] = conv;
  const isForward = orientation === 'forward';
  const isReversed = orientation === 'transposed';
  const shape: ConvShape = isForward ? conv : [inChannels, outChannels, height, width];
  const taps = height * width;
  const tapPlaces = padToFour(inChannels) * outChannels;
  const ofInputs = { extent: inChannels, from: outChannels, to: isForward ? taps : outChannels * taps };
  const ofOutputs = { extent: outChannels, from: 1, to: isForward ? inChannels * taps : taps };
  const stored = (): Tensor =>
    rearrange(plan, weight, {
      shape: [elementCount(shape)],
      start: isReversed ? (taps - 1) * tapPlaces : 0,
      axes: [ofInputs, ofOutputs, { extent: taps, from: isReversed ? -tapPlaces : tapPlaces, to: 1 }],
    });
  return {
    label: `${weight.label} ${orientation}`,
    shape,
    areHalves: false,
    areTrainable: true,
    as: (layout) => (isForward && layout === TAPS_FIRST ? weight : layout.derive(plan, stored(), shape, 'f32')),
    asTexture: (layout) => layout.derive(plan, weight, conv, orientation),
  };
}
