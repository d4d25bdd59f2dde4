/** What a user may choose of the volume rendering: the rest is the model's. */
import type { RenderingConfig } from '../models/config';
import type { RenderQuality } from '../pipelines/volume/rendering-options';

export type { RenderQuality };

/** What a picture at rest may have: drafts are for pictures that move. */
export type ChosenQuality = Exclude<RenderQuality, 'draft'>;

/** How rays are marched. */
export interface MarchSettings {
  /** Rays along one side of the feature image. */
  readonly neuralResolution: number;
  /** Samples a ray of the first pass, 2 or more. */
  readonly depthSamples: number;
  /** Samples a ray of the second, importance-driven pass; 0 for none. */
  readonly importanceSamples: number;
  /** The reference's arithmetic, or a quicker way to a picture that looks the same. */
  readonly quality: RenderQuality;
}

export interface RenderSettings extends MarchSettings {
  readonly quality: ChosenQuality;
}

/** The settings that a model's file asks for. */
export function settingsOf(rendering: RenderingConfig): RenderSettings {
  const { neuralResolution, depthSamples, importanceSamples } = rendering;
  return { neuralResolution, depthSamples, importanceSamples, quality: 'exact' };
}
