/**
 * The 256 cases of marching cubes, made instead of listed (Lorensen and Cline 1987; face rule of Nielson and Hamann, "The Asymptotic
 * Decider", 1991).
 *
 * A cell has 8 corners, inside or outside. The surface meets an edge whose ends differ in one vertex, and a face in segments between such
 * vertices. Where inside and outside corners alternate around a face there are two ways to join the four vertices; the caller decides, from
 * the face alone, so that both cells at that face choose the same. Segments join into closed polygons, which are cut into triangles.
 *
 * Why the result is a manifold: a segment on a face is an edge of just one polygon in each of its two cells. A diagonal is only drawn between
 * cell edges that have no face in common, so no other cell knows it. A polygon that has no such cut gets a vertex in its middle. Published
 * tables, the usual npm packages with them, draw diagonals on faces, and now and then four triangles meet at one.
 *
 * Numbering: corner = x + 2 y + 4 z; edge = 4 axis + rank of its lower corner; face = 2 axis + side.
 */

export const CORNERS = 8;
export const EDGES = 12;
export const FACES = 6;

/** The two ends of each edge, lower corner first; flat pairs. */
export const EDGE_CORNERS: readonly number[] = [0, 1, 2].flatMap((axis) =>
  cornersBelow(axis).flatMap((corner) => [corner, corner | (1 << axis)]),
);

/** The four corners of each face, counterclockwise seen from outside the cell; flat fours. Corners 0 and 2, 1 and 3 are opposite. */
export const FACE_CORNERS: readonly number[] = [0, 1, 2].flatMap((axis) => {
  const [u, v] = [1 << ((axis + 1) % 3), 1 << ((axis + 2) % 3)];
  const top = 1 << axis;
  return [0, v, u | v, u, top, top | u, top | u | v, top | v];
});

/** The surface in one cell. */
export interface CellSurface {
  /** Triples, counterclockwise seen from outside the surface: an edge's number, or EDGES + the number of a polygon in `centred`. */
  readonly triangles: readonly number[];
  /** Polygons (rings of edges) that get a vertex in their middle. */
  readonly centred: readonly (readonly number[])[];
}

const surfaces = new Array<CellSurface | undefined>(2 ** (CORNERS + FACES));

/**
 * @param inside bit k: corner k is inside
 * @param joined bit k: the two inside corners of face k are connected across it; only for faces of {@link ambiguousFaces}
 */
export function cellSurface(inside: number, joined: number): CellSurface {
  const key = inside | (joined << CORNERS);
  let surface = surfaces[key];
  if (!surface) {
    surface = makeSurface(inside, joined);
    surfaces[key] = surface;
  }
  return surface;
}

/** For each of the 256 cases: bit k says that inside and outside alternate around face k. */
export const ambiguousFaces: Uint8Array = Uint8Array.from({ length: 2 ** CORNERS }, (_, inside) => {
  let faces = 0;
  for (let face = 0; face < FACES; face++) {
    const [a, b, c, d] = facePattern(inside, face);
    if (a === c && b === d && a !== b) faces |= 1 << face;
  }
  return faces;
});

function makeSurface(inside: number, joined: number): CellSurface {
  const triangles: number[] = [];
  const centred: (readonly number[])[] = [];
  for (const polygon of polygonsOf(segmentsOf(inside, joined))) {
    const cut = cutIntoTriangles(polygon);
    if (cut) {
      triangles.push(...cut);
      continue;
    }
    const centre = EDGES + centred.length;
    centred.push(polygon);
    polygon.forEach((edge, index) => {
      triangles.push(edge, polygon[(index + 1) % polygon.length]!, centre);
    });
  }
  return { triangles, centred };
}

/** Where the surface meets the faces: from edge to edge, with the inside on the right as seen from outside the cell. */
function segmentsOf(inside: number, joined: number): Map<number, number> {
  const segments = new Map<number, number>();
  for (let face = 0; face < FACES; face++) {
    const pattern = facePattern(inside, face);
    // Going round the face, the boundary is entered before an inside corner and left after it.
    const entries = [0, 1, 2, 3].filter((k) => !pattern[k]! && pattern[(k + 1) % 4]!);
    const exits = [0, 1, 2, 3].filter((k) => pattern[k]! && !pattern[(k + 1) % 4]!);
    const isJoined = ((joined >> face) & 1) === 1;
    for (const entry of entries) {
      // Separate corners: each has its own exit, the next one; joined corners: the exit just before cuts off the outside corner.
      const exit = entries.length === 1 ? exits[0]! : (entry + (isJoined ? 3 : 1)) % 4;
      segments.set(edgeOfFace(face, entry), edgeOfFace(face, exit));
    }
  }
  return segments;
}

/** Joins segments to rings. */
function polygonsOf(segments: Map<number, number>): number[][] {
  const polygons: number[][] = [];
  const left = new Set(segments.keys());
  for (const start of left) {
    const polygon: number[] = [];
    let edge = start;
    do {
      polygon.push(edge);
      left.delete(edge);
      edge = segments.get(edge)!;
    } while (edge !== start);
    polygons.push(polygon);
  }
  return polygons;
}

/** Triples of edges, or undefined if every cut has a diagonal on a face of the cell. */
function cutIntoTriangles(polygon: readonly number[]): number[] | undefined {
  if (polygon.length < 3) return [];
  const last = polygon.length - 1;
  for (let apex = 1; apex < last; apex++) {
    const isAllowed = (from: number, to: number) => to - from === 1 || !haveCommonFace(polygon[from]!, polygon[to]!);
    if (!isAllowed(0, apex) || !isAllowed(apex, last)) continue;
    const before = cutIntoTriangles(polygon.slice(0, apex + 1));
    const after = cutIntoTriangles(polygon.slice(apex));
    if (before && after) return [polygon[0]!, polygon[apex]!, polygon[last]!, ...before, ...after];
  }
  return undefined;
}

function haveCommonFace(edgeA: number, edgeB: number): boolean {
  const corners = [edgeA, edgeB].flatMap((edge) => EDGE_CORNERS.slice(edge * 2, edge * 2 + 2));
  return [0, 1, 2].some((axis) => new Set(corners.map((corner) => (corner >> axis) & 1)).size === 1);
}

/** Whether each corner of a face is inside, in the face's order. */
function facePattern(inside: number, face: number): boolean[] {
  return FACE_CORNERS.slice(face * 4, face * 4 + 4).map((corner) => ((inside >> corner) & 1) === 1);
}

/** The cell's edge from a face's corner `k` to its next. */
function edgeOfFace(face: number, k: number): number {
  const a = FACE_CORNERS[face * 4 + k]!;
  const b = FACE_CORNERS[face * 4 + ((k + 1) % 4)]!;
  const axis = Math.log2(a ^ b);
  return axis * 4 + cornersBelow(axis).indexOf(Math.min(a, b));
}

/** Corners at the lower end of the four edges along an axis. */
function cornersBelow(axis: number): number[] {
  return Array.from({ length: CORNERS }, (_, corner) => corner).filter((corner) => ((corner >> axis) & 1) === 0);
}
