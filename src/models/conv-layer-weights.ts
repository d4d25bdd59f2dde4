/** "weight" of a convolution layer, in whatever layouts kernels ask for: each is made and uploaded once. */

import type { PlanBuilder } from '../gpu/plan';
import { type ConvShape, type ConvWeights, weightFormat } from '../pipelines/convolution/conv-weights';
import type { FloatsReader, ParameterScope } from './parameters';

export interface ConvLayerWeightsOptions {
  /** Whether `values` gives numbers that are all 16-bit floats. */
  readonly areHalves: boolean;
  /** In the order of the shape. */
  readonly values: (floats: FloatsReader) => Float32Array;
}

/** @param parameters of the layer, for example "b8.conv0." */
export function convLayerWeights(
  plan: PlanBuilder,
  parameters: ParameterScope,
  shape: ConvShape,
  { areHalves, values }: ConvLayerWeightsOptions,
): ConvWeights {
  return {
    label: `${parameters.prefix}weight`,
    shape,
    areHalves,
    as: (layout) =>
      parameters.derived(plan, `weight, ${layout.name}`, {
        label: 'weight',
        from: ['weight'],
        shape: layout.shapeOf(shape),
        format: weightFormat(layout, areHalves, parameters.host),
        values: (floats) => layout.prepare(values(floats), shape),
      }),
    asTexture: ({ name, extentsOf, prepare }) =>
      parameters.derivedTexture(`weight, ${name}`, {
        label: 'weight',
        extents: extentsOf(shape),
        texels: (floats) => prepare(values(floats), shape),
      }),
  };
}
