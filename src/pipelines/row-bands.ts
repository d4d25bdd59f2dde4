/**
 * A dispatch that runs for seconds makes a browser believe that the graphics card hangs. A processor that plays a graphics card is slow
 * enough for that, so on one of those a convolution is split into bands of rows; on hardware it stays one dispatch.
 */
import type { PlanBuilder } from '../gpu/plan';

const SOFTWARE_FLOPS_PER_DISPATCH = 1.5e9;

export interface RowBand {
  readonly firstRow: number;
  /** One past the last row. */
  readonly endRow: number;
}

/**
 * Splits `rows` rows into bands for this plan's device.
 * @param flopsPerRow over the whole batch
 * @param tileRows rows that a thread computes: bands begin at multiples of it
 */
export function rowBands(plan: PlanBuilder, rows: number, flopsPerRow: number, tileRows = 1): RowBand[] {
  if (!plan.gpu.adapter.isSoftware) return [{ firstRow: 0, endRow: rows }];
  const tilesPerBand = Math.max(1, Math.floor(SOFTWARE_FLOPS_PER_DISPATCH / (flopsPerRow * tileRows)));
  const bands: RowBand[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += tilesPerBand * tileRows) {
    bands.push({ firstRow, endRow: Math.min(rows, firstRow + tilesPerBand * tileRows) });
  }
  return bands;
}
