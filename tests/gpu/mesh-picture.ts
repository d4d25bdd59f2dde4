/**
 * Draws a mesh on the processor as one of our cameras sees it: a plain z-buffer, perspective-correct, one sample a pixel. Slow and short; it is there
 * to compare meshes with renderings.
 */
import { camToWorldOf, intrinsicsOf, positionOf } from '../../src/camera/conventions';
import type { Mesh } from '../../src/geometry/mesh';

export interface MeshPicture {
  /** [side, side] distance along the ray, Infinity where there is no mesh. */
  readonly distance: Float32Array;
  /** [side, side, 3], the interpolated vertex colours; white where there is no mesh. */
  readonly colours: Float32Array;
}

/** @param label the camera, 25 numbers */
export function drawMesh(mesh: Mesh, label: Float32Array, side: number): MeshPicture {
  const distance = new Float32Array(side * side).fill(Infinity);
  const colours = new Float32Array(side * side * 3).fill(1);
  const seen = project(mesh.positions, label, side);
  const intrinsics = intrinsicsOf(label);
  for (let corner = 0; corner < mesh.indices.length; corner += 3) {
    const triangle = [...mesh.indices.subarray(corner, corner + 3)];
    const points = triangle.map((vertex) => seen.subarray(vertex * 3, vertex * 3 + 3));
    eachPixel(points, side, (pixel, weights) => {
      // 1 / z and everything divided by z are linear on the screen.
      const inverse = weights.reduce((sum, weight, k) => sum + weight / points[k]![2]!, 0);
      const u = ((pixel % side) + 0.5) / side - intrinsics[2]!;
      const v = (Math.floor(pixel / side) + 0.5) / side - intrinsics[5]!;
      const along = Math.hypot(u / intrinsics[0]!, v / intrinsics[4]!, 1) / inverse;
      if (along >= distance[pixel]!) return;
      distance[pixel] = along;
      for (let channel = 0; mesh.colours && channel < 3; channel++) {
        const sum = weights.reduce(
          (total, weight, k) => total + (weight / points[k]![2]!) * mesh.colours![triangle[k]! * 3 + channel]!,
          0,
        );
        colours[pixel * 3 + channel] = sum / inverse;
      }
    });
  }
  return { distance, colours };
}

/** [V, 3]: column and row in pixels, and depth along the camera's axis. */
function project(positions: Float32Array, label: Float32Array, side: number): Float32Array {
  const pose = camToWorldOf(label);
  const intrinsics = intrinsicsOf(label);
  const origin = positionOf(pose);
  const result = new Float32Array(positions.length);
  for (let k = 0; k < positions.length; k += 3) {
    const offset = [0, 1, 2].map((axis) => positions[k + axis]! - origin[axis]!);
    const [x, y, z] = [0, 1, 2].map((column) => offset.reduce((sum, d, row) => sum + d * pose[row * 4 + column]!, 0));
    result[k] = ((intrinsics[0]! * x!) / z! + intrinsics[2]!) * side;
    result[k + 1] = ((intrinsics[4]! * y!) / z! + intrinsics[5]!) * side;
    result[k + 2] = z!;
  }
  return result;
}

/** Calls back for every pixel whose centre is in the triangle, with the screen's barycentric weights. */
function eachPixel(
  points: readonly Float32Array[],
  side: number,
  visit: (pixel: number, weights: readonly number[]) => void,
): void {
  const [a, b, c] = points as [Float32Array, Float32Array, Float32Array];
  const cross = (p: Float32Array, q: Float32Array, x: number, y: number) =>
    (q[0]! - p[0]!) * (y - p[1]!) - (q[1]! - p[1]!) * (x - p[0]!);
  const area = cross(a, b, c[0]!, c[1]!);
  if (area === 0) return;
  const range = (axis: number) => {
    const values = points.map((point) => point[axis]!);
    const clamp = (value: number) => Math.min(side - 1, Math.max(0, value));
    return [clamp(Math.ceil(Math.min(...values) - 0.5)), clamp(Math.floor(Math.max(...values) - 0.5))] as const;
  };
  const [left, right] = range(0);
  const [top, bottom] = range(1);
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      const weights = [cross(b, c, x, y) / area, cross(c, a, x, y) / area, cross(a, b, x, y) / area];
      if (weights.every((weight) => weight >= 0)) visit(row * side + column, weights);
    }
  }
}
