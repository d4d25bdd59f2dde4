/**
 * The plans of the volumetric renderer, wired and not yet built: for a device, or for a survey of the memory that they will take. They run
 * one after the other and share one pool of scratch memory.
 */
import { PlanBuilder } from '../gpu/plan';
import { discardTogether } from '../gpu/plans-together';
import type { ScratchPool } from '../gpu/scratch-pool';
import type { Tensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import {
  type Generator,
  type MappingStage,
  type RayMarchStage,
  type TriPlaneStage,
  wireMapping,
  wireRayMarch,
  wireSuperResolution,
  wireTriPlanes,
} from '../models/generator';
import { previewSettingsOf, type RenderSettings } from './render-settings';

/** What runs once a face. */
export interface WiredFace {
  readonly builders: { readonly mapping: PlanBuilder; readonly triPlanes: PlanBuilder };
  readonly mapping: MappingStage;
  readonly triPlanes: TriPlaneStage;
}

/** What runs once a camera, in full and as a quick preview. */
export interface WiredViews {
  readonly builders: {
    readonly rayMarch: PlanBuilder;
    readonly superResolution: PlanBuilder;
    readonly previewRayMarch: PlanBuilder;
  };
  readonly rays: RayMarchStage;
  readonly previewRays: RayMarchStage;
  readonly image: Tensor;
}

/** Mapping and backbone for one face at a time. @throws BufferLimitError, MissingTensorError and the like; nothing stays allocated then */
export function wireFace(generator: Generator<TensorHost>, pool: ScratchPool): WiredFace {
  return wired(generator, pool, (plan) => {
    const builders = { mapping: plan('mapping'), triPlanes: plan('tri-planes') };
    const mapping = wireMapping(builders.mapping, generator, 1);
    return { builders, mapping, triPlanes: wireTriPlanes(builders.triPlanes, generator, mapping.ws) };
  });
}

/** Ray marching and super-resolution for one camera at a time. @throws as {@link wireFace} */
export function wireViews(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  { planes, superResolutionStyles }: TriPlaneStage,
  settings: RenderSettings,
): WiredViews {
  return wired(generator, pool, (plan) => {
    const builders = {
      rayMarch: plan('ray march'),
      superResolution: plan('super-resolution'),
      previewRayMarch: plan('ray march'),
    };
    const march = (builder: PlanBuilder, wanted: RenderSettings) =>
      wireRayMarch(builder, generator, planes, { ...generator.config.rendering, ...wanted });
    const rays = march(builders.rayMarch, settings);
    return {
      builders,
      rays,
      image: wireSuperResolution(builders.superResolution, generator, superResolutionStyles, rays.feature),
      previewRays: march(builders.previewRayMarch, previewSettingsOf(settings)),
    };
  });
}

/** Wires with builders that are discarded if anything throws. */
function wired<T>(
  { host }: Generator<TensorHost>,
  pool: ScratchPool,
  wire: (plan: (stage: string) => PlanBuilder) => T,
): T {
  const builders: PlanBuilder[] = [];
  try {
    return wire((stage) => {
      const builder = new PlanBuilder(host, stage, { pool });
      builders.push(builder);
      return builder;
    });
  } catch (error) {
    discardTogether(builders);
    throw error;
  }
}
