/**
 * The super-resolution as a stage of a model: the same for a tri-plane generator and for its convolutional student, whose
 * super-resolution has the generator's architecture and is modulated by the generator's own w.
 */
import type { PlanBuilder } from '../gpu/plan';
import type { Tensor } from '../gpu/tensor';
import type { SuperResolutionConfig } from './config';
import type { ParameterScope } from './parameters';
import {
  type SuperResolutionOptions,
  type SuperResolutionStyles,
  superResolution,
  superResolutionStyles,
} from './super-resolution';
import type { SynthesisNoise } from './synthesis';

/** What this stage needs of a model. */
interface Enlarging {
  readonly config: { readonly superResolution: SuperResolutionConfig };
  parameters(network: string): ParameterScope;
}

const NETWORK = 'superresolution.';
const FIXED_NOISE_SEED = 0;

/** The generator's ws to the styles of all layers: once a face. @param ws [N, num_ws, w_dim] */
export function wireSuperResolutionStyles(plan: PlanBuilder, model: Enlarging, ws: Tensor): SuperResolutionStyles {
  const styles = superResolutionStyles(plan, model.parameters(NETWORK), model.config.superResolution, ws);
  for (const { conv0, conv1, torgb } of styles.blocks) {
    for (const tensor of [conv0.styles, conv0.demodulation, conv1.styles, conv1.demodulation, torgb]) plan.keep(tensor);
  }
  return styles;
}

/**
 * The feature image to the final picture, [N, S, S, 3]. A model whose super-resolution wants random noise gets that of a fixed seed, so that
 * the same face and camera give the same picture.
 * @param options see {@link SuperResolutionOptions}
 */
export function wireSuperResolution(
  plan: PlanBuilder,
  model: Enlarging,
  styles: SuperResolutionStyles,
  feature: Tensor,
  options: Pick<SuperResolutionOptions, 'onBlock' | 'recompute'> = {},
): Tensor {
  const config = model.config.superResolution;
  const noise: SynthesisNoise =
    config.noiseMode === 'random'
      ? { mode: 'random', seed: plan.constant('noise seed', [1], [FIXED_NOISE_SEED]) }
      : { mode: config.noiseMode };
  return plan.keep(superResolution(plan, model.parameters(NETWORK), config, styles, feature, { ...options, noise }));
}
