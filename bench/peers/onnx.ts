/**
 * Reads as much of an ONNX file as the bench needs: which weights it has, and which node uses them. ONNX is a protobuf message (onnx.proto):
 * ModelProto.graph = 7; GraphProto.node = 1, initializer = 5; NodeProto.input = 1, output = 2, op_type = 4; TensorProto.dims = 1,
 * data_type = 2, name = 8, raw_data = 9.
 */
import { floatFromHalf, halfFromFloat } from '../../src/numbers/half';

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** f32 weights by name. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

const FLOAT = 1;

/** One field of a message: a number, or the bytes of a string, an array or a message. */
type Field = readonly [field: number, value: number | Uint8Array];

/**
 * Reads a file, and rounds every f32 weight in it, in place, to the nearest 16-bit float: the bundled model's weights are such, and all who run the
 * file shall have the same numbers.
 */
export function readOnnxRounded(file: Uint8Array): OnnxGraph {
  const graph = fieldsOf(messageAt(fieldsOf(file), 7));
  const nodes = graph.flatMap(([field, value]) => (field === 1 ? readNode(bytes(value)) : []));
  const weights = new Map<string, Float32Array>();
  for (const [field, value] of graph) {
    if (field !== 5) continue;
    const tensor = fieldsOf(bytes(value));
    if (tensor.find(([part]) => part === 2)?.[1] !== FLOAT) continue;
    weights.set(text(messageAt(tensor, 8)), roundInPlace(messageAt(tensor, 9)));
  }
  // What PyTorch found to be equal it stored once, under the name of the first.
  for (const { operator, inputs, outputs } of nodes) {
    const values = operator === 'Identity' ? weights.get(inputs[0]!) : undefined;
    if (values) weights.set(outputs[0]!, values);
  }
  return { nodes, weights };
}

function readNode(node: Uint8Array): OnnxNode {
  const fields = fieldsOf(node);
  const texts = (wanted: number) => fields.flatMap(([field, value]) => (field === wanted ? text(bytes(value)) : []));
  return { operator: texts(4)[0] ?? '', inputs: texts(1), outputs: texts(2) };
}

function roundInPlace(raw: Uint8Array): Float32Array {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Float32Array.from({ length: raw.byteLength / 4 }, (_, index) => {
    const rounded = floatFromHalf(halfFromFloat(view.getFloat32(index * 4, true)));
    view.setFloat32(index * 4, rounded, true);
    return rounded;
  });
}

function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const readVarint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  };
  const take = (count: number) => {
    at += count;
    return message.subarray(at - count, at);
  };
  while (at < message.length) {
    const key = readVarint();
    const wireType = key & 7;
    if (wireType === 0) fields.push([key >> 3, readVarint()]);
    else fields.push([key >> 3, take(wireType === 2 ? readVarint() : wireType === 5 ? 4 : 8)]);
  }
  return fields;
}

function messageAt(fields: readonly Field[], wanted: number): Uint8Array {
  const found = fields.find(([field]) => field === wanted);
  if (!found) throw new Error(`this ONNX file has no field ${wanted} where one must be`);
  return bytes(found[1]);
}

function bytes(value: number | Uint8Array): Uint8Array {
  if (typeof value === 'number') throw new Error(`this ONNX file has the number ${value} where bytes must be`);
  return value;
}

const text = (value: Uint8Array) => new TextDecoder().decode(value);
