/** "weight" of a convolution layer, in whatever layouts kernels ask for. */

import type { PlanBuilder } from '../gpu/plan';
import { elementCount, type Tensor } from '../gpu/tensor';
import {
  type ConvShape,
  type ConvWeights,
  TAPS_FIRST,
  type WeightLayout,
  weightFormat,
} from '../pipelines/convolution/conv-weights';
import { normalizedWeights } from '../pipelines/convolution/derived-weights';
import { normalizeConvWeights } from '../pipelines/convolution/normalized-modulated-conv';
import { rearrange, unchanged } from '../pipelines/dense/rearrange';
import type { FloatsReader, MasterReader, ParameterScope } from './parameters';

export interface ConvLayerWeightsOptions {
  /** Whether every output channel's weights are brought to unit root mean square (StyleGAN3). Default: false. */
  readonly areNormalized?: boolean;
  /** Factor on all of them, behind that, from frozen numbers of the file. Default: 1. */
  readonly gain?: (floats: FloatsReader) => number;
}

/** @param parameters of the layer, for example "b8.conv0." */
export function convLayerWeights(
  plan: PlanBuilder,
  parameters: ParameterScope,
  shape: ConvShape,
  { areNormalized = false, gain }: ConvLayerWeightsOptions = {},
): ConvWeights {
  const areHalves = !areNormalized && !gain && parameters.isHalf('weight');
  const numbers = (floats: FloatsReader) => {
    const stored = floats('weight', shape);
    const values = areNormalized ? normalizeConvWeights(stored, shape) : stored;
    if (!gain) return values;
    const factor = gain(floats);
    return values.map((value) => value * factor);
  };
  const onDevice = (masters: MasterReader) => {
    const weight = areNormalized ? normalizedLayerWeight(plan, parameters, shape) : masters('weight', shape);
    if (!gain) return weight;
    return rearrange(plan, weight, unchanged(weight.shape), {
      factor: gain((...tensor) => parameters.floats(...tensor)),
    });
  };
  const as = (layout: WeightLayout) => {
    const format = weightFormat(layout, areHalves, parameters.host);
    return parameters.derived(plan, `weight, ${layout.name}`, {
      label: 'weight',
      shape: layout.shapeOf(shape),
      format,
      from: ['weight'],
      values: (floats) => layout.prepare(numbers(floats), shape),
      onDevice: (masters) => layout.derive(plan, onDevice(masters), shape, format),
    });
  };
  const areTrainable = parameters.isTrainable('weight');
  return {
    label: `${parameters.prefix}weight`,
    shape,
    areHalves,
    areTrainable,
    as,
    asTexture: (layout) =>
      areTrainable
        ? layout.derive(plan, as(TAPS_FIRST), shape)
        : parameters.derivedTexture(`weight, ${layout.name}`, {
            label: 'weight',
            extents: layout.extentsOf(shape),
            texels: (floats) => layout.prepare(numbers(floats), shape),
          }),
  };
}

/** "weight" of unit root mean square in every output channel, in the file's order, [count]. */
export function normalizedLayerWeight(plan: PlanBuilder, parameters: ParameterScope, shape: ConvShape): Tensor {
  return parameters.derived(plan, 'normalised weight', {
    shape: [elementCount(shape)],
    from: ['weight'],
    values: (floats) => normalizeConvWeights(floats('weight', shape), shape),
    onDevice: (masters) => normalizedWeights(plan, masters('weight', shape), shape),
  });
}
