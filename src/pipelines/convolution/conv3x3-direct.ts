/** The modulated 3x3 convolution computed as it is written down: every thread sums over taps and input channels. */

import { linearGrid, rowBands } from '../../gpu/dispatch-grid';
import { defineKernel, type Kernel } from '../../gpu/kernel';
import { imageExtents } from '../../gpu/tensor';
import conv3x3PlainShader from '../../shaders/convolution/conv3x3-plain.wgsl';
import conv3x3TiledShader from '../../shaders/convolution/conv3x3-tiled.wgsl';
import { TAPS_FIRST } from './conv-weights';
import type { Conv3x3Variant } from './conv3x3';
import { layerEpilogueSettings } from './layer-epilogue';

/** The readable reference: a pixel and four output channels a thread. */
export const PLAIN = directVariant('plain', defineKernel(conv3x3PlainShader), 1);

/** 4 x 4 pixels and four output channels a thread. */
export const TILED = directVariant('tiled', defineKernel(conv3x3TiledShader), 4);

/** @param tile rows and columns that a thread computes */
function directVariant(name: string, kernel: Kernel, tile: number): Conv3x3Variant {
  return {
    name,
    up: 1,
    supports: () => true,
    record(plan, { input, weights, styles, demodulation, epilogue, output }) {
      const size = imageExtents(output, name);
      const { batch, height, width, channels } = size;
      const settings = layerEpilogueSettings(plan, epilogue, size);
      const weight = weights.as(TAPS_FIRST);
      const flopsPerRow = 18 * batch * width * input.stride * output.stride;
      for (const band of rowBands(plan, height, flopsPerRow, tile)) {
        const tiles = Math.ceil(width / tile) * Math.ceil((band.endRow - band.firstRow) / tile);
        plan.dispatch({
          kernel,
          bindings: { input, weight, styles, demodulation, output, ...settings.bindings },
          params: { batch, height, width, inputGroups: input.stride / 4, channels, ...band, ...settings.params },
          constants: settings.constants,
          workgroups: linearGrid((batch * tiles * output.stride) / 4),
        });
      }
    },
  };
}
