/**
 * A mesh as binary STL (3D Systems 1989): triangles one by one, each with its own corners and a flat normal; no colours, no units. The numbers are
 * scene units; a program for printing takes them as millimetres and has to be told a scale. y is up; many of them expect z.
 */
import { type Mesh, triangleNormal } from './mesh';

const HEADER_BYTES = 80;
const TRIANGLE_BYTES = 50;

export function encodeStl({ positions, indices }: Mesh): Uint8Array<ArrayBuffer> {
  const triangles = indices.length / 3;
  const bytes = new Uint8Array(HEADER_BYTES + 4 + triangles * TRIANGLE_BYTES);
  bytes.set(new TextEncoder().encode('Trifold; binary STL; y up, the face looks to +z; scene units'));
  const view = new DataView(bytes.buffer);
  view.setUint32(HEADER_BYTES, triangles, true);
  for (let triangle = 0; triangle < triangles; triangle++) {
    const corners = [0, 1, 2].map((corner) => indices[triangle * 3 + corner]! * 3);
    let at = HEADER_BYTES + 4 + triangle * TRIANGLE_BYTES;
    const put = (value: number) => {
      view.setFloat32(at, value, true);
      at += 4;
    };
    const normal = triangleNormal(positions, corners[0]!, corners[1]!, corners[2]!);
    const length = Math.hypot(...normal);
    for (const value of normal) put(length > 0 ? value / length : 0); // readers replace a zero normal
    for (const corner of corners) for (let axis = 0; axis < 3; axis++) put(positions[corner + axis]!);
  }
  return bytes;
}
