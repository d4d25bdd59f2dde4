/**
 * A first guess of where a scene is, so that no time is lost on the air around it: a cell that some picture sees as nothing but white, which is what is
 * behind a scene, is taken to be empty ("space carving", Kutulakos and Seitz 2000, with the background as the only colour). It stays so. Pictures without
 * white tell nothing; of a white thing in front of white nobody knows whether it is there.
 */
import { BOX_SIDE } from './scene-field';
import type { ScenePicture, ScenePictures } from './scene-pictures';

/** Least value of all three channels of what counts as white; JPEG is not exact. */
const WHITE = 253;

/**
 * @param side cells of the grid's side
 * @param value of cells that may have something
 * @returns [side^3], x first: `value` or 0
 */
export function carvedOccupancy({ train, width, height }: ScenePictures, side: number, value: number): Float32Array {
  const cells = new Float32Array(side ** 3).fill(value);
  for (const picture of train) carve(cells, side, picture, width, height);
  return cells;
}

function carve(cells: Float32Array, side: number, picture: ScenePicture, width: number, height: number): void {
  const { camToWorld: m, intrinsics } = picture.camera;
  const coloured = colouredBefore(picture.rgb, width, height);
  const [fx, skew, cx, fy, cy] = [0, 1, 2, 4, 5].map((at) => intrinsics[at]!) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const radius = (Math.sqrt(3) / 2) * (BOX_SIDE / side); // of the sphere around a cell
  for (let cell = 0; cell < cells.length; cell++) {
    if (cells[cell] === 0) continue;
    const [x, y, z] = [cell % side, Math.floor(cell / side) % side, Math.floor(cell / side ** 2)].map(
      (at, axis) => ((at + 0.5) / side - 0.5) * BOX_SIDE - m[4 * axis + 3]!,
    ) as [number, number, number];
    const depth = m[2]! * x + m[6]! * y + m[10]! * z;
    if (depth <= radius) continue;
    const across = (m[0]! * x + m[4]! * y + m[8]! * z) / depth;
    const down = (m[1]! * x + m[5]! * y + m[9]! * z) / depth;
    const reach = radius / (depth - radius);
    const [u, v] = [(fx * across + skew * down + cx) * width, (fy * down + cy) * height];
    const [left, right] = [Math.floor(u - reach * fx * width), Math.ceil(u + reach * fx * width)];
    const [top, bottom] = [Math.floor(v - reach * fy * height), Math.ceil(v + reach * fy * height)];
    if (left < 0 || top < 0 || right > width || bottom > height) continue; // the picture does not see all of it
    const at = (row: number, column: number) => coloured[row * (width + 1) + column]!;
    if (at(bottom, right) - at(top, right) - at(bottom, left) + at(top, left) === 0) cells[cell] = 0;
  }
}

/** [height + 1, width + 1]: how many pixels above and left of each corner are not white. */
function colouredBefore(rgb: Uint8Array, width: number, height: number): Uint32Array {
  const before = new Uint32Array((width + 1) * (height + 1));
  for (let row = 0; row < height; row++) {
    let ofRow = 0;
    for (let column = 0; column < width; column++) {
      const at = 3 * (row * width + column);
      if (rgb[at]! < WHITE || rgb[at + 1]! < WHITE || rgb[at + 2]! < WHITE) ofRow++;
      before[(row + 1) * (width + 1) + column + 1] = before[row * (width + 1) + column + 1]! + ofRow;
    }
  }
  return before;
}
