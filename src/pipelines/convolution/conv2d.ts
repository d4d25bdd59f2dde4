/** Unmodulated convolution; the generator's layers use modulated-conv.ts. */

import { linearGrid, rowBands } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, imageExtents, type Tensor } from '../../gpu/tensor';
import conv2dShader from '../../shaders/convolution/conv2d/conv2d.wgsl';
import { fourSides, type Padding } from '../resampling/upfirdn2d';

const KERNEL = defineKernel(conv2dShader);

export interface Conv2dOptions {
  /** Default: 1. */
  readonly stride?: number | undefined;
  /** Zero padding in pixels; negative crops. Default: 0. */
  readonly padding?: Padding | undefined;
}

/**
 * Two-dimensional correlation.
 * @param input [N, H, W, inChannels]
 * @param weight [kernelHeight, kernelWidth, inChannels rounded up to four, outChannels] from `prepareConv`
 * @returns [N, outH, outW, outChannels] with outH = floor((H + top + bottom - kernelHeight) / stride) + 1
 * @throws ShapeError
 */
export function conv2d(plan: PlanBuilder, input: Tensor, weight: Tensor, options: Conv2dOptions = {}): Tensor {
  const { batch, height, width } = imageExtents(input, 'conv2d');
  const [kernelHeight, kernelWidth, , channels] = weight.shape;
  expectShape(weight, [kernelHeight!, kernelWidth!, input.stride, channels!], 'conv2d weight');
  const stride = options.stride ?? 1;
  const [left, right, top, bottom] = fourSides(options.padding ?? 0);
  const outHeight = Math.floor((height + top + bottom - kernelHeight!) / stride) + 1;
  const outWidth = Math.floor((width + left + right - kernelWidth!) / stride) + 1;
  const output = plan.scratch(`${weight.label} output`, [batch, outHeight, outWidth, channels!]);
  const groups = output.stride / 4;
  const flopsPerRow = 2 * kernelHeight! * kernelWidth! * input.stride * output.stride * batch * outWidth;
  for (const band of rowBands(plan, outHeight, flopsPerRow)) {
    plan.dispatch({
      kernel: KERNEL,
      bindings: { input, weight, output },
      params: {
        batch,
        height,
        width,
        inputGroups: input.stride / 4,
        outHeight,
        outWidth,
        groups,
        kernelHeight: kernelHeight!,
        kernelWidth: kernelWidth!,
        stride,
        padLeft: left,
        padTop: top,
        ...band,
      },
      workgroups: linearGrid(batch * (band.endRow - band.firstRow) * outWidth * groups),
    });
  }
  return output;
}
