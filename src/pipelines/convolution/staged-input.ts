/** Pixels and weights of a convolution as texels, for kernels that read both through a sampler (conv3x3-sampled.ts says why). */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, padToFour, type Tensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import type { Texture } from '../../gpu/texture';
import stageInputShader from '../../shaders/convolution/stage-input.wgsl';
import stageWeightsShader from '../../shaders/convolution/stage-weights.wgsl';
import type { ConvShape, WeightTextureLayout } from './conv-weights';
import type { Conv3x3Variant } from './conv3x3';

const STAGE = defineKernel(stageInputShader);
const STAGE_WEIGHTS = defineKernel(stageWeightsShader);

/** Makes 256 x 256 pixels of 32 channels three bands, and 128 x 128 of 64 two. */
const STAGED_BYTES = 3 * 2 ** 20;

/** Limits of textures that every device has. */
const MOST_TEXELS = 8192;
const MOST_LAYERS = 256;

/** A texture for some rows of an input, to be filled and read anew for each sample and band. @param rows with the border */
export function stagedTexture(plan: PlanBuilder, input: Tensor, rows: number, purpose = 'staged input'): Texture {
  const { width } = imageExtents(input, 'staged input');
  const extents = { format: 'rgba32float', width: width + 2, height: rows, layers: input.stride / 4 } as const;
  return plan.scratchTexture(purpose, extents);
}

/** Rows that a staged texture can have without taking too much memory. The whole picture at once gains nothing: such a device is never idle. */
export function affordableRows({ shape, stride }: Tensor): number {
  return Math.floor(STAGED_BYTES / ((shape[2]! + 2) * stride * 4));
}

/** Fills `rows` rows of it: texel (x, y) is pixel (x - 1, firstRow + y - 1) of the sample times its style, or zero outside. */
export function stageInput(
  plan: PlanBuilder,
  from: { input: Tensor; styles: Tensor; staged: Texture; sample: number; firstRow: number; rows: number },
): void {
  const { input, styles, staged, sample, firstRow, rows } = from;
  const { height, width } = imageExtents(input, 'staged input');
  plan.dispatch({
    kernel: STAGE,
    bindings: { input, styles },
    textures: { staged },
    params: { sample, height, width, inputGroups: staged.layers, firstRow, rows },
    workgroups: linearGrid(rows * staged.layers),
  });
}

/**
 * A row for each block of 4 `groups` output channels and, within, each four input channels. In it, for each tap, group and output channel, a
 * texel with the weights of the four input channels.
 */
export function weightTexels(groups: number, taps = 9): WeightTextureLayout {
  const width = taps * 4 * groups;
  const extentsOf = ([outChannels, inChannels]: ConvShape) => ({
    format: 'rgba32float' as const,
    width,
    height: Math.ceil(outChannels / (4 * groups)) * (padToFour(inChannels) / 4),
    layers: 1,
  });
  return {
    name: `texels of ${groups} groups`,
    extentsOf,
    prepare(stored, conv) {
      const [outChannels, inChannels] = conv;
      const texels = new Float32Array(width * 4 * extentsOf(conv).height);
      const inputGroups = padToFour(inChannels) / 4;
      for (let out = 0; out < outChannels; out++) {
        const block = Math.floor(out / (4 * groups));
        const place = out % (4 * groups);
        for (let input = 0; input < inChannels; input++) {
          const row = block * inputGroups + Math.floor(input / 4);
          for (let tap = 0; tap < taps; tap++) {
            const texel = row * width + tap * 4 * groups + place;
            texels[texel * 4 + (input % 4)] = stored[(out * inChannels + input) * taps + tap]!;
          }
        }
      }
      return texels;
    },
    derive(plan, weight, conv, orientation = 'forward') {
      const [outChannels, inChannels] = orientation === 'forward' ? conv : [conv[1], conv[0]];
      const extents = extentsOf([outChannels, inChannels, conv[2], conv[3]]);
      const texels = plan.scratchTexture('weight texels', extents);
      const row = weight.stride;
      const tap = weight.shape[2]! * row;
      const isForward = orientation === 'forward';
      const isReversed = orientation === 'transposed';
      plan.dispatch({
        kernel: STAGE_WEIGHTS,
        bindings: { weight },
        textures: { texels },
        params: {
          inChannels,
          outChannels,
          inputGroups: padToFour(inChannels) / 4,
          taps,
          blockChannels: 4 * groups,
          height: extents.height,
          firstTap: isReversed ? (taps - 1) * tap : 0,
          tapStep: isReversed ? -tap : tap,
          inStep: isForward ? row : 1,
          outStep: isForward ? 1 : row,
        },
        workgroups: linearGrid(taps * extents.height),
      });
      return texels;
    },
  };
}

/** Whether texels are exact and cheaper than vectors from a buffer. */
function readsTexels({ adapter, features }: Pick<DeviceFacts, 'adapter' | 'features'>): boolean {
  return adapter.isSoftware && (features?.has('float32-filterable') ?? false);
}

/** Whether a picture, [N, H, W, C], can be read as texels, and that is worth it. */
export function fitsTexels(device: DeviceFacts, { shape }: Tensor): boolean {
  return readsTexels(device) && shape[2]! + 2 <= MOST_TEXELS && shape[3]! <= 4 * MOST_LAYERS;
}

/** Whether a layer can be computed from texels: on a software adapter with samplers for f32, where the textures fit. */
export function samplesExactly(weights: WeightTextureLayout): Conv3x3Variant['supports'] {
  return ({ width, inChannels, outChannels, trainableWeights }, { adapter, features, convolutionFormat }) =>
    readsTexels({ adapter, features }) &&
    !(trainableWeights && convolutionFormat === 'f16') && // whose texels are made of floats
    2 * width + 2 <= MOST_TEXELS &&
    Math.max(inChannels, outChannels) <= 4 * MOST_LAYERS &&
    weights.extentsOf([outChannels, inChannels, 3, 3]).height <= MOST_TEXELS;
}
