/** The tiny generator of the reference, made smaller still: for tests that take many steps of training on a software adapter. */
import { BufferCheckpoint, type Checkpoint, type TensorInfo } from '../../src/checkpoints/checkpoint';

/** What is kept. */
export interface Crop {
  /** Side of the planes: larger blocks of the backbone go. */
  readonly plane_side: number;
  /** Of the blocks of the super-resolution, into which 32 go. */
  readonly sr_channels: readonly [number, number];
}

const INPUT_CHANNELS = 32;
const FLOAT_BYTES = 4;

/** The first channels of each layer, as `cropped` in scripts/replay/ten_steps.py has them. @param file of F32 tensors */
export function croppedGenerator(file: Checkpoint, crop: Crop): Checkpoint {
  const kept = file.names().flatMap((name) => {
    const shape = croppedShape(name, file.info(name).shape, crop);
    return shape ? [{ name, shape, values: firstOf(file.floats(name), file.info(name).shape, shape) }] : [];
  });
  const tensors = new Map<string, TensorInfo>();
  const floats = new Float32Array(kept.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { name, shape, values } of kept) {
    floats.set(values, at);
    const place = { byteOffset: at * FLOAT_BYTES, byteLength: values.length * FLOAT_BYTES };
    tensors.set(name, { dtype: 'F32', shape, ...place });
    at += values.length;
  }
  return new BufferCheckpoint(new Uint8Array(floats.buffer), tensors, file.metadata);
}

/** Undefined for what goes. */
function croppedShape(name: string, shape: readonly number[], crop: Crop): readonly number[] | undefined {
  const side = /^param\.backbone\.synthesis\.b(\d+)\./.exec(name)?.[1];
  if (Number(side ?? 0) > crop.plane_side) return undefined;
  const found = /^param\.superresolution\.block([01])\.(conv0|conv1|torgb)\.(.*)$/.exec(name);
  if (!found) return shape;
  const [, block, layer, rest] = found;
  const channels = crop.sr_channels[Number(block)]!;
  const before = block === '0' ? INPUT_CHANNELS : crop.sr_channels[0];
  const inputs = layer === 'conv0' ? before : channels;
  const outputs = layer === 'torgb' ? shape[0]! : channels;
  if (rest === 'weight') return [outputs, inputs, ...shape.slice(2)];
  if (rest === 'bias') return [outputs];
  return rest!.startsWith('affine.') ? [inputs, ...shape.slice(1)] : shape;
}

/** The corner [0..a, 0..b, ...] of an array of which only the first two axes are cut. */
function firstOf(values: Float32Array, shape: readonly number[], kept: readonly number[]): Float32Array {
  if (shape.length === 0) return values;
  const [rows, columns = 1] = shape;
  const [keptRows, keptColumns = 1] = kept;
  const inner = values.length / (rows! * columns);
  const result = new Float32Array(keptRows! * keptColumns * inner);
  for (let row = 0; row < keptRows!; row++) {
    const from = row * columns * inner;
    result.set(values.subarray(from, from + keptColumns * inner), row * keptColumns * inner);
  }
  return result;
}
