/** Features of points from the tri-planes (EG3D section 4.1), with and without the decoder behind. */

import { linearGrid } from '../../gpu/dispatch-grid';
import { ShapeError } from '../../gpu/errors';
import type { PlanBuilder } from '../../gpu/plan';
import { imageExtents, type Tensor } from '../../gpu/tensor';
import linearIndexSource from '../../shaders/common/linear-index.wgsl?raw';
import planeProjectSource from '../../shaders/common/volume/plane-project.wgsl?raw';
import pointFeaturesSource from '../../shaders/common/volume/point-features.wgsl?raw';
import triPlaneSampleSource from '../../shaders/common/volume/tri-plane-sample.wgsl?raw';
import evaluatePointsSource from '../../shaders/volume/evaluate-points.wgsl?raw';
import projectSource from '../../shaders/volume/project.wgsl?raw';
import triPlanesSource from '../../shaders/volume/tri-planes.wgsl?raw';
import { DECODER_SOURCES, type DecodedPoints, expectDecoder } from './decoder';
import { decoderConstants, specialise, triPlaneConstants } from './render-constants';
import type { DecoderExtents, TriPlaneOptions } from './rendering-options';

const SAMPLE_SOURCES = [linearIndexSource, planeProjectSource, triPlaneSampleSource] as const;

/**
 * Where points fall on each plane.
 * @param points [N, M, 3] in scene units
 * @returns uv [N, planes, M, 2]; -1 to 1 inside the box; u runs along the width
 */
export function projectOntoPlanes(plan: PlanBuilder, points: Tensor, options: TriPlaneOptions): Tensor {
  const { batch, count } = pointExtents(points, 'projectOntoPlanes');
  const planes = options.planeAxes.length;
  const uv = plan.scratch('plane coordinates', [batch, planes, count, 2]);
  plan.dispatch({
    kernel: specialise('project', triPlaneConstants(options), projectSource, linearIndexSource, planeProjectSource),
    bindings: { points, uv },
    params: { samples: batch, points: count, boxSide: options.boxWarp },
    workgroups: linearGrid(batch * planes * count),
  });
  return uv;
}

/**
 * Bilinear features of points from each plane; zeros outside.
 * @param planes [N, H, W, planes * C], plane index major
 * @param points [N, M, 3] in scene units
 * @returns features [N, planes, M, C]
 */
export function sampleTriPlanes(plan: PlanBuilder, planes: Tensor, points: Tensor, options: TriPlaneOptions): Tensor {
  const { batch, count } = pointExtents(points, 'sampleTriPlanes', planes);
  const { height, width } = expectPlanes(planes, options, 'sampleTriPlanes');
  const planeCount = options.planeAxes.length;
  const features = plan.scratch('plane features', [batch, planeCount, count, options.planeChannels]);
  plan.dispatch({
    kernel: specialise('tri-planes', triPlaneConstants(options), triPlanesSource, ...SAMPLE_SOURCES),
    bindings: { planes, points, features },
    params: { samples: batch, points: count, planeWidth: width, planeHeight: height, boxSide: options.boxWarp },
    workgroups: linearGrid(batch * planeCount * count),
  });
  return features;
}

/**
 * Density (before softplus) and colours of arbitrary points, in one dispatch.
 * @param inputs planes [N, H, W, planes * C]; decoder from `uploadDecoder`; points [N, M, 3] in scene units
 * @returns sigma [N, M, 1] and colours [N, M, outputs] in (-0.001, 1.001)
 */
export function evaluatePoints(
  plan: PlanBuilder,
  inputs: { planes: Tensor; decoder: Tensor; points: Tensor; rendering: TriPlaneOptions & DecoderExtents },
): DecodedPoints {
  const { planes, decoder, points, rendering } = inputs;
  const { batch, count } = pointExtents(points, 'evaluatePoints', planes);
  const { height, width } = expectPlanes(planes, rendering, 'evaluatePoints');
  expectDecoder(decoder, rendering, 'evaluatePoints');
  const sigma = plan.scratch('sigma', [batch, count, 1]);
  const colours = plan.scratch('colours', [batch, count, rendering.decoderOutputs]);
  const constants = { ...triPlaneConstants(rendering), ...decoderConstants(rendering) };
  const sources = [evaluatePointsSource, pointFeaturesSource, ...SAMPLE_SOURCES, ...DECODER_SOURCES];
  plan.dispatch({
    kernel: specialise('evaluate-points', constants, ...sources),
    bindings: { planes, decoder, points, sigma, colours },
    params: { samples: batch, points: count, planeWidth: width, planeHeight: height, boxSide: rendering.boxWarp },
    workgroups: linearGrid(batch * count),
  });
  return { sigma, colours };
}

/** @throws ShapeError unless the tensor is [N, H, W, planes * C] */
export function expectPlanes(
  planes: Tensor,
  options: TriPlaneOptions,
  what: string,
): { height: number; width: number } {
  const { height, width, channels } = imageExtents(planes, `${what} planes`);
  const expected = options.planeAxes.length * options.planeChannels;
  if (channels !== expected) {
    throw new ShapeError(
      `${what}: "${planes.label}" has ${channels} channels; ${options.planeAxes.length} planes of ${options.planeChannels} make ${expected}`,
    );
  }
  return { height, width };
}

function pointExtents(points: Tensor, what: string, planes?: Tensor): { batch: number; count: number } {
  const [batch, count, coordinates] = points.shape;
  if (points.shape.length !== 3 || coordinates !== 3) {
    throw new ShapeError(`${what}: "${points.label}" is [${points.shape}], expected [N, M, 3]`);
  }
  if (planes && planes.shape[0] !== batch) {
    throw new ShapeError(`${what}: points for ${batch} samples, planes for ${planes.shape[0]}`);
  }
  return { batch: batch!, count: count! };
}
