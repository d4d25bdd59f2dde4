/**
 * A generator, and what was trained with it, as one file that `torch.load` opens:
 *
 *   { "G": state dict, "D": state dict, "G_ema": state dict, "config": text }
 *
 * with the official names and shapes, so that the official modules load them strictly. "config" is JSON: what builds these modules, the field names being
 * those of interop/pytorch (which goes on training from such a file), and under "generator" what Trifold itself reads (docs/model-format.md).
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { writeTorchFile } from '../../checkpoints/torch/write-file';
import type { TorchValue } from '../../checkpoints/torch/write-pickle';
import type { DiscriminatorConfig } from '../discriminator-config';
import { readGeneratorConfig, tensorPrefix } from '../generator-config';
import { generatorConfigJson } from '../generator-config-json';
import {
  type Arguments,
  dataArguments,
  discriminatorArguments,
  generatorArguments,
  planeAxesMatrices,
} from './arguments';
import { discriminatorShapes, generatorShapes } from './shapes';
import { type FindTensor, stateDict, tensorsOf } from './state-dict';

/** What a training run has beside the moving average. */
export interface TrainedNetworks {
  /** The generator's own weights; tensors that it lacks (constant noise) are those of the moving average. */
  readonly generator: FindTensor;
  readonly discriminator: FindTensor;
  readonly discriminatorConfig: DiscriminatorConfig;
  /** How it was trained, as further arguments of the official training loop; `images` says how many it has seen. */
  readonly training: Arguments;
}

/** Standard deviation of the labels, which the official training keeps beside the weights. */
const LABEL_DEVIATION = 'dataset_label_std';

/**
 * @param checkpoint a generator: the moving average of a run, or a model of whatever origin
 * @param trained makes the file one that training goes on from as it was
 * @throws ModelConfigError, CheckpointTensorError
 */
export function exportPth(checkpoint: Checkpoint, trained?: TrainedNetworks): Uint8Array<ArrayBuffer> {
  const config = readGeneratorConfig(checkpoint);
  const shapes = generatorShapes(config);
  const average = tensorsOf({ file: checkpoint, prefix: tensorPrefix(checkpoint) });
  const networks = new Map<string, TorchValue>();
  if (trained) {
    const own: FindTensor = (name) => trained.generator(name) ?? average(name);
    networks.set('G', stateDict(shapes, own, [LABEL_DEVIATION]));
    networks.set('D', stateDict(discriminatorShapes(trained.discriminatorConfig), trained.discriminator));
  }
  networks.set('G_ema', stateDict(shapes, average, [LABEL_DEVIATION]));
  const described = {
    generator: JSON.parse(generatorConfigJson(config)),
    data_kwargs: dataArguments(config),
    G_kwargs: generatorArguments(config),
    plane_axes: planeAxesMatrices(config.rendering.planeAxes),
    neural_rendering_resolution: config.rendering.neuralResolution,
    ...(trained && { D_kwargs: discriminatorArguments(trained.discriminatorConfig), training: trained.training }),
  };
  networks.set('config', JSON.stringify(described));
  return writeTorchFile(networks);
}
