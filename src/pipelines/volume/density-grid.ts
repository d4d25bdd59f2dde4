/**
 * Densities of a regular grid, many times cheaper than point by point. The decoder's first layer is linear (EG3D section 4.2: features of the
 * planes are added, then come a layer, softplus and a layer), and a grid reads each plane at N^2 places only. So the first layer runs on the
 * grid's sides, and a voxel costs three additions and a softplus for each hidden unit instead of three samplings and the whole decoder.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import { expectShape, type Tensor } from '../../gpu/tensor';
import densityGridShader from '../../shaders/volume/density-grid.wgsl';
import projectPlaneShader from '../../shaders/volume/project-plane.wgsl';
import { expectDecoder } from './decoder';
import { decoderConstants, triPlaneConstants } from './render-constants';
import type { DecoderExtents, TriPlaneOptions } from './rendering-options';
import { expectPlanes } from './tri-planes';

const PROJECT_PLANE = defineKernel(projectPlaneShader);
const DENSITY_GRID = defineKernel(densityGridShader);

/** A side of the grid: its first axis runs along columns, its second along rows. */
type GridSide = 'xy' | 'xz' | 'yz';

const LEFT_OUT_AXIS: Readonly<Record<GridSide, number>> = { xy: 2, xz: 1, yz: 0 };

/** A dispatch on a side takes a third of a second on a software adapter; several of them cost no device anything. */
const UNITS_PER_DISPATCH = 2 ** 22;

export interface DensityGridInputs {
  /** [1, H, W, planes * C], plane index major */
  readonly planes: Tensor;
  /** As `packDecoder` packs it. */
  readonly decoder: Tensor;
  readonly rendering: TriPlaneOptions & DecoderExtents;
  /** Voxels on a side of the grid, N. They fill the box; each is sampled in its middle. */
  readonly resolution: number;
}

/** Consecutive layers along z, or rows of a side. */
export interface GridRange {
  readonly first: number;
  readonly count: number;
}

/**
 * The decoder's first layer on the side (x, y) of the grid, which all layers share: 16.8 MB at N = 256 for 64 hidden units.
 * @returns [hidden / 4, N, N, 4] as rows y and columns x
 * @throws ShapeError, RenderingOptionError
 */
export function projectFront(plan: PlanBuilder, inputs: DensityGridInputs): Tensor {
  return projectSide(plan, inputs, 'xy', { first: 0, count: inputs.resolution });
}

/**
 * Densities of some layers of the grid. The result does not depend on how the grid is cut into layers, to the last bit.
 * @param front from {@link projectFront} with the same inputs
 * @returns [layers, N, N] as z, y, x: the decoder's raw output, before softplus
 * @throws ShapeError, RenderingOptionError
 */
export function densityLayers(plan: PlanBuilder, inputs: DensityGridInputs, front: Tensor, layers: GridRange): Tensor {
  const { decoder, rendering, resolution } = inputs;
  if (layers.first < 0 || layers.first + layers.count > resolution) {
    throw new ShapeError(
      `densityLayers: ${layers.count} layers from ${layers.first} on, of a grid that has ${resolution}`,
    );
  }
  expectShape(front, [rendering.decoderHiddenWidth / 4, resolution, resolution, 4], 'densityLayers front');
  const xz = projectSide(plan, inputs, 'xz', layers);
  const yz = projectSide(plan, inputs, 'yz', layers);
  const sigma = plan.scratch('density layers', [layers.count, resolution, resolution]);
  plan.dispatch({
    kernel: DENSITY_GRID,
    constants: decoderConstants(rendering),
    bindings: { decoder, xy: front, xz, yz, sigma },
    params: { resolution, layers: layers.count },
    workgroups: linearGrid(layers.count * resolution * Math.ceil(resolution / 4)),
  });
  return sigma;
}

function projectSide(
  plan: PlanBuilder,
  inputs: DensityGridInputs,
  side: GridSide,
  { first, count }: GridRange,
): Tensor {
  const { planes, decoder, rendering, resolution } = inputs;
  const { height, width } = expectPlanes(planes, rendering, 'density grid');
  if (planes.shape[0] !== 1) throw new ShapeError(`density grid: the planes of ${planes.shape[0]} faces, expected one`);
  expectDecoder(decoder, rendering, 'density grid');
  const hidden = plan.scratch(`hidden units of ${side}`, [rendering.decoderHiddenWidth / 4, count, resolution, 4]);
  const rowsPerDispatch = Math.ceil(UNITS_PER_DISPATCH / (resolution * rendering.decoderHiddenWidth));
  for (let firstRow = 0; firstRow < count; firstRow += rowsPerDispatch) {
    const endRow = Math.min(count, firstRow + rowsPerDispatch);
    plan.dispatch({
      kernel: PROJECT_PLANE,
      constants: { ...triPlaneConstants(rendering), ...decoderConstants(rendering) },
      bindings: { planes, decoder, hidden },
      params: {
        leftOutAxis: LEFT_OUT_AXIS[side],
        resolution,
        rows: count,
        firstRow,
        endRow,
        firstGridRow: first,
        planeWidth: width,
        planeHeight: height,
      },
      workgroups: linearGrid((endRow - firstRow) * resolution),
    });
  }
  return hidden;
}
