/**
 * What a scene is while it is learnt: a function from points (or pieces of cones) to density and colour, with parameters that learn. The three of
 * EG3D's section 3 (Table 1, Fig. 3) are tri-planes, a dense voxel grid and Mip-NeRF; each is a {@link FieldKind}.
 *
 * Rays are not cut into the same number of samples each: where nothing is, none are taken (occupancy.ts). So the samples of all rays of a step lie one
 * after the other in rows, ray by ray, and a field sees rows alone. There are always M of them; how many are in use is `total`.
 */
import type { WritableTensor } from '../../checkpoints/safetensors';
import type { PlanBuilder } from '../../gpu/plan';
import { elementCount, type Tensor } from '../../gpu/tensor';
import type { ParameterScope } from '../../models/parameters';
import type { DrawSource } from '../draws';

export type FieldKindName = 'tri-planes' | 'voxels' | 'mip-nerf';

/** The box around the origin in which a scene is, by its side: outside it nothing is. What a field learns has coordinates in it. */
export const BOX_SIDE = 1;

/** Where a field is asked. Nothing here has a gradient. */
export interface FieldSamples {
  /** [1, M, 3]: the middle of each sample's piece of its ray, within -BOX_SIDE / 2 to BOX_SIDE / 2. */
  readonly points: Tensor;
  /** [M, 3]: unit directions of their rays. */
  readonly directions: Tensor;
  /**
   * [M, 3]: depth of the middle along the ray, length of the piece, and the radius of the ray's cone at depth 1 (Mip-NeRF, section 3.1: the width of a
   * pixel there times 2 / sqrt(12)). So the piece reaches from depth - length / 2 to depth + length / 2.
   */
  readonly casts: Tensor;
  /** [1]: rows in use. All others hold zeros; what is computed of them is not read, and the gradients that come back for them are zeros. */
  readonly total: Tensor;
}

/** A tensor of a field, and how it begins. */
export interface FieldTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Of the normal numbers that it begins with; 0 for zeros. */
  readonly deviation: number;
  /** Whether it has features in space (planes, voxels), which learn at a higher rate than networks. */
  readonly isGrid: boolean;
}

/** A kind of field, with the settings that say how large one is: plain JSON, which the files of scenes and checkpoints carry. */
export interface FieldKind<Settings> {
  readonly name: FieldKindName;
  /** What learns, by the names and in the shapes of its file, in the order in which first numbers are drawn. */
  tensors(settings: Settings): FieldTensor[];
  /**
   * Appends the field's answer.
   * @param parameters of the field's file: trainable ones while it learns (`ParameterStore`)
   * @returns [M, 4]: red, green, blue and density before their activations, which the quadrature applies (pipelines/volume/packed-rays.ts). Gradients
   *   reach all parameters
   */
  wire(plan: PlanBuilder, parameters: ParameterScope, settings: Settings, samples: FieldSamples): Tensor;
}

/** Normal numbers that are drawn for a grid; the first prime number below 2^16, so that they fall out of step with its rows. */
const DRAWN_FEATURES = 65521;

/**
 * The file of a field that has learnt nothing. In a grid numbers are repeated where millions are needed, since all they do is to tell places apart.
 * @param source of random numbers, drawn in the order of the tensors
 */
export function initialTensors(tensors: readonly FieldTensor[], source: DrawSource): WritableTensor[] {
  return tensors.map(({ name, shape, deviation, isGrid }) => {
    const count = elementCount(shape);
    const data = new Float32Array(count);
    if (deviation > 0) {
      const drawn = source.randn(isGrid ? Math.min(count, DRAWN_FEATURES) : count);
      for (let at = 0; at < count; at++) data[at] = drawn[at % drawn.length]! * deviation;
    }
    return { name, shape, data };
  });
}
