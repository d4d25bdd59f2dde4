/**
 * The single operations that contenders are raced on: their inputs in the layout of ONNX (channels first), and the plain way to compute any one
 * number of the result, against which all are checked. Shapes and names are those of the peers' files (README.md).
 */

import { randomValues, roundedToHalves } from '../random';
import { type Check, spotCheck } from './spot-check';

/** What a case is computed from, by the names in the peers' ONNX files. */
export interface Convolution {
  readonly kind: 'convolution';
  /** Of the peers' file: "conv_64_64". */
  readonly file: string;
  readonly channels: number;
  readonly side: number;
  /** 2: zero insertion, true convolution, FIR filter [1, 3, 3, 1] with gain 4. */
  readonly up: 1 | 2;
  readonly isModulated: boolean;
  /** [channels, side, side] */
  readonly x: Float32Array;
  /** [out, in, 3, 3], 16-bit floats */
  readonly weight: Float32Array;
  /** [channels]; all 1 where the convolution is not modulated */
  readonly styles: Float32Array;
}

/** 32 to 64 to 33 numbers with softplus between, for many points. */
export interface Decoder {
  readonly kind: 'decoder';
  readonly file: string;
  readonly points: number;
  /** [points, 32] */
  readonly x: Float32Array;
  /** [32, 64], [64], [64, 33], [33], 16-bit floats */
  readonly hiddenWeight: Float32Array;
  readonly hiddenBias: Float32Array;
  readonly outputWeight: Float32Array;
  readonly outputBias: Float32Array;
}

/** Bilinear features of points from three planes, zeros outside, their mean. */
export interface PlaneSampling {
  readonly kind: 'plane sampling';
  readonly file: string;
  readonly channels: number;
  readonly side: number;
  readonly points: number;
  /** [3, channels, side, side] */
  readonly planes: Float32Array;
  /** [points, 3], -0.6 to 0.6: some are outside of the planes, which end at 0.5 */
  readonly positions: Float32Array;
}

export type Operation = Convolution | Decoder | PlaneSampling;

export const DECODER_WIDTHS = { inputs: 32, hidden: 64, outputs: 33 } as const;
/** Coordinates that address each plane's width and height. */
export const PLANE_AXES = [
  [0, 1],
  [0, 2],
  [2, 1],
] as const;

/** Weights of the peers' files by name, so that all contenders have the same; without the files, random ones. */
export type StoredWeights = ReadonlyMap<string, Float32Array> | undefined;

export function makeConvolution(
  { channels, side, up, isModulated }: Pick<Convolution, 'channels' | 'side' | 'up' | 'isModulated'>,
  stored: (file: string) => StoredWeights,
): Convolution {
  const file = `${up === 2 ? 'modup' : isModulated ? 'modsplit' : 'conv'}_${channels}_${side}`;
  const count = channels * channels * 9;
  return {
    kind: 'convolution',
    file,
    channels,
    side,
    up,
    isModulated,
    x: randomValues(channels * side * side, 1),
    weight: roundedToHalves(stored(file)?.get('W') ?? randomValues(count, 2).map((value) => value * 0.05)),
    styles: isModulated
      ? randomValues(channels, 3).map((value) => 1 + 0.3 * value)
      : new Float32Array(channels).fill(1),
  };
}

export function makeDecoder(points: number, stored: (file: string) => StoredWeights): Decoder {
  const { inputs, hidden, outputs } = DECODER_WIDTHS;
  const file = 'mlp_197k';
  const weights = stored(file);
  const weight = (name: string, count: number, seed: number) =>
    roundedToHalves(weights?.get(name) ?? randomValues(count, seed).map((value) => value * 0.2));
  return {
    kind: 'decoder',
    file,
    points,
    x: randomValues(points * inputs, 4),
    hiddenWeight: weight('W1', inputs * hidden, 5),
    hiddenBias: weight('b1', hidden, 6),
    outputWeight: weight('W2', hidden * outputs, 7),
    outputBias: weight('b2', outputs, 8),
  };
}

export function makePlaneSampling(points: number): PlaneSampling {
  const [channels, side] = [32, 128];
  return {
    kind: 'plane sampling',
    file: 'grid_197k',
    channels,
    side,
    points,
    planes: randomValues(3 * channels * side * side, 9),
    positions: randomValues(points * 3, 10).map((value) => value * 0.2),
  };
}

/** Numbers in the result: [channels, up side, up side], [points, 33], [points, channels]. */
export function outputLength(operation: Operation): number {
  switch (operation.kind) {
    case 'convolution':
      return operation.channels * (operation.up * operation.side) ** 2;
    case 'decoder':
      return operation.points * DECODER_WIDTHS.outputs;
    case 'plane sampling':
      return operation.points * operation.channels;
  }
}

/** Multiplications and additions of the plain way. */
export function operationFlops(operation: Operation): number {
  switch (operation.kind) {
    case 'convolution': {
      const { channels, side, up } = operation;
      const filter = up === 2 ? 2 * 16 * channels * (2 * side) ** 2 : 0;
      return 2 * 9 * channels * channels * side * side + filter;
    }
    case 'decoder': {
      const { inputs, hidden, outputs } = DECODER_WIDTHS;
      return 2 * operation.points * (inputs * hidden + hidden * outputs);
    }
    case 'plane sampling':
      return 8 * 3 * operation.points * operation.channels;
  }
}

/** Compares some numbers of a result, spread over all of it, with what the plain way gives. */
export function checkOperation(operation: Operation, output: Float32Array, plain: (at: number) => number): Check {
  const count = outputLength(operation);
  if (output.length !== count) throw new Error(`the result has ${output.length} numbers, expected ${count}`);
  return spotCheck(output, plain);
}
