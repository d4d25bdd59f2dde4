/**
 * The density grid as an MRC2014 file (Cheng et al., "MRC2014: Extensions to the MRC format header for electron cryo-microscopy and tomography",
 * 2015), mode 2: 32-bit floats. ChimeraX, which EG3D's authors view shapes with, opens it.
 *
 * Columns run along x, rows along y, sections along z, which is the grid's own order. The format's lengths are angstroms; the numbers here are scene
 * units. The file is not that of the official script, whose first axis is reversed and whose border is emptied (tests/support/density-volume.ts).
 */
import { type DensityGrid, voxelCentre } from './voxel-grid';

const HEADER_BYTES = 1024;
/** Words of the header, counted from 0 (the publication counts from 1). */
const WORD = {
  size: 0,
  mode: 3,
  intervals: 7,
  cell: 10,
  angles: 13,
  axes: 16,
  range: 19,
  group: 22,
  version: 27,
  origin: 49,
  map: 52,
  machine: 53,
  deviation: 54,
  labelCount: 55,
  labels: 56,
};
const FLOATS = 2;
/** Space group of a single volume. */
const VOLUME = 1;
const VERSION = 20141;
/** "Little-endian" in the format's code. */
const LITTLE_ENDIAN = 0x4444;
const LABEL = 'Trifold: raw density before softplus; lengths are scene units';

export function encodeMrc(grid: DensityGrid): Uint8Array<ArrayBuffer> {
  const { resolution, side, values } = grid;
  const bytes = new Uint8Array(HEADER_BYTES + values.length * 4);
  const view = new DataView(bytes.buffer);
  const putIntegers = (word: number, ...integers: readonly number[]) => {
    integers.forEach((value, k) => {
      view.setInt32((word + k) * 4, value, true);
    });
  };
  const putFloats = (word: number, ...floats: readonly number[]) => {
    floats.forEach((value, k) => {
      view.setFloat32((word + k) * 4, value, true);
    });
  };
  const { lowest, highest, mean, deviation } = moments(values);
  const first = voxelCentre(grid, 0);
  putIntegers(WORD.size, resolution, resolution, resolution);
  putIntegers(WORD.mode, FLOATS);
  putIntegers(WORD.intervals, resolution, resolution, resolution);
  putFloats(WORD.cell, side, side, side);
  putFloats(WORD.angles, 90, 90, 90);
  putIntegers(WORD.axes, 1, 2, 3);
  putFloats(WORD.range, lowest, highest, mean);
  putIntegers(WORD.group, VOLUME);
  putIntegers(WORD.version, VERSION);
  putFloats(WORD.origin, first, first, first);
  bytes.set(new TextEncoder().encode('MAP '), WORD.map * 4);
  putIntegers(WORD.machine, LITTLE_ENDIAN);
  putFloats(WORD.deviation, deviation);
  putIntegers(WORD.labelCount, 1);
  bytes.set(new TextEncoder().encode(LABEL.padEnd(80)), WORD.labels * 4);
  values.forEach((value, index) => {
    view.setFloat32(HEADER_BYTES + index * 4, value, true);
  });
  return bytes;
}

function moments(values: Float32Array): { lowest: number; highest: number; mean: number; deviation: number } {
  let [lowest, highest, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    sum += value;
    squares += value * value;
  }
  const mean = sum / values.length;
  return { lowest, highest, mean, deviation: Math.sqrt(Math.max(0, squares / values.length - mean * mean)) };
}
