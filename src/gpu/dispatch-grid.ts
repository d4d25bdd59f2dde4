/**
 * Sizes of dispatch grids, and how a long dispatch is split. The shader side of `linearGrid` is shaders/common/each-element.wgsl.
 *
 * A dispatch that runs for seconds makes a browser believe that the graphics card hangs. A software adapter is slow enough for that, so on one of
 * those a convolution is split into bands of rows; on hardware it stays one dispatch, unless what it writes should not be in memory all at once.
 */
import type { PlanBuilder } from './plan';

const LINEAR_WORKGROUP_SIZE = 64;
const MAX_WORKGROUPS_PER_AXIS = 65535;

/** Workgroups that give at least `count` threads of a kernel that includes common/each-element. */
export function linearGrid(count: number): [number, number] {
  return workgroupGrid(Math.ceil(count / LINEAR_WORKGROUP_SIZE));
}

/** At least `count` workgroups, for a kernel that numbers them by y * columns + x. */
export function workgroupGrid(count: number): [number, number] {
  const rows = Math.ceil(count / MAX_WORKGROUPS_PER_AXIS);
  return [Math.ceil(count / rows), rows];
}

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
