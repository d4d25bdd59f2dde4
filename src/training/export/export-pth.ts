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
import type { GeneratorConfig } from '../../models/config';
import { readGeneratorConfig, tensorPrefix } from '../../models/generator-config';
import { generatorConfigJson } from '../../models/generator-config-json';
import type { GanSettings } from '../gan/settings';
import { readTrainingPosition } from '../training-checkpoint';
import {
  type Arguments,
  dataArguments,
  discriminatorArguments,
  generatorArguments,
  planeAxesMatrices,
} from './arguments';
import { stateDict, tensorsOf } from './state-dict';
import { discriminatorShapes, generatorShapes } from './tensor-shapes';
import { trainingArguments } from './training-arguments';

/** Standard deviation of the labels, which the official training keeps beside the weights. */
const LABEL_DEVIATION = 'dataset_label_std';

/**
 * A model of whatever origin, under "G_ema".
 * @throws ModelConfigError, CheckpointTensorError
 */
export function exportPth(model: Checkpoint): Uint8Array<ArrayBuffer> {
  const config = readGeneratorConfig(model);
  const find = tensorsOf({ file: model, prefix: tensorPrefix(model) });
  return writeTorchFile(
    new Map<string, TorchValue>([
      ['G_ema', stateDict(generatorShapes(config), find, [LABEL_DEVIATION])],
      ['config', JSON.stringify({ ...described(config), G_kwargs: generatorArguments(config) })],
    ]),
  );
}

/**
 * A generator's training run, with all that its going on needs but what Adam remembers, which the official code begins anew.
 * @param checkpoint as the run has written it
 * @param settings of the run
 * @throws TrainingCheckpointError, CheckpointTensorError
 */
export function exportTrainingPth(checkpoint: Checkpoint, settings: GanSettings): Uint8Array<ArrayBuffer> {
  const { generator, discriminator, frozenLayers } = settings;
  const { images } = readTrainingPosition(checkpoint);
  const shapes = generatorShapes(generator);
  // A run keeps what it changes; the generator's constant noise is that of the moving average.
  const average = { file: checkpoint, prefix: 'G_ema.' };
  const networks = {
    G: stateDict(shapes, tensorsOf({ file: checkpoint, prefix: 'G.' }, average)),
    D: stateDict(discriminatorShapes(discriminator), tensorsOf({ file: checkpoint, prefix: 'D.' })),
    G_ema: stateDict(shapes, tensorsOf(average)),
  };
  const config = {
    ...described(generator),
    G_kwargs: generatorArguments(generator, settings),
    D_kwargs: discriminatorArguments(discriminator, frozenLayers),
    training: trainingArguments(settings, images),
  };
  return writeTorchFile(new Map<string, TorchValue>([...Object.entries(networks), ['config', JSON.stringify(config)]]));
}

function described(config: GeneratorConfig): Arguments {
  return {
    generator: JSON.parse(generatorConfigJson(config)),
    data_kwargs: dataArguments(config),
    plane_axes: planeAxesMatrices(config.rendering.planeAxes),
    neural_rendering_resolution: config.rendering.neuralResolution,
  };
}
