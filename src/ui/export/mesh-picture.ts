/**
 * Draws a coarse mesh on the processor, for the preview of a surface: parallel projection, a z-buffer, and one grey for each triangle by how
 * much it faces the light. Some ten milliseconds for fifty thousand triangles; a device that is busy sampling densities is left alone.
 */

/** What is drawn; the studio's meshes fit. */
export interface DrawnMesh {
  /** [V, 3] in scene units, y up, the face towards +z */
  readonly positions: Float32Array;
  /** [T, 3], counterclockwise seen from outside */
  readonly indices: Uint32Array;
}

export interface MeshView {
  /** Radians; 0 is in front of the face. */
  readonly yaw: number;
  readonly pitch: number;
  /** Pixels. */
  readonly side: number;
}

/** From the camera's upper left, towards the camera; of length 1. */
const LIGHT = [-0.38, 0.46, 0.8] as const;
const DARKEST = 40;
const BRIGHTEST = 235;
/** A little cooler than grey. */
const TINT = [0.97, 0.985, 1] as const;

/** @returns RGBA, row by row from the top; transparent where there is no mesh */
export function drawMesh(
  { positions, indices }: DrawnMesh,
  { yaw, pitch, side }: MeshView,
): Uint8ClampedArray<ArrayBuffer> {
  const points = projected(positions, yaw, pitch, side);
  const depth = new Float32Array(side * side).fill(Number.NEGATIVE_INFINITY);
  const picture = new Uint8ClampedArray(side * side * 4);
  for (let corner = 0; corner < indices.length; corner += 3) {
    const [a, b, c] = [indices[corner]! * 3, indices[corner + 1]! * 3, indices[corner + 2]! * 3];
    const grey = greyOf(points, a, b, c);
    if (grey !== undefined) fillTriangle(points, [a, b, c], side, depth, picture, grey);
  }
  return picture;
}

/** [V, 3]: column and row in pixels, and nearness, also in pixels. The mesh turns about its middle and always fits. */
function projected(positions: Float32Array, yaw: number, pitch: number, side: number): Float32Array {
  const { middle, radius } = sphereAround(positions);
  const [sinYaw, cosYaw, sinPitch, cosPitch] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
  const scale = (0.48 * side) / Math.max(radius, 1e-9);
  const points = new Float32Array(positions.length);
  for (let k = 0; k < positions.length; k += 3) {
    const [x, y, z] = [positions[k]! - middle[0]!, positions[k + 1]! - middle[1]!, positions[k + 2]! - middle[2]!];
    const towards = z * cosYaw + x * sinYaw; // in the direction of a camera at the horizon
    points[k] = side / 2 + scale * (x * cosYaw - z * sinYaw);
    points[k + 1] = side / 2 - scale * (y * cosPitch - towards * sinPitch);
    points[k + 2] = scale * (towards * cosPitch + y * sinPitch);
  }
  return points;
}

/** The middle of the bounding box, and the distance of the farthest point from it. */
function sphereAround(positions: Float32Array): { middle: readonly number[]; radius: number } {
  const least = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const most = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let k = 0; k < positions.length; k++) {
    const axis = k % 3;
    least[axis] = Math.min(least[axis]!, positions[k]!);
    most[axis] = Math.max(most[axis]!, positions[k]!);
  }
  const middle = least.map((low, axis) => (low + most[axis]!) / 2);
  let farthest = 0;
  for (let k = 0; k < positions.length; k += 3) {
    const [x, y, z] = [positions[k]! - middle[0]!, positions[k + 1]! - middle[1]!, positions[k + 2]! - middle[2]!];
    farthest = Math.max(farthest, x * x + y * y + z * z);
  }
  return { middle, radius: Math.sqrt(farthest) };
}

/** Undefined for a triangle that is seen from inside or has no area. */
function greyOf(points: Float32Array, a: number, b: number, c: number): number | undefined {
  const [ux, uy, uz] = [points[b]! - points[a]!, points[a + 1]! - points[b + 1]!, points[b + 2]! - points[a + 2]!];
  const [vx, vy, vz] = [points[c]! - points[a]!, points[a + 1]! - points[c + 1]!, points[c + 2]! - points[a + 2]!];
  const [x, y, z] = [uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx];
  if (!(z > 0)) return undefined;
  const light = (x * LIGHT[0] + y * LIGHT[1] + z * LIGHT[2]) / Math.hypot(x, y, z);
  return DARKEST + (BRIGHTEST - DARKEST) * Math.max(0, light) ** 0.9;
}

/** Fills the pixels whose centres are in the triangle and that nothing nearer has. @param corners where each begins in `points` */
function fillTriangle(
  points: Float32Array,
  [a, b, c]: readonly [number, number, number],
  side: number,
  depth: Float32Array,
  picture: Uint8ClampedArray,
  grey: number,
): void {
  const [ax, ay, az] = [points[a]!, points[a + 1]!, points[a + 2]!];
  const [bx, by, bz] = [points[b]!, points[b + 1]!, points[b + 2]!];
  const [cx, cy, cz] = [points[c]!, points[c + 1]!, points[c + 2]!];
  const area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
  const first = (low: number) => Math.max(0, Math.ceil(low - 0.5));
  const last = (high: number) => Math.min(side - 1, Math.floor(high - 0.5));
  const [left, right] = [first(Math.min(ax, bx, cx)), last(Math.max(ax, bx, cx))];
  const [top, bottom] = [first(Math.min(ay, by, cy)), last(Math.max(ay, by, cy))];
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5;
    for (let column = left; column <= right; column++) {
      const x = column + 0.5;
      const ofB = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) / area;
      const ofC = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) / area;
      if (ofB < 0 || ofC < 0 || ofB + ofC > 1) continue;
      const nearness = az + ofB * (bz - az) + ofC * (cz - az);
      const pixel = row * side + column;
      if (nearness <= depth[pixel]!) continue;
      depth[pixel] = nearness;
      for (let channel = 0; channel < 3; channel++) picture[pixel * 4 + channel] = grey * TINT[channel]!;
      picture[pixel * 4 + 3] = 255;
    }
  }
}
