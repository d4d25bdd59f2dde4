/**
 * Marching cubes: the surface where a density grid crosses a level, as an indexed mesh that is always closed and manifold (how:
 * cell-polygons.ts). Written here because what npm offers for this is old, has published tables inside and does not keep that promise.
 *
 * The grid is walked in layers. A vertex belongs to the grid edge that it lies on; the numbers of vertices on the edges of one layer of cells are
 * all that is remembered, so neighbours share vertices without a hash table. Around the grid, half a voxel away on the faces of the box, the
 * surface is closed: a head that reaches the box is cut off flat there.
 */
import { ambiguousFaces, CORNERS, cellSurface, EDGE_CORNERS, EDGES, FACE_CORNERS, FACES } from './cell-polygons';
import { NoSurfaceError } from './errors';
import { betweenSlabs, type LongJob } from './long-job';
import type { Mesh } from './mesh';
import { type DensityGrid, voxelSide } from './voxel-grid';

/** Cells between two pauses: some ten milliseconds of work. */
const CELLS_PER_SLAB = 500_000;
/** A sample beyond the box. The surface runs half-way to it. */
const BEYOND = Number.NEGATIVE_INFINITY;
/** Vertices keep this distance, in voxels, from grid points, so that no triangle collapses where the density just equals the level. */
const LEAST_DISTANCE = 1e-3;

/**
 * The surface at a level. Samples above the level are inside.
 * @returns positions in scene units and indices; vertices are shared; no other attributes
 * @throws NoSurfaceError; the signal's reason
 */
export async function marchingCubes(grid: DensityGrid, level: number, job: LongJob = {}): Promise<Mesh> {
  expectCrossing(grid, level);
  const walk = new LayerWalk(grid, level);
  const layersPerSlab = Math.max(1, Math.round(CELLS_PER_SLAB / walk.nodes ** 2));
  for (let layer = 0; layer < walk.nodes - 1; layer++) {
    walk.addLayer(layer);
    if ((layer + 1) % layersPerSlab === 0) await betweenSlabs(job, (layer + 1) / walk.nodes);
  }
  job.onProgress?.(1);
  return { positions: walk.positions.toArray(), indices: walk.indices.toArray() };
}

function expectCrossing({ values }: DensityGrid, level: number): void {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (!(lowest <= level && highest > level)) throw new NoSurfaceError(level, lowest, highest);
}

/** Where the vertex of each cell edge is remembered: in-plane edges below and above, then those that run from below to above. */
const SECTIONS = { xBelow: 0, yBelow: 1, xAbove: 2, yAbove: 3, z: 4 };
const EDGE_SECTIONS = Array.from({ length: EDGES }, (_, edge) => {
  const axis = Math.floor(edge / 4);
  const isAbove = EDGE_CORNERS[edge * 2]! >= 4;
  if (axis === 2) return SECTIONS.z;
  if (axis === 1) return isAbove ? SECTIONS.yAbove : SECTIONS.yBelow;
  return isAbove ? SECTIONS.xAbove : SECTIONS.xBelow;
});

class LayerWalk {
  readonly positions = new GrowingArray((length) => new Float32Array(length));
  readonly indices = new GrowingArray((length) => new Uint32Array(length));
  /** Grid points on a side, with one beyond the box at either end. */
  readonly nodes: number;
  /** Density minus level of two layers of nodes, the lower and the upper. */
  readonly #relative: Float32Array;
  readonly #vertices: Int32Array;
  /** From a cell's first node to its other corners. */
  readonly #cornerOffsets: readonly number[];
  readonly #edgeOffsets: readonly number[];
  readonly #spacing: number;
  readonly #vertexOf = new Int32Array(EDGES + CORNERS);

