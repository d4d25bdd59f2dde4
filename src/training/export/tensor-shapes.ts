/**
 * The tensors of the official networks, parameters and buffers, by name and shape (PyTorch's: out, in, kernel height, kernel width), as
 * `load_state_dict(strict=True)` wants them: what a run trains (gan/initial-weights.ts) and the resampling filters, which the official code keeps beside
 * every layer that may resample. Tests compare them with the networks of the reference.
 */
import type { GeneratorConfig } from '../../models/config';
import type { DiscriminatorConfig } from '../../models/discriminator-config';
import { discriminatorTensors, generatorTensors, type NetworkTensor } from '../gan/initial-weights';
import { officialSuperResolution } from './arguments';

/** Shapes by name. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** A buffer, always [1, 3, 3, 1] times itself over 64. */
export const FILTER_NAME = 'resample_filter';
const FILTER_SHAPE = [4, 4];

/** Layers and blocks of a generator that have a filter; a layer that makes a picture ("torgb") has none. */
const STYLED_LAYER = /^(.*\.conv[01])\.weight$/;
const SYNTHESIS_BLOCK = /^(.*\.(?:b\d+|block[01]))\./;
/** Those of a discriminator: all convolutions, and the blocks before the last. */
const CONVOLUTION = /^(b\d+\.(?:fromrgb|conv|conv0|conv1|skip))\.weight$/;
const DISCRIMINATOR_BLOCK = /^(b\d+)\.conv0\./;

/** Of a `TriPlaneGenerator`. A network that was trained has also `dataset_label_std` [c_dim], which the training puts there. */
export function generatorShapes(config: GeneratorConfig): Shapes {
  const hasOwnFilter = officialSuperResolution(config)?.hasFilter ?? false;
  return withFilters(
    generatorTensors(config),
    [STYLED_LAYER, SYNTHESIS_BLOCK],
    hasOwnFilter ? ['superresolution.'] : [],
  );
}

/** Of a `DualDiscriminator`. */
export function discriminatorShapes(config: DiscriminatorConfig): Shapes {
  return withFilters(discriminatorTensors(config), [CONVOLUTION, DISCRIMINATOR_BLOCK], ['']);
}

/** @param owners names of parts that have a filter @param more prefixes of further ones */
function withFilters(tensors: readonly NetworkTensor[], owners: readonly RegExp[], more: readonly string[]): Shapes {
  const shapes = new Map<string, readonly number[]>(more.map((prefix) => [prefix + FILTER_NAME, FILTER_SHAPE]));
  for (const { name, shape } of tensors) {
    shapes.set(name, shape);
    for (const owner of owners) {
      const part = owner.exec(name)?.[1];
      if (part !== undefined) shapes.set(`${part}.${FILTER_NAME}`, FILTER_SHAPE);
    }
  }
  return shapes;
}
