/**
 * What is prepared once for a face that is rendered many times: the planes as a texture, which the device's filter reads many times faster than a
 * kernel reads a buffer, and a sketch of where the face is.
 */

import { linearGrid } from '../../gpu/dispatch-grid';
import { defineKernel } from '../../gpu/kernel';
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import type { TextureFormat } from '../../gpu/tensor-host';
import { filtersExactly, type Texture } from '../../gpu/texture';
import densitySketchShader from '../../shaders/volume/density-sketch.wgsl';
import planeTextureShader from '../../shaders/volume/plane-texture.wgsl';
import { type DensityGridInputs, densityLayers, projectFront } from './density-grid';
import { planeConstants } from './render-constants';
import type { TriPlaneOptions } from './rendering-options';
import { expectPlanes } from './tri-planes';

const DENSITY_SKETCH = defineKernel(densitySketchShader);
const PLANE_TEXTURE = defineKernel(planeTextureShader);

/** What `fast` rendering reads of one face, made once a face. */
export interface VolumeSketch {
  /** The planes with a border of zeros, four channels a layer. */
  readonly planes: Texture;
  /** G x G x G voxels that fill the box: density before softplus in their middle, and the largest one around (density-sketch.wgsl). */
  readonly density: Texture;
}

/** Voxels on a side of the sketch's grid: one for four texels of a plane, within bounds, a multiple of four. */
function gridSide({ width, height }: { width: number; height: number }): number {
  return 4 * Math.min(16, Math.max(4, Math.round(Math.max(width, height) / 16)));
}

/** Whose kernels and formats to take: a graphics card's, or those of a software adapter. */
export type MarchDevice = 'hardware' | 'software';

/**
 * Adds what `fast` rendering reads to a plan that runs once a face: six dispatches, about as long as a twentieth of the backbone.
 * @param device default: what the plan's device is
 * @throws ShapeError, RenderingOptionError
 */
export function sketchVolume(
  plan: PlanBuilder,
  inputs: Omit<DensityGridInputs, 'resolution'>,
  device?: MarchDevice,
): VolumeSketch {
  const { planes, rendering } = inputs;
  const resolution = gridSide(expectPlanes(planes, rendering, 'sketchVolume'));
  const grid = { ...inputs, resolution };
  const density = densityLayers(plan, grid, projectFront(plan, grid), { first: 0, count: resolution });
  const format = device !== 'hardware' && filtersExactly(plan.host) ? 'rgba32float' : 'rgba16float';
  return { planes: planeTexture(plan, planes, rendering, format), density: densitySketch(plan, density) };
}

/** The grid as a volume. @param density [G, G, G] as z, y, x */
function densitySketch(plan: PlanBuilder, density: Tensor): Texture {
  const side = density.shape[0]!;
  const extents = { format: 'rgba16float', width: side, height: side, layers: side, isVolume: true } as const;
  const sketch = plan.texture('density sketch', extents);
  plan.dispatch({
    kernel: DENSITY_SKETCH,
    bindings: { density },
    textures: { sketch },
    params: { side },
    workgroups: linearGrid(side ** 3),
  });
  return sketch;
}

/** How a kernel reads planes, and what it binds for that. */
export interface PlaneReading {
  readonly kind: 'buffer' | 'texture';
  readonly bindings: Readonly<Record<string, Tensor>>;
  readonly textures: Readonly<Record<string, Texture>>;
}

/** Layers that every device allows an array texture. */
const MOST_LAYERS = 256;

/**
 * An exact way to read planes. The texture is made by this plan, unless there is a sketch that has it.
 * @param wanted 'texture' where the device's filter is exact; more layers than a texture can have are read from the buffer all the same
 * @throws ShapeError, RenderingOptionError
 */
export function planeReading(
  plan: PlanBuilder,
  { planes, sketch }: { planes: Tensor; sketch?: VolumeSketch | undefined },
  options: TriPlaneOptions,
  wanted: PlaneReading['kind'],
): PlaneReading {
  const kind = layersOf(planes, options) > MOST_LAYERS ? 'buffer' : wanted;
  if (kind === 'buffer') {
    return { kind, bindings: { planes }, textures: {} };
  }
  const texture =
    sketch?.planes.format === 'rgba32float' ? sketch.planes : planeTexture(plan, planes, options, 'rgba32float');
  return { kind, bindings: {}, textures: { planes: texture } };
}

/** Through the filter, whether that is exact or not. */
export function sketchReading({ planes }: VolumeSketch): PlaneReading {
  return { kind: 'texture', bindings: {}, textures: { planes } };
}

/**
 * Writes planes into a texture at each run of the plan.
 * @param planes [N, H, W, planes * C]
 * @returns W + 2 by H + 2 texels with a border of zeros, N * planes * C / 4 layers
 * @throws ShapeError, RenderingOptionError
 */
export function planeTexture(
  plan: PlanBuilder,
  planes: Tensor,
  options: TriPlaneOptions,
  format: TextureFormat,
): Texture {
  const { height, width } = expectPlanes(planes, options, 'planeTexture');
  const layers = layersOf(planes, options);
  const texels = plan.texture('plane texture', { format, width: width + 2, height: height + 2, layers });
  plan.dispatch({
    kernel: PLANE_TEXTURE,
    constants: { ...planeConstants(options), STORES_HALVES: Number(format === 'rgba16float') },
    bindings: { planes },
    textures: { texels },
    params: { planeWidth: width, planeHeight: height, layers },
    workgroups: linearGrid((width + 2) * (height + 2) * layers),
  });
  return texels;
}

function layersOf(planes: Tensor, { planeAxes, planeChannels }: TriPlaneOptions): number {
  return (planes.shape[0]! * planeAxes.length * planeChannels) / 4;
}
