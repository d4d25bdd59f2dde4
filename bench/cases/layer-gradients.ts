/**
 * Single layers with leaky ReLU whose gradients contenders are raced on: forward, and the gradients of input, weights and bias for given gradients of the
 * output. Layouts are ONNX's (channels first). The result is all three gradients, one behind the other.
 */
import { randomValues } from '../random';
import { type Check, SPOTS, spotCheck } from './spot-check';

export interface ConvolutionLayer {
  readonly kind: 'convolution';
  readonly channels: number;
  readonly side: number;
  /** [channels, side, side] */
  readonly x: Float32Array;
  /** [out, in, 3, 3] */
  readonly weight: Float32Array;
  /** [channels] */
  readonly bias: Float32Array;
  /** As x: the gradient of the output. */
  readonly outputGradient: Float32Array;
}

export interface DenseLayer {
  readonly kind: 'fully connected';
  readonly rows: number;
  readonly features: number;
  /** [rows, features] */
  readonly x: Float32Array;
  /** [out, in] */
  readonly weight: Float32Array;
  /** [features] */
  readonly bias: Float32Array;
  /** As x: the gradient of the output. */
  readonly outputGradient: Float32Array;
}

export type GradientLayer = ConvolutionLayer | DenseLayer;

/** Of leaky ReLU below zero. */
export const SLOPE = 0.2;

const TAPS = 9;
const NEAR_KINK = 1e-5;

export const GRADIENT_LAYERS: readonly (readonly [name: string, make: () => GradientLayer])[] = [
  [
    'gradients of a convolution, 64 to 64 channels, 64 x 64',
    () => {
      const [channels, side] = [64, 64];
      const x = randomValues(channels * side * side, 1);
      const weight = randomValues(channels * channels * TAPS, 2).map((value) => value / Math.sqrt(channels * TAPS));
      return { kind: 'convolution', channels, side, x, weight, ...given(channels, x) };
    },
  ],
  ['gradients of a fully connected layer, 64 rows of 512 to 512 features', () => denseLayer(64, 512)],
  // Of the networks behind tri-planes and voxels, and of Mip-NeRF, asked at points in space.
  ['gradients of a fully connected layer, 8192 rows of 128 to 128 features', () => denseLayer(8192, 128)],
  ['gradients of a fully connected layer, 4096 rows of 256 to 256 features', () => denseLayer(4096, 256)],
];

/** Of a million units some are so near their kink that rounding picks the slope: their outputs are given no gradient. */
function denseLayer(rows: number, features: number): DenseLayer {
  const x = randomValues(rows * features, 5);
  const weight = randomValues(features * features, 6).map((value) => value / Math.sqrt(features));
  const { bias, outputGradient } = given(features, x);
  const layer = { kind: 'fully connected', rows, features, x, weight, bias, outputGradient } as const;
  const sums = denseSums(layer);
  return { ...layer, outputGradient: outputGradient.map((value, at) => (Math.abs(sums[at]!) < NEAR_KINK ? 0 : value)) };
}

function given(outputs: number, x: Float32Array) {
  return { bias: randomValues(outputs, 3), outputGradient: randomValues(x.length, 4) };
}

/** Of the forward pass and of the gradients of input and weights, each as much. */
export function gradientFlops(layer: GradientLayer): number {
  const positions = layer.kind === 'convolution' ? layer.side ** 2 : layer.rows;
  return 3 * 2 * layer.weight.length * positions;
}

/** Compares some numbers of each of the three gradients with what the plain way gives, in double precision. */
export function gradientCheck(layer: GradientLayer): (output: Float32Array) => Check {
  const plain = layer.kind === 'convolution' ? convolutionGradients(layer) : denseGradients(layer);
  return (output) => {
    const { x, weight, bias } = layer;
    const total = x.length + weight.length + bias.length;
    if (output.length !== total) throw new Error(`the result has ${output.length} numbers, expected ${total}`);
    let start = 0;
    const checks = [x, weight, bias].map(({ length }, part) => {
      const values = output.subarray(start, start + length);
      start += length;
      return spotCheck(values, plain[part]!, Math.min(SPOTS, length));
    });
    return checks.reduce((worst, check) => (check.largestError <= worst.largestError ? worst : check));
  };
}

