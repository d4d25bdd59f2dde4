/**
 * A triangle mesh, and the choice of its largest piece.
 *
 * Axes and units are the scene's: x to the right of somebody who looks at the face, y up, the face looks to +z; the model's box has its centre at
 * the origin and `boxWarp` on a side. That is also glTF's convention (y up, front to +z), so nothing is turned on export. One scene unit is
 * written as one metre, glTF's unit. Models know no scale: a box of side 1 holds a head, so exported heads are several times life size.
 */

export interface Mesh {
  /** [V, 3] in scene units. */
  readonly positions: Float32Array;
  /** [T, 3] vertex numbers, counterclockwise seen from outside. */
  readonly indices: Uint32Array;
  /** [V, 3] sRGB, 0 to 1. */
  readonly colours?: Float32Array;
  /** [V, 3] of length 1, outwards. */
  readonly normals?: Float32Array;
}

/**
 * The normal of a triangle, twice as long as its area is large; zeros for one without area.
 * @param a where its first corner's x is in `positions`; likewise b and c
 */
export function triangleNormal(positions: Float32Array, a: number, b: number, c: number): [number, number, number] {
  const from = (start: number, end: number, axis: number) => positions[end + axis]! - positions[start + axis]!;
  const [ux, uy, uz] = [from(a, b, 0), from(a, b, 1), from(a, b, 2)];
  const [vx, vy, vz] = [from(a, c, 0), from(a, c, 1), from(a, c, 2)];
  return [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
}

/** The connected piece with the most triangles, of a mesh that has positions alone. Vertices keep their order. */
export function largestComponent({ positions, indices }: Mesh): Mesh {
  const roots = componentRoots(positions.length / 3, indices);
  const sizes = new Uint32Array(roots.length);
  let largest = 0;
  for (let corner = 0; corner < indices.length; corner += 3) {
    const root = roots[indices[corner]!]!;
    sizes[root]! += 1;
    if (sizes[root]! > sizes[largest]!) largest = root;
  }
  const renumbered = new Int32Array(roots.length).fill(-1);
  const keptPositions = new Float32Array(positions.length);
  let count = 0;
  for (let vertex = 0; vertex < roots.length; vertex++) {
    if (roots[vertex] !== largest) continue;
    keptPositions.set(positions.subarray(vertex * 3, vertex * 3 + 3), count * 3);
    renumbered[vertex] = count++;
  }
  const keptIndices = indices.filter((vertex) => renumbered[vertex]! >= 0).map((vertex) => renumbered[vertex]!);
  return { positions: keptPositions.slice(0, count * 3), indices: keptIndices };
}

/** For each vertex a vertex that stands for its connected piece. */
export function componentRoots(vertexCount: number, indices: Uint32Array): Uint32Array {
  const parents = new DisjointSets(vertexCount);
  for (let corner = 0; corner < indices.length; corner += 3) {
    parents.join(indices[corner]!, indices[corner + 1]!);
    parents.join(indices[corner]!, indices[corner + 2]!);
  }
  return Uint32Array.from({ length: vertexCount }, (_, vertex) => parents.rootOf(vertex));
}

/** Numbers 0 to count - 1, each in a set of its own at first (Galler and Fischer 1964, with path halving). */
export class DisjointSets {
  readonly #parents: Uint32Array;

  constructor(count: number) {
    this.#parents = Uint32Array.from({ length: count }, (_, index) => index);
  }

  rootOf(index: number): number {
    const parents = this.#parents;
    let at = index;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!;
      at = parents[at]!;
    }
    return at;
  }

  join(a: number, b: number): void {
    const [rootA, rootB] = [this.rootOf(a), this.rootOf(b)];
    if (rootA < rootB) this.#parents[rootB] = rootA;
    else this.#parents[rootA] = rootB;
  }
}
