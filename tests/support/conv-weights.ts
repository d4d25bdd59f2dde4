/** Convolution weights that come from no checkpoint, for tests of kernels and for the bench. */
import type { PlanBuilder } from '../../src/gpu/plan';
import type { Tensor } from '../../src/gpu/tensor';
import type { Texture } from '../../src/gpu/texture';
import { type ConvShape, type ConvWeights, weightFormat } from '../../src/pipelines/convolution/conv-weights';

/** Weights with these numbers, which belong to the plan. @param stored in the order of `shape` */
export function convWeightsOf(
  plan: PlanBuilder,
  stored: Float32Array,
  shape: ConvShape,
  { label = 'weight', areHalves = false } = {},
): ConvWeights {
  const made = new Map<string, Tensor>();
  const textures = new Map<string, Texture>();
  return {
    label,
    shape,
    areHalves,
    as(layout) {
      const { name, shapeOf, prepare } = layout;
      const format = weightFormat(layout, areHalves, plan.host);
      const tensor = made.get(name) ?? plan.constant(label, shapeOf(shape), prepare(stored, shape), format);
      made.set(name, tensor);
      return tensor;
    },
    asTexture({ name, extentsOf, prepare }) {
      const known = textures.get(name);
      if (known) return known;
      const texture = plan.texture(label, extentsOf(shape));
      plan.host.write(texture.block, () => prepare(stored, shape));
      textures.set(name, texture);
      return texture;
    },
  };
}
