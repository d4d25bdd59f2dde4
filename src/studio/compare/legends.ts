/**
 * What the colours of a picture stand for, as the page's own style sheets and canvases want it: the same tables and formulas that the shaders
 * of shaders/pictures draw with.
 */
import { labelOf, type OrbitState } from '../../camera/orbit';
import { divergingTable, viridisTable } from '../../pipelines/pictures/colour-map';
import { DENSITY_THICKNESS } from '../../pipelines/pictures/slices';

/** The colours of depth and density, and those of a difference. */
export type ColourMap = 'sequential' | 'diverging';

/** A colour map as CSS colours at equal distances, from its first entry to its last. */
export function mapColours(map: ColourMap, count = 17): string[] {
  const table = map === 'diverging' ? divergingTable() : viridisTable();
  const lastEntry = table.length / 3 - 1;
  return Array.from({ length: count }, (_, index) => {
    const entry = Math.round((index / (count - 1)) * lastEntry);
    const [red, green, blue] = [0, 1, 2].map((channel) => Math.round(table[entry * 3 + channel]! * 255));
    return `rgb(${red} ${green} ${blue})`;
  });
}

/** Densities that stand on the scale; meshes are cut at 10 unless somebody says otherwise. */
export const DENSITY_MARKS = [0, 5, 10, 20] as const;

/** Where a density has its colour, 0 to 1 of the colour map: as shaders/pictures/density-colours.wgsl. @param density before softplus */
export function densityShare(density: number): number {
  const absorbed = Math.log1p(Math.exp(density - 1)) * DENSITY_THICKNESS;
  return 1 - Math.exp(-absorbed);
}

type Rgba = Uint8ClampedArray<ArrayBuffer>;

/**
 * A ball as the picture of normals would show it from the present camera: what faces the same way has the same colour.
 * @param side in pixels
 * @returns RGBA bytes [side, side, 4], transparent beside the ball, smooth at its edge
 */
export function normalsBall(view: OrbitState, side: number): Rgba {
  const matrix = labelOf(view); // camera to world, row by row; x right, y down, z forward
  const bytes = new Uint8ClampedArray(side * side * 4);
  const radius = side / 2;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [(column + 0.5) / radius - 1, (row + 0.5) / radius - 1];
      const distance = Math.hypot(x, y);
      const [nearX, nearY] = distance > 1 ? [x / distance, y / distance] : [x, y];
      const inCamera = [nearX, nearY, -Math.sqrt(Math.max(0, 1 - nearX * nearX - nearY * nearY))];
      const at = (row * side + column) * 4;
      for (let axis = 0; axis < 3; axis++) {
        const inWorld = inCamera.reduce((sum, value, index) => sum + value * matrix[axis * 4 + index]!, 0);
        bytes[at + axis] = (0.5 + 0.5 * inWorld) * 255;
      }
      bytes[at + 3] = Math.min(1, Math.max(0, (1 - distance) * radius + 0.5)) * 255;
    }
  }
  return bytes;
}