  constructor(
    private readonly grid: DensityGrid,
    private readonly level: number,
  ) {
    const nodes = grid.resolution + 2;
    const layer = nodes * nodes;
    this.nodes = nodes;
    this.#relative = new Float32Array(2 * layer).fill(BEYOND);
    this.#vertices = new Int32Array(5 * layer).fill(-1);
    this.#cornerOffsets = Array.from({ length: CORNERS }, (_, corner) => {
      return (corner & 1) + ((corner >> 1) & 1) * nodes + (corner >> 2) * layer;
    });
    this.#edgeOffsets = EDGE_SECTIONS.map((section, edge) => {
      return section * layer + this.#cornerOffsets[EDGE_CORNERS[edge * 2]! & 3]!;
    });
    this.#spacing = voxelSide(grid);
  }

  /** Adds the surface between node layers `z` and `z + 1`. Layers come in order. */
  addLayer(z: number): void {
    const { nodes } = this;
    this.#advance(z + 1);
    const relative = this.#relative;
    const [, , y, , above, , yAbove] = this.#cornerOffsets;
    const column = (node: number) =>
      (relative[node]! > 0 ? 1 : 0) |
      (relative[node + y!]! > 0 ? 4 : 0) |
      (relative[node + above!]! > 0 ? 16 : 0) |
      (relative[node + yAbove!]! > 0 ? 64 : 0);
    for (let row = 0; row < nodes - 1; row++) {
      const first = row * nodes;
      let left = column(first);
      for (let x = 0; x < nodes - 1; x++) {
        const right = column(first + x + 1);
        const inside = left | (right << 1);
        if (inside !== 0 && inside !== 255) this.#addCell(inside, x, row, z);
        left = right;
      }
    }
  }

  /** The upper layer becomes the lower one; the next is read. */
  #advance(z: number): void {
    const { nodes, grid, level } = this;
    const { resolution, values } = grid;
    const layer = nodes * nodes;
    const relative = this.#relative;
    relative.copyWithin(0, layer);
    if (z > resolution) relative.fill(BEYOND, layer);
    for (let y = 0; z <= resolution && y < resolution; y++) {
      const from = ((z - 1) * resolution + y) * resolution;
      const to = layer + (y + 1) * nodes + 1;
      for (let x = 0; x < resolution; x++) relative[to + x] = values[from + x]! - level;
    }
    this.#vertices.copyWithin(0, SECTIONS.xAbove * layer, SECTIONS.z * layer);
    this.#vertices.fill(-1, SECTIONS.xAbove * layer);
  }

  #addCell(inside: number, x: number, y: number, z: number): void {
    const node = y * this.nodes + x;
    const ambiguous = ambiguousFaces[inside]!;
    const { triangles, centred } = cellSurface(inside, ambiguous && this.#joinedFaces(ambiguous, node));
    const vertexOf = this.#vertexOf;
    for (const corner of triangles) if (corner < EDGES) vertexOf[corner] = this.#edgeVertex(corner, node, x, y, z);
    centred.forEach((polygon, index) => {
      vertexOf[EDGES + index] = this.#centreVertex(polygon);
    });
    for (let k = 0; k < triangles.length; k += 3) {
      this.indices.push(vertexOf[triangles[k]!]!, vertexOf[triangles[k + 1]!]!, vertexOf[triangles[k + 2]!]!);
    }
  }

  /**
   * The asymptotic decider: on a face the bilinear density has a saddle, and the inside corners are joined if the saddle is inside. Opposite
   * corners are multiplied, so both cells at the face get the very same products.
   */
  #joinedFaces(ambiguous: number, node: number): number {
    let joined = 0;
    for (let face = 0; face < FACES; face++) {
      if (((ambiguous >> face) & 1) === 0) continue;
      const [a, b, c, d] = FACE_CORNERS.slice(face * 4, face * 4 + 4).map((corner) => this.#at(node, corner));
      const isFirstPairInside = a! > 0;
      const [insidePair, outsidePair] = isFirstPairInside ? [a! * c!, b! * d!] : [b! * d!, a! * c!];
      if (insidePair > outsidePair) joined |= 1 << face;
    }
    return joined;
  }

  #at(node: number, corner: number): number {
    return this.#relative[node + this.#cornerOffsets[corner]!]!;
  }

  /** The vertex on an edge of a cell, made when the first cell asks for it. */
  #edgeVertex(edge: number, node: number, x: number, y: number, z: number): number {
    const slot = node + this.#edgeOffsets[edge]!;
    const known = this.#vertices[slot]!;
    if (known >= 0) return known;
    const lower = EDGE_CORNERS[edge * 2]!;
    const along = crossing(this.#at(node, lower), this.#at(node, EDGE_CORNERS[edge * 2 + 1]!));
    const place = [x + (lower & 1), y + ((lower >> 1) & 1), z + (lower >> 2)];
    place[Math.floor(edge / 4)]! += along;
    // Node 0 lies half a voxel before the box.
    const [px, py, pz] = place.map((nodes) => (nodes - 0.5) * this.#spacing - this.grid.side / 2);
    const vertex = this.positions.push(px!, py!, pz!);
    this.#vertices[slot] = vertex;
    return vertex;
  }

  #centreVertex(polygon: readonly number[]): number {
    const [x, y, z] = [0, 1, 2].map((axis) => {
      const sum = polygon.reduce((total, edge) => total + this.positions.at(this.#vertexOf[edge]!, axis), 0);
      return sum / polygon.length;
    });
    return this.positions.push(x!, y!, z!);
  }
}

/** Where the surface crosses an edge, in voxels from its lower end. */
function crossing(lower: number, upper: number): number {
  if (lower === BEYOND || upper === BEYOND) return 0.5;
  const share = lower / (lower - upper);
  if (share > 1 - LEAST_DISTANCE) return 1 - LEAST_DISTANCE;
  return share > LEAST_DISTANCE ? share : LEAST_DISTANCE; // also for NaN, of infinite densities
}

/** A list of triples that doubles its memory when it is full. */
class GrowingArray<Values extends Float32Array | Uint32Array> {
  #values: Values;
  #length = 0;

  constructor(private readonly make: (length: number) => Values) {
    this.#values = make(3 * 4096);
  }

  /** Appends a triple and returns its number. */
  push(a: number, b: number, c: number): number {
    if (this.#length === this.#values.length) {
      const larger = this.make(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = a;
    this.#values[this.#length + 1] = b;
    this.#values[this.#length + 2] = c;
    this.#length += 3;
    return this.#length / 3 - 1;
  }

  at(triple: number, k: number): number {
    return this.#values[triple * 3 + k]!;
  }

  toArray(): Values {
    const exact = this.make(this.#length);
    exact.set(this.#values.subarray(0, this.#length));
    return exact;
  }
}
