/**
 * A training run in a file, so that it can go on as if it had never stopped: the same bits, on the same adapter. Safetensors, all f32:
 *
 *   NETWORK.NAME            the parameters of each network, "G.backbone.mapping.fc0.weight"
 *   adam.GROUP.mean.NAME    what Adam remembers of each parameter of a group, in the shape of the parameter
 *   adam.GROUP.square.NAME
 *   adam.GROUP.clocks       [parameters, 3]
 *   adam.GROUP.counts       [4], and adam.GROUP.rate [1]
 *   run.NAME                what else the next step depends on
 *
 * and in the metadata, under "training", where the run is. What a step draws depends on the run's seed and the step's number (draws.ts), so these
 * two are all the state that the random numbers have.
 *
 * The file is made in memory. Who writes it does so under another name, and moves it into its place when it is whole (in Node:
 * cli/train/run-folder.ts).
 */
import { type Checkpoint, floatsOfShape } from '../checkpoints/checkpoint';
import { type WritableTensor, writeSafetensors } from '../checkpoints/safetensors';
import { TrifoldError } from '../errors';
import type { Gpu } from '../gpu/device';
import { readTensor, type Tensor, writeTensor } from '../gpu/tensor';
import type { Parameter } from '../models/parameters';
import type { ParameterGroup } from './parameter-group';

const METADATA_KEY = 'training';
const VERSION = 1;

/** Each tensor that is read waits for the device; all at once would take the memory of the whole run again. */
const READ_TOGETHER = 32;

/** What a run has on the device. */
export interface TrainingState {
  /** All parameters that any step changes, by the network's name: "G", "G_ema", "D". */
  readonly networks: Readonly<Record<string, readonly Parameter[]>>;
  readonly groups: readonly ParameterGroup[];
  /** What else the next step depends on, by name: what a controller has found, say. f32. */
  readonly tensors?: Readonly<Record<string, Tensor>> | undefined;
}

/** Where a run is. */
export interface TrainingPosition {
  readonly seed: number;
  /** The number of the next step. */
  readonly step: number;
  /** Real images seen so far, which schedules count. */
  readonly images: number;
}

/** A file that no run can go on from. */
export class TrainingCheckpointError extends TrifoldError {
  override readonly code = 'training-checkpoint';

  constructor(
    problem: string,
    readonly value: unknown,
  ) {
    super(`This file is no checkpoint of a training run: ${problem}.`, 'Use one that a training run has written.');
  }
}

/** A run holds a number that is not finite: nothing good can come of it. */
export class NotFiniteStateError extends TrifoldError {
  override readonly code = 'not-finite-state';

  constructor(readonly tensor: string) {
    super(
      `"${tensor}" of the training run holds a number that is not finite.`,
      'Go on from the checkpoint before, with a smaller learning rate.',
    );
  }
}

/**
 * Reads a run back and makes a file of it. Waits for all work submitted before.
 * @param notes what else the file is to say, strings by name
 * @throws NotFiniteStateError: such a file would take the place of a good one
 */
export async function writeTrainingCheckpoint(
  gpu: Gpu,
  state: TrainingState,
  position: TrainingPosition,
  notes: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const tensors: WritableTensor[] = [];
  const stored = storedTensors(state);
  for (let from = 0; from < stored.length; from += READ_TOGETHER) {
    const some = stored.slice(from, from + READ_TOGETHER);
    const read = some.map(async ({ name, shape, tensor }) => ({ name, shape, data: await readTensor(gpu, tensor) }));
    for (const tensor of await Promise.all(read)) {
      if (!isAllFinite(tensor.data)) throw new NotFiniteStateError(tensor.name);
      tensors.push(tensor);
    }
  }
  return writeSafetensors(tensors, { ...notes, [METADATA_KEY]: JSON.stringify({ version: VERSION, ...position }) });
}

/**
 * Puts a run back to where the file has it.
 * @param state of the same networks and groups as when it was written
 * @throws TrainingCheckpointError, MissingTensorError, CheckpointTensorError; nothing has been changed then
 */
export function restoreTraining(gpu: Gpu, checkpoint: Checkpoint, state: TrainingState): TrainingPosition {
  const position = readTrainingPosition(checkpoint);
  const stored = storedTensors(state).map(({ name, shape, tensor }) => ({
    tensor,
    values: floatsOfShape(checkpoint, name, shape),
  }));
  for (const { tensor, values } of stored) writeTensor(gpu, tensor, values);
  for (const parameter of Object.values(state.networks).flat()) parameter.countUpdate();
  return position;
}

function isAllFinite(values: Float32Array): boolean {
  for (let index = 0; index < values.length; index++) if (values[index]! - values[index]! !== 0) return false;
  return true;
}

interface StoredTensor {
  readonly name: string;
  /** In the file. */
  readonly shape: readonly number[];
  readonly tensor: Tensor;
}

function storedTensors({ networks, groups, tensors = {} }: TrainingState): StoredTensor[] {
  const ofNetworks = Object.entries(networks).flatMap(([network, parameters]) =>
    parameters.map(({ name, shape, master }) => ({ name: `${network}.${name}`, shape, tensor: master })),
  );
  const others = Object.entries(tensors).map(([name, tensor]) => ({
    name: `run.${name}`,
    shape: tensor.shape,
    tensor,
  }));
  return [...ofNetworks, ...groups.flatMap(ofGroup), ...others];
}

function ofGroup({ name: group, parameters, means, squares, clocks, counts, rate }: ParameterGroup): StoredTensor[] {
  const remembered = (what: string, tensors: readonly Tensor[]) =>
    parameters.map(({ name, shape }, index) => ({
      name: `adam.${group}.${what}.${name}`,
      shape,
      tensor: tensors[index]!,
    }));
  const whole = Object.entries({ clocks, counts, rate }).map(([what, tensor]) => ({
    name: `adam.${group}.${what}`,
    shape: tensor.shape,
    tensor,
  }));
  return [...remembered('mean', means), ...remembered('square', squares), ...whole];
}

/** Where the run of a checkpoint is. @throws TrainingCheckpointError */
export function readTrainingPosition({ metadata }: Pick<Checkpoint, 'metadata'>): TrainingPosition {
  const text = metadata[METADATA_KEY];
  if (text === undefined) throw new TrainingCheckpointError(`its metadata has no "${METADATA_KEY}"`, text);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new TrainingCheckpointError(`"${METADATA_KEY}" is not JSON`, text);
  }
  const { version, seed, step, images } = Object(read) as Record<string, unknown>;
  if (version !== VERSION) throw new TrainingCheckpointError(`its version is ${version}, not ${VERSION}`, version);
  if (!isCount(seed) || !isCount(step) || !isCount(images)) {
    throw new TrainingCheckpointError('seed, step and images are not whole numbers', text);
  }
  return { seed, step, images };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
