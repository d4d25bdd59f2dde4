/** The mesh files that we write, by the ending of their names. */
import type { Mesh } from './mesh';
import { encodeGlb } from './mesh-glb';
import { encodeObj } from './mesh-obj';
import { encodePly } from './mesh-ply';
import { encodeStl } from './mesh-stl';

/** In the order of what they keep: GLB, PLY and OBJ have colours and normals, STL has neither. */
export const MESH_FORMATS = ['glb', 'ply', 'obj', 'stl'] as const;
export type MeshFormat = (typeof MESH_FORMATS)[number];

/** @param name of the object, where the format has room for one */
export async function encodeMesh(format: MeshFormat, mesh: Mesh, name: string): Promise<Uint8Array<ArrayBuffer>> {
  switch (format) {
    case 'glb':
      return encodeGlb(mesh, name);
    case 'ply':
      return encodePly(mesh);
    case 'obj':
      return encodeObj(mesh, name);
    case 'stl':
      return encodeStl(mesh);
  }
}
