/**
 * A mesh as binary, little-endian PLY (Turk 1994): positions in scene units, normals as nx ny nz, colours as sRGB bytes named red, green, blue, which
 * is what MeshLab and Blender look for.
 */
import type { Mesh } from './mesh';

/** Bytes of a face: a count and three indices. */
const FACE_BYTES = 13;

export function encodePly({ positions, indices, normals, colours }: Mesh): Uint8Array<ArrayBuffer> {
  const vertices = positions.length / 3;
  const faces = indices.length / 3;
  const properties = [
    ...['x', 'y', 'z'].map((name) => `property float ${name}`),
    ...(normals ? ['nx', 'ny', 'nz'].map((name) => `property float ${name}`) : []),
    ...(colours ? ['red', 'green', 'blue'].map((name) => `property uchar ${name}`) : []),
  ];
  const header = [
    'ply',
    'format binary_little_endian 1.0',
    'comment Trifold; y up, the face looks to +z; scene units, read as metres; colours are sRGB',
    `element vertex ${vertices}`,
    ...properties,
    `element face ${faces}`,
    'property list uchar int vertex_indices',
    'end_header\n',
  ].join('\n');
  const headerBytes = new TextEncoder().encode(header);
  const vertexBytes = 12 + (normals ? 12 : 0) + (colours ? 3 : 0);
  const bytes = new Uint8Array(headerBytes.length + vertices * vertexBytes + faces * FACE_BYTES);
  bytes.set(headerBytes);
  const view = new DataView(bytes.buffer);
  let at = headerBytes.length;
  const putFloats = (values: Float32Array, from: number) => {
    for (let axis = 0; axis < 3; axis++, at += 4) view.setFloat32(at, values[from + axis]!, true);
  };
  for (let from = 0; from < positions.length; from += 3) {
    putFloats(positions, from);
    if (normals) putFloats(normals, from);
    if (!colours) continue;
    for (let channel = 0; channel < 3; channel++) bytes[at++] = Math.round(colours[from + channel]! * 255);
  }
  for (let from = 0; from < indices.length; from += 3) {
    bytes[at++] = 3;
    for (let corner = 0; corner < 3; corner++, at += 4) view.setInt32(at, indices[from + corner]!, true);
  }
  return bytes;
}
