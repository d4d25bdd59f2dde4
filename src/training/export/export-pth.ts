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
import { readGeneratorConfig, tensorPrefix } from '../../models/generator-config';
import { generatorConfigJson } from '../../models/generator-config-json';
import type { GanSettings } from '../gan/settings';
import { readTrainingPosition } from '../training-checkpoint';
import { dataArguments, discriminatorArguments, generatorArguments } from './arguments';
import { type StateDict, stateDict, tensorsOf } from './state-dict';
import { discriminatorShapes, generatorShapes } from './tensor-shapes';
import { settingsToGoOn, trainingArguments } from './training-arguments';

/** Standard deviation of the labels, which the official training keeps beside the weights. */
const LABEL_DEVIATION = 'dataset_label_std';

/**
 * A model of whatever origin, under "G_ema". Training that goes on from it begins with a new discriminator.
 * @throws ModelConfigError, CheckpointTensorError
 */
export function exportPth(model: Checkpoint): Uint8Array<ArrayBuffer> {
  const config = readGeneratorConfig(model);
  const find = tensorsOf({ file: model, prefix: tensorPrefix(model) });
  return file({ G_ema: stateDict(generatorShapes(config), find, [LABEL_DEVIATION]) }, settingsToGoOn(config), 0);
}

/**
 * A generator's training run, with all that its going on needs but what Adam remembers, which the official code begins anew.
 * @param checkpoint as the run has written it
 * @param settings of the run
 * @throws TrainingCheckpointError, CheckpointTensorError
 */
export function exportTrainingPth(checkpoint: Checkpoint, settings: GanSettings): Uint8Array<ArrayBuffer> {
  const { images } = readTrainingPosition(checkpoint);
  const shapes = generatorShapes(settings.generator);
  // A run keeps what it changes; the generator's constant noise is that of the moving average.
  const average = { file: checkpoint, prefix: 'G_ema.' };
  const networks = {
    G: stateDict(shapes, tensorsOf({ file: checkpoint, prefix: 'G.' }, average)),
    D: stateDict(discriminatorShapes(settings.discriminator), tensorsOf({ file: checkpoint, prefix: 'D.' })),
    G_ema: stateDict(shapes, tensorsOf(average)),
  };
  return file(networks, settings, images);
}

function file(
  networks: Readonly<Record<string, StateDict>>,
  settings: GanSettings,
  images: number,
): Uint8Array<ArrayBuffer> {
  const { generator, discriminator } = settings;
  const config = {
    generator: JSON.parse(generatorConfigJson(generator)),
    data_kwargs: dataArguments(generator),
    G_kwargs: generatorArguments(generator, settings),
    D_kwargs: discriminatorArguments(discriminator, settings.frozenLayers),
    plane_axes: generator.rendering.planeAxes,
    neural_rendering_resolution: generator.rendering.neuralResolution,
    training: trainingArguments(settings, images),
  };
  return writeTorchFile(new Map<string, TorchValue>([...Object.entries(networks), ['config', JSON.stringify(config)]]));
}
