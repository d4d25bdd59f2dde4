/** The operations of operation.ts computed one number at a time, in double precision and with no thought of speed. */
import {
  type Convolution,
  DECODER_WIDTHS,
  type Decoder,
  type Operation,
  PLANE_AXES,
  type PlaneSampling,
} from './operation';

/** A function that computes the number at an index of the result. */
export function plainly(operation: Operation): (at: number) => number {
  switch (operation.kind) {
    case 'convolution':
      return operation.up === 2 ? enlargingConvolution(operation) : convolution(operation);
    case 'decoder':
      return decoder(operation);
    case 'plane sampling':
      return planeSampling(operation);
  }
}

/** 1 / sqrt(sum of squares of the modulated weights of each output channel), or 1 for an unmodulated convolution. */
export function demodulationOf({ channels, weight, styles, isModulated }: Convolution): Float32Array {
  return Float32Array.from({ length: channels }, (_, out) => {
    if (!isModulated) return 1;
    let sum = 1e-8;
    for (let input = 0; input < channels; input++) {
      for (let tap = 0; tap < 9; tap++) sum += (weight[(out * channels + input) * 9 + tap]! * styles[input]!) ** 2;
    }
    return 1 / Math.sqrt(sum);
  });
}

function convolution(operation: Convolution): (at: number) => number {
  const { channels, side, x, weight, styles } = operation;
  const demodulation = demodulationOf(operation);
  return (at) => {
    const out = Math.floor(at / side ** 2);
    const [row, column] = [Math.floor(at / side) % side, at % side];
    let sum = 0;
    for (let input = 0; input < channels; input++) {
      for (let tap = 0; tap < 9; tap++) {
        const [y, z] = [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1];
        if (y < 0 || z < 0 || y >= side || z >= side) continue;
        sum += weight[(out * channels + input) * 9 + tap]! * styles[input]! * x[(input * side + y) * side + z]!;
      }
    }
    return sum * demodulation[out]!;
  };
}

/** Zero insertion and true convolution give 2 side + 1 rows; the filter [1, 3, 3, 1] reaches one up and two down. */
function enlargingConvolution(operation: Convolution): (at: number) => number {
  const { channels, side, x, weight, styles } = operation;
  const demodulation = demodulationOf(operation);
  const wide = 2 * side + 1;
  const unfiltered = (out: number, row: number, column: number): number => {
    if (row < 0 || column < 0 || row >= wide || column >= wide) return 0;
    let sum = 0;
    for (let tap = 0; tap < 9; tap++) {
      const [y, z] = [(row - Math.floor(tap / 3)) / 2, (column - (tap % 3)) / 2];
      if (!Number.isInteger(y) || !Number.isInteger(z) || y < 0 || z < 0 || y >= side || z >= side) continue;
      for (let input = 0; input < channels; input++) {
        sum += weight[(out * channels + input) * 9 + tap]! * styles[input]! * x[(input * side + y) * side + z]!;
      }
    }
    return sum;
  };
  const taps = [0.25, 0.75, 0.75, 0.25];
  return (at) => {
    const out = Math.floor(at / (2 * side) ** 2);
    const [row, column] = [Math.floor(at / (2 * side)) % (2 * side), at % (2 * side)];
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 4; j++) sum += taps[i]! * taps[j]! * unfiltered(out, row + i - 1, column + j - 1);
    }
    return sum * demodulation[out]!;
  };
}

function decoder({ x, hiddenWeight, hiddenBias, outputWeight, outputBias }: Decoder): (at: number) => number {
  const { inputs, hidden, outputs } = DECODER_WIDTHS;
  return (at) => {
    const [point, output] = [Math.floor(at / outputs), at % outputs];
    let result = outputBias[output]!;
    for (let unit = 0; unit < hidden; unit++) {
      let sum = hiddenBias[unit]!;
      for (let input = 0; input < inputs; input++) {
        sum += x[point * inputs + input]! * hiddenWeight[input * hidden + unit]!;
      }
      result += Math.log1p(Math.exp(sum)) * outputWeight[unit * outputs + output]!;
    }
    return result;
  };
}

function planeSampling({ channels, side, planes, positions }: PlaneSampling): (at: number) => number {
  const texel = (plane: number, channel: number, row: number, column: number) => {
    if (row < 0 || column < 0 || row >= side || column >= side) return 0;
    return planes[((plane * channels + channel) * side + row) * side + column]!;
  };
  return (at) => {
    const [point, channel] = [Math.floor(at / channels), at % channels];
    let sum = 0;
    PLANE_AXES.forEach(([u, v], plane) => {
      const z = (positions[point * 3 + u]! + 0.5) * side - 0.5;
      const y = (positions[point * 3 + v]! + 0.5) * side - 0.5;
      const [left, top] = [Math.floor(z), Math.floor(y)];
      for (const [row, column] of [
        [top, left],
        [top, left + 1],
        [top + 1, left],
        [top + 1, left + 1],
      ] as const) {
        sum += texel(plane, channel, row, column) * (1 - Math.abs(z - column)) * (1 - Math.abs(y - row));
      }
    });
    return sum / 3;
  };
}
