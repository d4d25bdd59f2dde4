/**
 * Which coordinates address the planes. Official networks keep a tensor `renderer.plane_axes` [3 planes, 3 axes, 3 coordinates] beside
 * their weights; a point is projected by the inverse of each 3x3, of which the first two results are u and v. For a permutation the
 * inverse is the transpose, so row 0 says which coordinate is u, and row 1 which is v. The published weights have (x, y), (x, z), (z, x):
 * XZ twice and no YZ, an early mistake that they were trained with. Later code has (z, y).
 */
import { UnsupportedModelError } from '../errors';

/** What the published weights were trained with, where a file does not say. */
export const PUBLISHED_PLANE_AXES = 'eg3d';

/**
 * @param values [3, 3, 3], row-major
 * @returns (u, v) of each plane as coordinates: 0 = x, 1 = y, 2 = z
 * @throws UnsupportedModelError unless every plane permutes the coordinates
 */
export function planeAxesOf(values: ArrayLike<number>): [number, number][] {
  return [0, 1, 2].map((plane) => {
    const axis = (row: number): number => {
      const at = 9 * plane + 3 * row;
      const coordinates = [values[at], values[at + 1], values[at + 2]];
      const found = coordinates.indexOf(1);
      if (values.length === 27 && found >= 0 && coordinates.every((value, i) => value === (i === found ? 1 : 0))) {
        return found;
      }
      throw new UnsupportedModelError(`Plane ${plane} lies askew: renderer.plane_axes has [${coordinates}].`, {
        value: String(coordinates),
        remedy: 'Only planes along the coordinate axes are supported.',
      });
    };
    return [axis(0), axis(1)];
  });
}
