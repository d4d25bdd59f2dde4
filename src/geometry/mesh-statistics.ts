/**
 * What can be counted on a mesh: size, extent, and whether it bounds a solid. The words are those of the geometry literature: watertight means
 * that every edge has exactly two triangles, which run along it in opposite directions; manifold means that besides, the triangles around
 * each vertex are one fan, so that the surface looks like a plane everywhere.
 */
import { componentRoots, DisjointSets, type Mesh } from './mesh';

export interface MeshStatistics {
  readonly vertices: number;
  readonly triangles: number;
  /** Connected pieces. */
  readonly components: number;
  readonly isWatertight: boolean;
  readonly isManifold: boolean;
  /** Smallest and largest x, y, z. */
  readonly bounds: {
    readonly least: readonly [number, number, number];
    readonly most: readonly [number, number, number];
  };
  /** Enclosed, in cubic scene units; cavities count negative. Only for a watertight mesh. */
  readonly volume: number;
}

/** Counts what is to be counted. Vertices that no triangle uses belong to no component, and make no mesh less manifold. */
export function meshStatistics(mesh: Mesh): MeshStatistics {
  const { positions, indices } = mesh;
  const vertices = positions.length / 3;
  const isWatertight = isClosed(vertices, indices);
  return {
    vertices,
    triangles: indices.length / 3,
    components: new Set(indices.map(lookUp(componentRoots(vertices, indices)))).size,
    isWatertight,
    isManifold: isWatertight && hasOneFanPerVertex(vertices, indices),
    bounds: boundsOf(positions),
    volume: enclosedVolume(mesh),
  };
}

/** Whether each directed edge a -> b occurs once, and b -> a too. */
function isClosed(vertices: number, indices: Uint32Array): boolean {
  const forward = edgeKeys(indices, (from, to) => from * vertices + to);
  const backward = edgeKeys(indices, (from, to) => to * vertices + from);
  for (let k = 0; k < forward.length; k++) {
    if (forward[k] !== backward[k] || forward[k] === forward[k + 1]) return false;
  }
  return true;
}

/** One number for each side of each triangle, sorted. */
function edgeKeys(indices: Uint32Array, key: (from: number, to: number) => number): Float64Array {
  const keys = new Float64Array(indices.length);
  for (let corner = 0; corner < indices.length; corner++) {
    keys[corner] = key(indices[corner]!, indices[nextCorner(corner)]!);
  }
  return keys.sort();
}

/** Joins, across every edge of a closed mesh, the corners of the two triangles; then each vertex must have its corners in one set. */
function hasOneFanPerVertex(vertices: number, indices: Uint32Array): boolean {
  const sides = new Map<number, number>();
  const fans = new DisjointSets(indices.length);
  for (let corner = 0; corner < indices.length; corner++) {
    const [from, to] = [indices[corner]!, indices[nextCorner(corner)]!];
    const opposite = sides.get(to * vertices + from);
    if (opposite === undefined) {
      sides.set(from * vertices + to, corner);
      continue;
    }
    sides.delete(to * vertices + from);
    fans.join(corner, nextCorner(opposite));
    fans.join(nextCorner(corner), opposite);
  }
  const fanOf = new Int32Array(vertices).fill(-1);
  for (let corner = 0; corner < indices.length; corner++) {
    const vertex = indices[corner]!;
    const fan = fans.rootOf(corner);
    if (fanOf[vertex] === -1) fanOf[vertex] = fan;
    if (fanOf[vertex] !== fan) return false;
  }
  return true;
}

/** The corner after this one in its triangle. */
function nextCorner(corner: number): number {
  return corner % 3 === 2 ? corner - 2 : corner + 1;
}

function boundsOf(positions: Float32Array): MeshStatistics['bounds'] {
  const least: [number, number, number] = [Infinity, Infinity, Infinity];
  const most: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let k = 0; k < positions.length; k++) {
    const axis = k % 3;
    least[axis] = Math.min(least[axis]!, positions[k]!);
    most[axis] = Math.max(most[axis]!, positions[k]!);
  }
  return { least, most };
}

/** The divergence theorem: a sixth of the determinants of all triangles. */
function enclosedVolume({ positions, indices }: Mesh): number {
  let sixfold = 0;
  for (let corner = 0; corner < indices.length; corner += 3) {
    const [a, b, c] = [indices[corner]! * 3, indices[corner + 1]! * 3, indices[corner + 2]! * 3];
    const at = lookUp(positions);
    sixfold +=
      at(a) * (at(b + 1) * at(c + 2) - at(b + 2) * at(c + 1)) +
      at(a + 1) * (at(b + 2) * at(c) - at(b) * at(c + 2)) +
      at(a + 2) * (at(b) * at(c + 1) - at(b + 1) * at(c));
  }
  return sixfold / 6;
}

function lookUp(values: Float32Array | Uint32Array): (index: number) => number {
  return (index) => values[index]!;
}
