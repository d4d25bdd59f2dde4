/**
 * A dispatch that runs for seconds makes a browser believe that the graphics card hangs. A processor that plays a graphics card is slow
 * enough for that, so on one of those a convolution is split into bands of rows; on hardware it stays one dispatch, unless what it writes
 * should not be in memory all at once.
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
 * @param mostRows rows that a band may have at most, though it has a tile at least. Default: all
 */
export function rowBands(
  plan: PlanBuilder,
  rows: number,
  flopsPerRow: number,
  tileRows = 1,
  mostRows = Number.POSITIVE_INFINITY,
): RowBand[] {
  const quickRows = plan.host.adapter.isSoftware ? SOFTWARE_FLOPS_PER_DISPATCH / flopsPerRow : rows;
  const tilesPerBand = Math.max(1, Math.floor(Math.min(quickRows, mostRows) / tileRows));
  if (rows <= Math.min(quickRows, mostRows)) return [{ firstRow: 0, endRow: rows }];
  const bands: RowBand[] = [];
  for (let firstRow = 0; firstRow < rows; firstRow += tilesPerBand * tileRows) {
    bands.push({ firstRow, endRow: Math.min(rows, firstRow + tilesPerBand * tileRows) });
  }
  return bands;
}
