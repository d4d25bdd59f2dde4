/**
 * StyleGAN2's synthesis network with skip connections: ws to a picture of many channels, which EG3D reads as three feature planes
 * (section 4.1). Blocks double the side from 4 to the resolution. The first has a learned constant and one convolution, each other two,
 * of which the first doubles the side; every block adds to the picture.
 *
 * Which w a layer takes: the block of side 4 has conv1 <- 0, torgb <- 1; block k (side 4 * 2^k) has conv0 <- 2k - 1, conv1 <- 2k,
 * torgb <- 2k + 1, so that a torgb shares its w with the next block's conv0.
 */
import { ShapeError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import { expectShape, type Tensor } from '../gpu/tensor';
import type { SynthesisConfig } from './config';
import type { ParameterScope } from './parameters';
import { convLayer, convStyles, layerNoise, rgbLayer, rgbStyles, type SynthesisNoise } from './style-layer';

export type { SynthesisNoise } from './style-layer';

const SMALLEST_SIDE = 4;

/** What a block hands on, for tests and for those who look inside. */
export interface BlockTaps {
  /** Side in pixels. */
  readonly side: number;
  /** [N, side, side, channels] */
  readonly x: Tensor;
  /** The picture so far, [N, side, side, imageChannels]. */
  readonly image: Tensor;
}

/** Channels of the block of side `side`. */
export function channelsAt(config: SynthesisConfig, side: number): number {
  return Math.min(Math.floor(config.channelBase / side), config.channelMax);
}

/** Number of w that the network takes: one for each convolution and one for the last picture layer. */
export function synthesisNumWs(config: SynthesisConfig): number {
  return 2 * Math.log2(config.resolution / SMALLEST_SIDE) + 2;
}

/**
 * ws to a picture.
 * @param parameters of the network: "b4.const", "b4.conv1.weight", ...
 * @param ws [N, numWs, wDim]
 * @param noise default: the file's constants
 * @param onBlock is told every block's tensors while the plan is wired
 * @returns [N, resolution, resolution, imageChannels]
 * @throws ShapeError, MissingTensorError, CheckpointTensorError
 */
export function synthesis(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: SynthesisConfig,
  ws: Tensor,
  noise: SynthesisNoise = { mode: 'const' },
  onBlock: (taps: BlockTaps) => void = () => {},
): Tensor {
  const blocks = Math.log2(config.resolution / SMALLEST_SIDE) + 1;
  if (!Number.isInteger(blocks) || blocks < 1) {
    throw new ShapeError(`synthesis: the resolution is ${config.resolution}, expected a power of two of 4 or more`);
  }
  const batch = ws.shape[0]!;
  expectShape(ws, [batch, synthesisNumWs(config), config.wDim], 'synthesis ws');
  const clamp = config.convClamp;
  let x = constantInput(plan, parameters, channelsAt(config, SMALLEST_SIDE), batch);
  let image: Tensor | undefined;
  let convolutions = 0;

  for (let block = 0; block < blocks; block++) {
    const side = SMALLEST_SIDE * 2 ** block;
    const outChannels = channelsAt(config, side);
    const blockParameters = parameters.scope(`b${side}.`);
    for (const name of block === 0 ? ['conv1'] : ['conv0', 'conv1']) {
      const layer = blockParameters.scope(`${name}.`);
      const inChannels = x.shape[3]!;
      const order = convolutions++; // also the index of its w
      const styles = convStyles(plan, layer, { ws, index: order }, inChannels, outChannels);
      const plane = layerNoise(plan, layer, noise, { side, order, batch });
      x = convLayer(plan, layer, x, styles, {
        inChannels,
        outChannels,
        upsample: name === 'conv0',
        noise: plane,
        clamp,
      });
    }
    const rgb = blockParameters.scope('torgb.');
    const styles = rgbStyles(plan, rgb, { ws, index: convolutions }, outChannels);
    image = rgbLayer(plan, rgb, x, styles, {
      inChannels: outChannels,
      outChannels: config.imageChannels,
      skip: image,
      clamp,
    });
    onBlock({ side, x, image });
  }
  return image!;
}

/** The learned constant, repeated for the batch: [N, 4, 4, channels]. */
function constantInput(plan: PlanBuilder, parameters: ParameterScope, channels: number, batch: number): Tensor {
  const pixels = SMALLEST_SIDE * SMALLEST_SIDE;
  return parameters.arranged(plan, `b4.const for ${batch}`, {
    name: 'b4.const',
    stored: [channels, SMALLEST_SIDE, SMALLEST_SIDE],
    arrangement: {
      shape: [batch, SMALLEST_SIDE, SMALLEST_SIDE, channels],
      axes: [
        { extent: batch, from: 0, to: pixels * channels },
        { extent: pixels, from: 1, to: channels },
        { extent: channels, from: pixels, to: 1 },
      ],
    },
  });
}
