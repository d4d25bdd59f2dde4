/**
 * `trifold convert`: a model file of any kind to one safetensors file in our own layout (docs/model-format.md), or to a state dict for PyTorch
 * (interop/pytorch).
 */
import { extname } from 'node:path';
import {
  type Checkpoint,
  exportPth,
  generatorConfigJson,
  readGeneratorConfig,
  tensorPrefix,
  type WritableTensor,
  writeSafetensors,
} from '../src/index';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { parseWords } from './options';
import { writeWhole } from './output-file';
import { say } from './standard-error';

const NETWORKS = ['backbone.', 'superresolution.', 'decoder.'];
/** Always [1, 3, 3, 1] times itself over 64: not worth storing. */
const CONSTANT = /\.resample_filter$/;
const LARGEST_HALF = 65_504;
const TORCH_FILES = ['.pth', '.pt'];

export async function convert(words: string[]): Promise<void> {
  const { values, positionals } = parseWords(words, { ...MODEL_OPTIONS, f16: { type: 'boolean' } });
  const [input, output] = positionals;
  if (input === undefined || output === undefined || positionals.length > 2) {
    throw new UsageError('convert takes a model file and the name of the file to write, .safetensors or .pth');
  }
  const isForTorch = TORCH_FILES.includes(extname(output).toLowerCase());
  if (isForTorch && values.f16)
    throw new UsageError('--f16 is for safetensors files; PyTorch trains in single precision');
  const checkpoint = await readModelFile(input, await givenFacts(values));
  const file = isForTorch ? exportPth(checkpoint) : convertCheckpoint(checkpoint, values.f16 ?? false);
  await writeWhole(output, file);
  say(`${output}: ${(file.byteLength / 1e6).toFixed(1)} MB`);
}

/** @param halves store weight matrices and noise as F16; vectors and numbers stay F32 */
function convertCheckpoint(checkpoint: Checkpoint, halves: boolean): Uint8Array {
  const config = readGeneratorConfig(checkpoint);
  const prefix = tensorPrefix(checkpoint);
  const { training, attributes, source } = checkpoint.metadata;
  const wanted = checkpoint.names().filter((name) => {
    return NETWORKS.some((network) => name.startsWith(prefix + network)) && !CONSTANT.test(name);
  });
  const tensors = wanted.map((name): WritableTensor => {
    const { shape, dtype } = checkpoint.info(name);
    const data = checkpoint.floats(name);
    const isSmallerExact = dtype === 'F16';
    const asHalf = isSmallerExact || (halves && shape.length > 1 && fitsHalf(data));
    return { name: name.slice(prefix.length), shape, data, dtype: asHalf ? 'F16' : 'F32' };
  });
  return writeSafetensors(tensors, {
    format: 'eg3d-generator',
    config: generatorConfigJson(config),
    ...(source !== undefined && { source }),
    ...(training !== undefined && { training }),
    ...(attributes !== undefined && { attributes }),
  });
}

function fitsHalf(values: Float32Array): boolean {
  return values.every((value) => Math.abs(value) <= LARGEST_HALF);
}
