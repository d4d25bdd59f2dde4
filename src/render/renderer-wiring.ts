/**
 * The plans of both renderers, wired and not yet built: for a device, or for a survey of the memory that they will take. They run one
 * after the other and share one pool of scratch memory.
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
  wireTriPlanes,
} from '../models/generator';
import { type Student, type StudentMappingStage, wireStudentMapping, wireStudentSynthesis } from '../models/student';
import { wireSuperResolution, wireSuperResolutionStyles } from '../models/super-resolution-stage';
import type { MarchSettings, RenderSettings } from './render-settings';

/** What turns a face's code into ws, for both renderers. */
export interface WiredLatents {
  readonly builders: { readonly mapping: PlanBuilder };
  readonly mapping: MappingStage;
  /** Of the faces that are rendered, [N, num_ws, w_dim]: written by the owner, not by the plan. */
  readonly ws: Tensor;
  /** [N, w_dim] */
  readonly superResolutionW: Tensor;
}

/** What the volumetric renderer runs once a face. */
export interface WiredPlanes {
  readonly builders: { readonly triPlanes: PlanBuilder };
  readonly triPlanes: TriPlaneStage;
}

/** What the volumetric renderer runs once a camera. */
export interface WiredRays {
  readonly builders: { readonly rayMarch: PlanBuilder };
  readonly rays: RayMarchStage;
}

/** The same with the super-resolution after it. */
export interface WiredView extends WiredRays {
  readonly builders: { readonly rayMarch: PlanBuilder; readonly superResolution: PlanBuilder };
  readonly image: Tensor;
}

/** What the convolutional renderer runs: the styles once a face, the rest once a camera. */
export interface WiredStudent {
  readonly builders: {
    readonly styles: PlanBuilder;
    readonly mapping: PlanBuilder;
    readonly synthesis: PlanBuilder;
    readonly superResolution: PlanBuilder;
  };
  readonly mapping: StudentMappingStage;
  /** [N, R, R, 32] */
  readonly feature: Tensor;
  readonly image: Tensor;
}

/**
 * The mapping network, and the place of the ws that the renderers read.
 * @param batch faces at a time. Default: 1
 * @throws BufferLimitError, MissingTensorError and the like; nothing stays allocated then
 */
export function wireLatents(generator: Generator<TensorHost>, pool: ScratchPool, batch = 1): WiredLatents {
  return wired(generator.host, pool, (plan) => {
    const builders = { mapping: plan('mapping') };
    const mapping = wireMapping(builders.mapping, generator, batch);
    const ws = builders.mapping.tensor('ws of the face', mapping.ws.shape);
    const superResolutionW = builders.mapping.tensor('w of the super-resolution', [batch, ws.shape[2]!]);
    return { builders, mapping, ws, superResolutionW };
  });
}

/** A face's ws, and the w of its super-resolution, as `WiredLatents` or `FaceLatents` have them. */
type Latents = Pick<WiredLatents, 'ws' | 'superResolutionW'>;

/** The backbone. @param sketch whether rays shall be marched `fast`, too @throws as {@link wireLatents} */
export function wirePlanes(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  { ws, superResolutionW }: Latents,
  sketch: boolean,
): WiredPlanes {
  return wired(generator.host, pool, (plan) => {
    const builders = { triPlanes: plan('tri-planes') };
    return { builders, triPlanes: wireTriPlanes(builders.triPlanes, generator, ws, { superResolutionW, sketch }) };
  });
}

/** Ray marching, one camera a face. @throws as {@link wireLatents} */
export function wireRays(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  face: TriPlaneStage,
  settings: MarchSettings,
): WiredRays {
  return wired(generator.host, pool, (plan) => {
    const builders = { rayMarch: plan('ray march') };
    const rendering = { ...generator.config.rendering, ...settings };
    return { builders, rays: wireRayMarch(builders.rayMarch, generator, face, rendering) };
  });
}

/** Ray marching and super-resolution, one camera a face. @throws as {@link wireLatents} */
export function wireView(
  generator: Generator<TensorHost>,
  pool: ScratchPool,
  face: TriPlaneStage,
  settings: RenderSettings,
): WiredView {
  const { builders, rays } = wireRays(generator, pool, face, settings);
  try {
    return wired(generator.host, pool, (plan) => {
      const superResolution = plan('super-resolution');
      const image = wireSuperResolution(superResolution, generator, face.superResolutionStyles, rays.feature);
      return { builders: { ...builders, superResolution }, rays, image };
    });
  } catch (error) {
    discardTogether(Object.values(builders));
    throw error;
  }
}

/** The convolutional renderer. @param latents of the generator @throws as {@link wireLatents} */
export function wireStudent(student: Student<TensorHost>, pool: ScratchPool, latents: Latents): WiredStudent {
  return wired(student.host, pool, (plan) => {
    const builders = {
      styles: plan('student styles'),
      mapping: plan('student mapping'),
      synthesis: plan('student synthesis'),
      superResolution: plan('super-resolution'),
    };
    const styles = wireSuperResolutionStyles(builders.styles, student, latents.superResolutionW);
    const mapping = wireStudentMapping(builders.mapping, student, latents.ws);
    const feature = wireStudentSynthesis(builders.synthesis, student, mapping.ws);
    const image = wireSuperResolution(builders.superResolution, student, styles, feature);
    return { builders, mapping, feature, image };
  });
}

/** Wires with builders that are discarded if anything throws. */
function wired<T>(host: TensorHost, pool: ScratchPool, wire: (plan: (stage: string) => PlanBuilder) => T): T {
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
