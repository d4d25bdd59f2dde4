/** How Trifold's own pipelines compute the operations. */
import type { Gpu } from '../../src/gpu/device';
import { readTensor, reshaped } from '../../src/gpu/tensor';
import { type ConvShape, squaredConvWeights } from '../../src/pipelines/convolution/conv-weights';
import type { Conv3x3Shape, Conv3x3Variant } from '../../src/pipelines/convolution/conv3x3';
import { variantsFor } from '../../src/pipelines/convolution/conv3x3-variants';
import { demodulationCoefficients, modulatedConv3x3 } from '../../src/pipelines/convolution/modulated-conv';
import { decode, packDecoder } from '../../src/pipelines/volume/decoder';
import { sampleTriPlanes } from '../../src/pipelines/volume/tri-planes';
import { convWeightsOf } from '../../tests/support/conv-weights';
import { type CountingBuilder, trifoldContender, type WiredOutput } from '../counting-plan';
import { toChannelsFirst, toChannelsLast, transposed } from '../layout';
import type { Contender } from '../racer';
import {
  type Convolution,
  DECODER_WIDTHS,
  type Decoder,
  type Operation,
  PLANE_AXES,
  type PlaneSampling,
} from './operation';

export const TRIFOLD = 'trifold';

/** @param everyVariant also each implementation of a convolution that this device can run, by its name */
export function trifoldOperation(gpu: Gpu, operation: Operation, everyVariant: boolean): Contender[] {
  switch (operation.kind) {
    case 'convolution': {
      const race = (name: string, variant?: Conv3x3Variant) =>
        trifoldContender(gpu, name, (plan) => convolution(plan, gpu, operation, variant));
      const variants = everyVariant ? variantsFor(layerOf(operation), gpu) : [];
      return [race(TRIFOLD), ...variants.map((variant) => race(`${TRIFOLD}, ${variant.name}`, variant))];
    }
    case 'decoder':
      return [trifoldContender(gpu, TRIFOLD, (plan) => decoder(plan, gpu, operation))];
    case 'plane sampling':
      return [trifoldContender(gpu, TRIFOLD, (plan) => planeSampling(plan, gpu, operation))];
  }
}

/** As the choice of a variant sees it. */
export function layerOf({ side, channels, up }: Pick<Convolution, 'side' | 'channels' | 'up'>): Conv3x3Shape {
  const [height, width, inChannels, outChannels] = [side, side, channels, channels];
  return { batch: 1, height, width, inChannels, outChannels, up, halfWeights: true };
}

/** An unmodulated convolution is one whose styles and demodulation are all 1. */
function convolution(plan: CountingBuilder, gpu: Gpu, operation: Convolution, variant?: Conv3x3Variant): WiredOutput {
  const { channels, side, up, isModulated, x, weight, styles } = operation;
  const shape: ConvShape = [channels, channels, 3, 3];
  const input = plan.constant('x', [1, side, side, channels], toChannelsLast(x, channels, side * side));
  const weights = convWeightsOf(plan, weight, shape, { areHalves: true });
  const style = plan.constant('styles', [1, channels], styles);
  const demodulation = () => {
    if (!isModulated) return plan.constant('ones', [1, channels], new Float32Array(channels).fill(1));
    const squared = squaredConvWeights(weight, shape);
    return demodulationCoefficients(plan, style, plan.constant('squared weight', squared.shape, squared.values));
  };
  const layer = { styles: style, demodulation: demodulation() };
  const output = plan.keep(modulatedConv3x3(plan, input, weights, layer, {}, variant ? { variant } : { up }));
  return async () => toChannelsFirst(await readTensor(gpu, output), channels, (up * side) ** 2);
}

/** The decoder's kernel also applies the sigmoid of the colours; it is undone before the comparison. */
function decoder(plan: CountingBuilder, gpu: Gpu, operation: Decoder): WiredOutput {
  const { points, x, hiddenWeight, hiddenBias, outputWeight, outputBias } = operation;
  const { inputs, hidden, outputs } = DECODER_WIDTHS;
  const extents = { planeChannels: inputs, decoderHiddenWidth: hidden, decoderOutputs: outputs - 1 };
  // A stored weight acts divided by the square root of the number of inputs.
  const arrays = {
    hiddenWeight: transposed(hiddenWeight, inputs, hidden).map((value) => value * Math.sqrt(inputs)),
    hiddenBias,
    outputWeight: transposed(outputWeight, hidden, outputs).map((value) => value * Math.sqrt(hidden)),
    outputBias,
  };
  const packed = packDecoder(arrays, extents, 1);
  const features = plan.constant('x', [1, 1, points, inputs], x);
  const decoded = decode(plan, features, plan.constant('decoder', [packed.length], packed), extents);
  const [sigma, colours] = [plan.keep(decoded.sigma), plan.keep(decoded.colours)];
  return async () => {
    const [densities, shades] = await Promise.all([readTensor(gpu, sigma), readTensor(gpu, colours)]);
    const result = new Float32Array(points * outputs);
    for (let point = 0; point < points; point++) {
      result[point * outputs] = densities[point]!;
      for (let colour = 0; colour < outputs - 1; colour++) {
        const share = (shades[point * (outputs - 1) + colour]! + 0.001) / 1.002;
        result[point * outputs + 1 + colour] = Math.log(share / (1 - share));
      }
    }
    return result;
  };
}

/** The pipeline leaves the features of each plane; the kernels that render take their mean while they read. Here the mean is for the check alone. */
function planeSampling(plan: CountingBuilder, gpu: Gpu, operation: PlaneSampling): WiredOutput {
  const { channels, side, points, planes, positions } = operation;
  const pixels = side * side;
  const channelsLast = toChannelsLast(planes, 3 * channels, pixels);
  const image = plan.constant('planes', [1, side, side, 3 * channels], channelsLast);
  const where = plan.constant('points', [1, points, 3], positions);
  const options = { planeAxes: PLANE_AXES, planeChannels: channels, boxWarp: 1 };
  const sampled = plan.keep(sampleTriPlanes(plan, image, where, options));
  const features = reshaped(sampled, [3 * points, channels]);
  return async () => {
    const values = await readTensor(gpu, features);
    const plane = points * channels;
    return values.slice(0, plane).map((value, at) => (value + values[plane + at]! + values[2 * plane + at]!) / 3);
  };
}
