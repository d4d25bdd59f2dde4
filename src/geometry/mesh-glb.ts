/**
 * A mesh as binary glTF 2.0 (.glb), by `@gltf-transform/core`. glTF has y up, the front towards +z and metres, as scenes here do (mesh.ts), so
 * positions go in as they are. Vertex colours (COLOR_0) are linear by the format's word (section 3.7.2.1), so they are converted from sRGB.
 */
import { type Accessor, Document, type TypedArray, WebIO } from '@gltf-transform/core';
import type { Mesh } from './mesh';

const LARGEST_UINT16 = 65_535;

/** @param name of the object in the file */
export async function encodeGlb(mesh: Mesh, name: string): Promise<Uint8Array<ArrayBuffer>> {
  const document = new Document();
  document.getRoot().getAsset().generator = 'Trifold';
  const buffer = document.createBuffer();
  const accessor = (values: TypedArray, type: 'VEC3' | 'SCALAR'): Accessor =>
    document.createAccessor().setType(type).setArray(values).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setMaterial(document.createMaterial(name).setMetallicFactor(0).setRoughnessFactor(1))
    .setIndices(accessor(new Uint32Array(mesh.indices), 'SCALAR'))
    .setAttribute('POSITION', accessor(new Float32Array(mesh.positions), 'VEC3'));
  if (mesh.normals) primitive.setAttribute('NORMAL', accessor(new Float32Array(mesh.normals), 'VEC3'));
  if (mesh.colours) {
    const linear = Uint16Array.from(mesh.colours, (value) => Math.round(linearFromSrgb(value) * LARGEST_UINT16));
    primitive.setAttribute('COLOR_0', accessor(linear, 'VEC3').setNormalized(true));
  }
  const node = document.createNode(name).setMesh(document.createMesh(name).addPrimitive(primitive));
  document.getRoot().setDefaultScene(document.createScene(name).addChild(node));
  return new Uint8Array(await new WebIO().writeBinary(document));
}

/** IEC 61966-2-1. @param value 0 to 1 */
function linearFromSrgb(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
