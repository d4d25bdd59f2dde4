/**
 * EG3D's super-resolution (section 4.3): two StyleGAN2 blocks that turn the rendered feature image into the final picture. The feature
 * image is first resized to the side that the module was made for; its first three channels are the picture to start from. All layers
 * take the last w.
 *
 * The styles depend on the face alone and the picture on the camera too; {@link superResolutionStyles} and {@link superResolution} are
 * two functions so that the first runs once a face and the second once a frame.
 */
import { ShapeError, WiringError } from '../gpu/errors';
import type { PlanBuilder } from '../gpu/plan';
import { imageExtents, type Tensor } from '../gpu/tensor';
import type { LayerStyles } from '../pipelines/convolution/modulated-conv';
import { recomputed } from '../pipelines/recomputed';
import { resizeBilinear } from '../pipelines/resampling/resize';
import type { SuperResolutionConfig } from './config';
import type { ParameterScope } from './parameters';
import { convLayer, convStyles, layerNoise, rgbLayer, rgbStyles, type SynthesisNoise } from './style-layer';

const PICTURE_CHANNELS = 3;

/** What one face does to both blocks. */
export interface SuperResolutionStyles {
  readonly blocks: readonly SuperResolutionBlockStyles[];
}

export interface SuperResolutionBlockStyles {
  readonly conv0: LayerStyles;
  readonly conv1: LayerStyles;
  /** [N, channels] */
  readonly torgb: Tensor;
}

/** What a block hands on. */
export interface SuperResolutionTaps {
  /** 0 or 1. */
  readonly block: number;
  /** [N, side, side, channels] */
  readonly x: Tensor;
  /** [N, side, side, 3] */
  readonly rgb: Tensor;
}

export interface SuperResolutionOptions {
  /** Default: what the configuration's `noiseMode` says; 'random' needs a seed and so must be given here. */
  readonly noise?: SynthesisNoise | undefined;
  /** Is told every block's tensors while the plan is wired. */
  readonly onBlock?: ((taps: SuperResolutionTaps) => void) | undefined;
  /** Where gradients are asked for: whether each block keeps its results alone, and computes the rest again (`recomputed`). Default: false. */
  readonly recompute?: boolean | undefined;
}

/** Channels and side of both blocks. */
function blockGeometry(config: SuperResolutionConfig) {
  let inChannels = config.inputChannels;
  let side = config.inputResolution;
  return config.blocks.map(({ channels, upsample }, index) => {
    side *= upsample ? 2 : 1;
    const geometry = { index, name: `block${index}.`, inChannels, channels, upsample, side };
    inChannels = channels;
    return geometry;
  });
}

/**
 * The last w to styles and demodulation of all layers.
 * @param parameters of the module: "block0.conv0.affine.weight", ...
 * @param ws [N, numWs, wDim], or the last w alone [N, wDim]
 * @throws MissingTensorError, CheckpointTensorError
 */
export function superResolutionStyles(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: SuperResolutionConfig,
  ws: Tensor,
): SuperResolutionStyles {
  const latent = { ws, index: ws.shape.length === 3 ? ws.shape[1]! - 1 : 0 };
  const blocks = blockGeometry(config).map(({ name, inChannels, channels }) => ({
    conv0: convStyles(plan, parameters.scope(`${name}conv0.`), latent, inChannels, channels),
    conv1: convStyles(plan, parameters.scope(`${name}conv1.`), latent, channels, channels),
    torgb: rgbStyles(plan, parameters.scope(`${name}torgb.`), latent, channels),
  }));
  return { blocks };
}

/**
 * Feature image to picture.
 * @param styles from {@link superResolutionStyles}, of another plan or of this
 * @param feature [N, R, R, inputChannels]
 * @returns [N, S, S, 3], about -1..1, S the side after the last block
 * @throws ShapeError for a feature image that the module refuses; MissingTensorError, CheckpointTensorError
 */
export function superResolution(
  plan: PlanBuilder,
  parameters: ParameterScope,
  config: SuperResolutionConfig,
  styles: SuperResolutionStyles,
  feature: Tensor,
  options: SuperResolutionOptions = {},
): Tensor {
  const { batch, channels } = imageExtents(feature, 'superResolution');
  if (channels !== config.inputChannels) {
    throw new ShapeError(
      `superResolution: the feature image has ${channels} channels, expected ${config.inputChannels}`,
    );
  }
  const noise = options.noise ?? noiseOfConfig(config);
  const clamp = config.convClamp;
  let x = resizedInput(plan, config, feature);
  let rgb = x; // of a wider tensor the picture layer takes the first three channels
  for (const { index, name, inChannels, channels: outChannels, upsample, side } of blockGeometry(config)) {
    const blockStyles = styles.blocks[index]!;
    const [input, skip] = [x, rgb];
    const wireBlock = () => {
      let x = input;
      for (const layerName of ['conv0', 'conv1'] as const) {
        const layer = parameters.scope(`${name}${layerName}.`);
        const isFirst = layerName === 'conv0';
        const order = 2 * index + (isFirst ? 0 : 1);
        x = convLayer(plan, layer, x, blockStyles[layerName], {
          inChannels: isFirst ? inChannels : outChannels,
          outChannels,
          upsample: isFirst && upsample,
          noise: layerNoise(plan, layer, noise, { side, order, batch }),
          clamp,
        });
      }
      const rgb = rgbLayer(plan, parameters.scope(`${name}torgb.`), x, blockStyles.torgb, {
        inChannels: outChannels,
        outChannels: PICTURE_CHANNELS,
        skip,
        clamp,
      });
      return [x, rgb] as const;
    };
    [x, rgb] = options.recompute ? recomputed(plan, wireBlock) : wireBlock();
    options.onBlock?.({ block: index, x, rgb });
  }
  return rgb;
}

/** The feature image at the side that the blocks were made for. */
function resizedInput(plan: PlanBuilder, config: SuperResolutionConfig, feature: Tensor): Tensor {
  const { height, width } = imageExtents(feature, 'superResolution');
  const side = config.inputResolution;
  if (height === side && width === side) return feature;
  if (config.resize === 'when-smaller' && (height > side || width > side)) {
    throw new ShapeError(
      `superResolution: the feature image is ${width} x ${height}; this module takes ${side} x ${side} or smaller`,
    );
  }
  return resizeBilinear(plan, feature, { height: side, width: side, antialias: config.antialias });
}

function noiseOfConfig({ noiseMode }: SuperResolutionConfig): SynthesisNoise {
  if (noiseMode !== 'random') return { mode: noiseMode };
  throw new WiringError('superResolution: the configuration wants random noise; hand over a seed in `options.noise`');
}
