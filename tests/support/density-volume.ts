/**
 * The density on a grid, as the official shape script samples it. Its quirk is kept, because its numbers are the reference: the grid index is
 * divided without rounding down, so the grid is sheared by up to one voxel, and all of it happens in 32-bit floats.
 */

/** Density that the official script writes into the border it cuts off: empty for any level. */
const EMPTY = -1000;
/** The border's width is this share of the side (30 voxels of 256). */
const BORDER_SHARE = 30 / 256;

/**
 * Coordinates of grid points `first` to `first + count - 1` of a cube of `resolution`^3 points centred at the origin.
 * @param side length of the cube's side in scene units
 * @returns [count, 3], x y z; index = (x * resolution + y) * resolution + z, up to the shear
 */
export function gridPoints(resolution: number, side: number, first: number, count: number): Float32Array {
  const f = Math.fround;
  const spacing = f(side / (resolution - 1));
  const corner = f(-side / 2);
  const points = new Float32Array(count * 3);
  for (let row = 0; row < count; row++) {
    const z = (first + row) % resolution;
    const y = f(f(f(first + row) / resolution) % resolution);
    const x = f(f(f(f(first + row) / resolution) / resolution) % resolution);
    points[row * 3] = f(f(x * spacing) + corner);
    points[row * 3 + 1] = f(f(y * spacing) + corner);
    points[row * 3 + 2] = f(f(z * spacing) + corner);
  }
  return points;
}

/**
 * What the official script hands to its .mrc writer: the first axis reversed, and a border of int(30 N / 256) voxels emptied on all sides.
 * @param sigma [N, N, N], raw decoder densities
 */
export function withEmptyBorder(sigma: Float32Array, resolution: number): Float32Array {
  const border = Math.floor(resolution * BORDER_SHARE);
  const isInside = (k: number) => k >= border && k < resolution - border;
  const result = new Float32Array(sigma.length).fill(EMPTY);
  for (let x = 0; x < resolution; x++) {
    for (let y = 0; y < resolution; y++) {
      if (!isInside(x) || !isInside(y)) continue;
      const from = ((resolution - 1 - x) * resolution + y) * resolution;
      const to = (x * resolution + y) * resolution;
      result.set(sigma.subarray(from + border, from + resolution - border), to + border);
    }
  }
  return result;
}
