/**
 * A mesh as Wavefront OBJ: text, one element a line, counted from 1. Colours follow the position (`v x y z r g b`, sRGB 0 to 1), which is no part of the
 * old specification but read by MeshLab, Blender and others.
 */
import type { Mesh } from './mesh';

/** Lines that become bytes at once: a string of a whole large mesh would be longer than JavaScript allows. */
const LINES_PER_BLOCK = 20_000;

/** @param name of the object in the file */
export function encodeObj({ positions, indices, normals, colours }: Mesh, name: string): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array<ArrayBuffer>[] = [];
  const encoder = new TextEncoder();
  const addLines = (count: number, line: (index: number) => string) => {
    for (let first = 0; first < count; first += LINES_PER_BLOCK) {
      const length = Math.min(LINES_PER_BLOCK, count - first);
      blocks.push(encoder.encode(Array.from({ length }, (_, k) => `${line(first + k)}\n`).join('')));
    }
  };
  const triple = (values: Float32Array, index: number, digits: number) =>
    [0, 1, 2].map((axis) => values[index * 3 + axis]!.toFixed(digits)).join(' ');
  const vertices = positions.length / 3;
  addLines(1, () => '# Trifold; y up, the face looks to +z; scene units, read as metres; colours are sRGB');
  addLines(1, () => `o ${name}`);
  addLines(vertices, (v) => `v ${triple(positions, v, 6)}${colours ? ` ${triple(colours, v, 4)}` : ''}`);
  if (normals) addLines(vertices, (v) => `vn ${triple(normals, v, 4)}`);
  addLines(indices.length / 3, (face) => {
    const corners = [0, 1, 2].map((corner) => indices[face * 3 + corner]! + 1);
    return `f ${corners.map((vertex) => (normals ? `${vertex}//${vertex}` : vertex)).join(' ')}`;
  });
  return concatenated(blocks);
}

function concatenated(blocks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(blocks.reduce((sum, block) => sum + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    bytes.set(block, at);
    at += block.length;
  }
  return bytes;
}