/** A function for each gradient that computes the number at an index. */
type PlainGradients = readonly ((at: number) => number)[];

const slopeAt = (sum: number) => (sum > 0 ? 1 : SLOPE);

function convolutionGradients({ channels, side, x, weight, bias, outputGradient }: ConvolutionLayer): PlainGradients {
  const pixels = side * side;
  /** Calls back for every tap under which there is a pixel, with the pixel's place. */
  const eachTap = (row: number, column: number, sign: 1 | -1, act: (tap: number, pixel: number) => void) => {
    for (let tap = 0; tap < TAPS; tap++) {
      const [y, z] = [row + sign * (Math.floor(tap / 3) - 1), column + sign * ((tap % 3) - 1)];
      if (y >= 0 && z >= 0 && y < side && z < side) act(tap, y * side + z);
    }
  };
  const before = Float64Array.from(outputGradient, (gradient, at) => {
    const [out, pixel] = [Math.floor(at / pixels), at % pixels];
    let sum = bias[out]!;
    eachTap(Math.floor(pixel / side), pixel % side, 1, (tap, under) => {
      for (let input = 0; input < channels; input++) {
        sum += weight[(out * channels + input) * TAPS + tap]! * x[input * pixels + under]!;
      }
    });
    return gradient * slopeAt(sum);
  });
  const ofInput = (at: number) => {
    const [input, pixel] = [Math.floor(at / pixels), at % pixels];
    let sum = 0;
    eachTap(Math.floor(pixel / side), pixel % side, -1, (tap, over) => {
      for (let out = 0; out < channels; out++) {
        sum += weight[(out * channels + input) * TAPS + tap]! * before[out * pixels + over]!;
      }
    });
    return sum;
  };
  const ofWeight = (at: number) => {
    const [out, input, wanted] = [Math.floor(at / TAPS / channels), Math.floor(at / TAPS) % channels, at % TAPS];
    let sum = 0;
    for (let pixel = 0; pixel < pixels; pixel++) {
      eachTap(Math.floor(pixel / side), pixel % side, 1, (tap, under) => {
        if (tap === wanted) sum += before[out * pixels + pixel]! * x[input * pixels + under]!;
      });
    }
    return sum;
  };
  const ofBias = (out: number) => before.subarray(out * pixels, (out + 1) * pixels).reduce((sum, value) => sum + value);
  return [ofInput, ofWeight, ofBias];
}

function sumOver(count: number, term: (index: number) => number): number {
  let sum = 0;
  for (let index = 0; index < count; index++) sum += term(index);
  return sum;
}

/** Before the activation, in double precision. */
function denseSums({ features, x, weight, bias }: DenseLayer): Float64Array {
  return Float64Array.from(x, (_, at) => {
    const [row, out] = [Math.floor(at / features), at % features];
    return bias[out]! + sumOver(features, (input) => weight[out * features + input]! * x[row * features + input]!);
  });
}

function denseGradients(layer: DenseLayer): PlainGradients {
  const { rows, features, x, weight, outputGradient } = layer;
  const before = denseSums(layer).map((sum, at) => outputGradient[at]! * slopeAt(sum));
  const parts = (at: number) => [Math.floor(at / features), at % features] as const;
  return [
    (at) => {
      const [row, input] = parts(at);
      return sumOver(features, (out) => weight[out * features + input]! * before[row * features + out]!);
    },
    (at) => {
      const [out, input] = parts(at);
      return sumOver(rows, (row) => before[row * features + out]! * x[row * features + input]!);
    },
    (out) => sumOver(rows, (row) => before[row * features + out]!),
  ];
}
