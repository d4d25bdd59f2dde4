/**
 * State dicts of the official networks, complete: parameters as our files have them, and the buffers that our files leave out, so that
 * `load_state_dict(strict=True)` takes them.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { CheckpointTensorError, quoteName } from '../../checkpoints/errors';
import type { TorchTensorData } from '../../checkpoints/torch/write-pickle';
import { FILTER_NAME, type Shapes } from './tensor-shapes';

export type StateDict = Map<string, TorchTensorData>;

/** Looks a network's tensor up by its official name; undefined if there is none. */
export type FindTensor = (
  name: string,
) => { readonly shape: readonly number[]; readonly values: Float32Array } | undefined;

const TAPS = [1, 3, 3, 1];
/** Constant noise that a file leaves out is noise that its model never adds. */
const OPTIONAL = /\.noise_const$/;

/** The tensors of files, under a prefix such as "D."; the first file that has one counts. */
export function tensorsOf(...sources: readonly { readonly file: Checkpoint; readonly prefix: string }[]): FindTensor {
  return (name) => {
    for (const { file, prefix } of sources) {
      if (!file.has(prefix + name)) continue;
      return { shape: file.info(prefix + name).shape, values: file.floats(prefix + name) };
    }
    return undefined;
  };
}

/**
 * @param shapes of the network that will load it
 * @param find the tensors that there are
 * @param extra names that are taken where they are found, in whatever shape
 * @returns all F32
 * @throws CheckpointTensorError for a parameter that is not there or has another shape
 */
export function stateDict(shapes: Shapes, find: FindTensor, extra: readonly string[] = []): StateDict {
  const dict: StateDict = new Map();
  for (const [name, shape] of shapes) dict.set(name, tensor(shape, valuesOf(name, shape, find)));
  for (const name of extra) {
    const found = find(name);
    if (found) dict.set(name, tensor(found.shape, found.values));
  }
  return dict;
}

function valuesOf(name: string, shape: readonly number[], find: FindTensor): Float32Array {
  if (name.endsWith(FILTER_NAME)) return filter();
  const found = find(name);
  if (found === undefined && OPTIONAL.test(name)) return new Float32Array(elements(shape));
  if (found !== undefined && String(found.shape) === String(shape)) return found.values;
  const what = found === undefined ? 'is missing' : `has shape [${found.shape.join(', ')}]`;
  throw new CheckpointTensorError(
    `Tensor ${quoteName(name)} ${what}; the official network has [${shape.join(', ')}].`,
    {
      tensor: name,
      value: found === undefined ? 'missing' : `[${found.shape}]`,
      limit: `[${shape}]`,
      remedy: 'Weights and configuration are not of the same network: use a file that Trifold has written.',
    },
  );
}

/** [1, 3, 3, 1] times itself, over its sum. */
function filter(): Float32Array {
  return Float32Array.from({ length: 16 }, (_, at) => (TAPS[at >> 2]! * TAPS[at & 3]!) / 64);
}

function tensor(shape: readonly number[], values: Float32Array): TorchTensorData {
  return { dtype: 'F32', shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
