/**
 * Storage of numbers as f32 or f16 behind one text of WGSL. A kernel that can work with either declares its binding with a type of its own whose
 * name ends in "Vector" and which it does not define,
 *
 *   @group(0) @binding(1) var<storage, read> input: array<InputVector>;
 *
 * reads it with `fromInputVector(input[i])` and writes with `toInputVector(value)`, both of which speak vec4f. What they do is added to the text
 * here, by the format of the tensor that is bound. Halves are packed in pairs with WGSL's own pack2x16float, which every device has: the feature
 * shader-f16 is not needed, since all arithmetic stays f32.
 */
import type { StorageFormat } from './tensor';

/** Storage formats by the name of the type that stands for them in the text. */
export type VectorFormats = Readonly<Record<string, StorageFormat>>;

const LARGEST_HALF = '65504.0';

/** The types that a kernel leaves open, by binding. */
export function openVectorTypes(code: string): Map<string, string> {
  const open = new Map<string, string>();
  for (const [, binding, type] of code.matchAll(/var<storage[^>]*>\s*(\w+)\s*:\s*array<(\w+Vector)\b/g)) {
    if (!new RegExp(`(alias|struct)\\s+${type}\\b`).test(code)) open.set(binding!, type!);
  }
  return open;
}

/** The definitions of a kernel's open types; WGSL does not mind that they follow their use. */
export function vectorDefinitions(formats: VectorFormats): string {
  return Object.entries(formats)
    .map(([type, format]) => (format === 'f16' ? halves(type) : floats(type)))
    .join('');
}

function floats(type: string): string {
  return `
alias ${type} = vec4f;
fn from${type}(stored: ${type}) -> vec4f { return stored; }
fn to${type}(value: vec4f) -> ${type} { return value; }
`;
}

/** Numbers beyond the range of a half are brought to its ends. */
function halves(type: string): string {
  return `
alias ${type} = vec2u;
fn from${type}(stored: ${type}) -> vec4f { return vec4f(unpack2x16float(stored.x), unpack2x16float(stored.y)); }
fn to${type}(value: vec4f) -> ${type} {
  let near = clamp(value, vec4f(-${LARGEST_HALF}), vec4f(${LARGEST_HALF}));
  return vec2u(pack2x16float(near.xy), pack2x16float(near.zw));
}
`;
}
