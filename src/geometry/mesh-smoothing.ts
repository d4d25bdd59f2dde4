/**
 * Smoothing that does not shrink (Taubin, "A Signal Processing Approach to Fair Surface Design", 1995): a step towards the mean of the neighbours,
 * then a slightly larger one away from it. Together they are a low-pass filter; a plain Laplacian would pull the whole head together.
 */
import type { Mesh } from './mesh';

/** The two steps, as shares of the way to the neighbours' mean. They let frequencies below 1 / inward + 1 / outward = 0.1 pass (section 5). */
const INWARD = 0.5;
const OUTWARD = -1 / (1 / INWARD - 0.1);

/** Moves the vertices of a closed mesh. Normals and colours, if any, are dropped: they belong to the old places. @param iterations 0 or more */
export function smoothMesh(mesh: Mesh, iterations: number): Mesh {
  const { indices } = mesh;
  const positions = mesh.positions.slice();
  const sums = new Float32Array(positions.length);
  const counts = new Uint32Array(positions.length / 3);
  for (const vertex of indices) counts[vertex]! += 1;
  for (let step = 0; step < 2 * iterations; step++) {
    sums.fill(0);
    // In a closed mesh each neighbour follows a vertex in exactly one triangle.
    for (let corner = 0; corner < indices.length; corner++) {
      const to = indices[corner]! * 3;
      const from = indices[corner % 3 === 2 ? corner - 2 : corner + 1]! * 3;
      for (let axis = 0; axis < 3; axis++) sums[to + axis]! += positions[from + axis]!;
    }
    const share = step % 2 === 0 ? INWARD : OUTWARD;
    for (let k = 0; k < positions.length; k++) {
      const neighbours = counts[Math.floor(k / 3)]!;
      if (neighbours > 0) positions[k]! += share * (sums[k]! / neighbours - positions[k]!);
    }
  }
  return { positions, indices };
}
