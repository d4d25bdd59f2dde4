/** What a user may choose of the volume rendering: the rest is the model's. */
import type { RenderingConfig } from '../models/config';

export interface RenderSettings {
  /** Rays along one side of the feature image. */
  readonly neuralResolution: number;
  /** Samples a ray of the first pass, 2 or more. */
  readonly depthSamples: number;
  /** Samples a ray of the second, importance-driven pass; 0 for none. */
  readonly importanceSamples: number;
}

/** The settings that a model's file asks for. */
export function settingsOf(rendering: RenderingConfig): RenderSettings {
  const { neuralResolution, depthSamples, importanceSamples } = rendering;
  return { neuralResolution, depthSamples, importanceSamples };
}

/** Fewer samples leave importance sampling no intervals to choose from. */
const LEAST_PREVIEW_SAMPLES = 4;

/** Half the rays along each side and half the samples: about an eighth of the work, for a device that cannot follow the hand otherwise. */
export function previewSettingsOf({
  neuralResolution,
  depthSamples,
  importanceSamples,
}: RenderSettings): RenderSettings {
  return {
    neuralResolution: Math.ceil(neuralResolution / 2),
    depthSamples: Math.min(depthSamples, Math.max(LEAST_PREVIEW_SAMPLES, Math.ceil(depthSamples / 2))),
    importanceSamples: Math.ceil(importanceSamples / 2),
  };
}
