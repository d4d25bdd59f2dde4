/** The networks of a run on a device, with all that training changes trainable: the generator, its moving average, and the discriminator. */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { TensorHost } from '../../gpu/tensor-host';
import { Generator } from '../../models/generator';
import { tensorPrefix } from '../../models/generator-config';
import { generatorConfigJson } from '../../models/generator-config-json';
import { type Parameter, type ParameterScope, ParameterStore } from '../../models/parameters';
import { type GanNetworks, isLearned } from '../gan-phases';
import {
  type BeginningValues,
  copied,
  discriminatorLayers,
  discriminatorTensors,
  drawn,
  generatorTensors,
  type NetworkTensor,
  networkFile,
} from './initial-weights';
import type { GanSettings } from './settings';

/** The average of w, which follows the batches. */
const AVERAGE_W = 'backbone.mapping.w_avg';

/** Networks of one run, told apart where they are drawn. */
const GENERATOR = 1;
const DISCRIMINATOR = 2;

/** An open model to go on from, in place of weights that are drawn. */
export interface GanStart {
  /** A generator, of which the run's settings have the configuration. */
  readonly generator?: Checkpoint | undefined;
  /** A discriminator, with the official names. Without one, a new one is drawn. */
  readonly discriminator?: Checkpoint | undefined;
}

export interface OpenedNetworks<Host extends TensorHost> extends GanNetworks {
  readonly generator: Generator<Host>;
  readonly average: Generator<Host>;
  /** What each optimiser changes, in the order of the files. */
  readonly learned: Readonly<Record<'G' | 'D', readonly Parameter[]>>;
  /** All that a checkpoint keeps. Of the average all tensors: it is what is handed out. */
  readonly kept: Readonly<Record<'G' | 'G_ema' | 'D', readonly Parameter[]>>;
  destroy(): void;
}

/** What networks begin with. @throws MissingTensorError, CheckpointTensorError for a start that does not fit: both name the tensor */
export function beginnings(
  { seed }: Pick<GanSettings, 'seed'>,
  { generator, discriminator }: GanStart = {},
): Readonly<Record<'generator' | 'discriminator', BeginningValues>> {
  return {
    generator: generator ? copied(generator, tensorPrefix(generator)) : drawn(seed, GENERATOR),
    discriminator: discriminator ? copied(discriminator) : drawn(seed, DISCRIMINATOR),
  };
}

export function openNetworks<Host extends TensorHost>(
  host: Host,
  settings: Pick<GanSettings, 'generator' | 'discriminator' | 'frozenLayers'>,
  values: ReturnType<typeof beginnings>,
): OpenedNetworks<Host> {
  const tensorsOf = { G: generatorTensors(settings.generator), D: discriminatorTensors(settings.discriminator) };
  const all = { isTrainable: () => true };
  const generatorFile = networkFile(tensorsOf.G, values.generator, { config: generatorConfigJson(settings.generator) });
  const generator = Generator.create(host, generatorFile, all);
  const average = Generator.create(host, generatorFile, all);
  const store = new ParameterStore(host, networkFile(tensorsOf.D, values.discriminator), all);
  const frozen = discriminatorLayers(settings.discriminator).slice(0, settings.frozenLayers);
  const isFrozen = (name: string) => frozen.some((layer) => name.startsWith(layer));
  const changing = tensorsOf.G.filter(({ name }) => isLearned(name) || name === AVERAGE_W);
  const kept = {
    G: parametersOf(generator.parameters(''), changing),
    G_ema: parametersOf(average.parameters(''), tensorsOf.G),
    D: parametersOf(store, tensorsOf.D),
  };
  return {
    generator,
    average,
    discriminator: { config: settings.discriminator, parameters: store },
    learned: {
      G: kept.G.filter(({ name }) => isLearned(name)),
      D: kept.D.filter(({ name }) => isLearned(name) && !isFrozen(name)),
    },
    kept,
    destroy() {
      generator.destroy();
      average.destroy();
      store.destroy();
    },
  };
}

function parametersOf(scope: ParameterScope, tensors: readonly NetworkTensor[]): Parameter[] {
  return tensors.map(({ name, shape }) => scope.parameter(name, shape));
}

/** Whether the moving average takes a tensor over as it is. */
export const isAverageW = (name: string) => name === AVERAGE_W;
