/** The generator's half of a step: latent codes and cameras to pictures, with the draws that the official implementation makes on the way, in its order. */
import { LABEL_LENGTH } from '../../camera/conventions';
import type { PlanBuilder } from '../../gpu/plan';
import { reshaped, type Tensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import { type Generator, wireMapping, wireRayMarch, wireTriPlanes } from '../../models/generator';
import type { SynthesisNoise } from '../../models/style-layer';
import { wireSuperResolution } from '../../models/super-resolution-stage';
import { slice } from '../../pipelines/dense/window';
import { moveTowards } from '../../pipelines/optimisers/move-towards';
import { sumRows } from '../../pipelines/reduction/sum-rows';
import { type DrawSource, Draws } from '../draws';

/** What the generator is wired for. */
export interface GeneratedSettings {
  /** Samples of a batch. */
  readonly batch: number;
  /** Side of the rendered picture, in rays. */
  readonly neuralResolution: number;
  /**
   * Whether the generator's super-resolution is computed once more on the way back, for less memory: the same numbers. (The volume renderer always
   * finds its samples again.) Default: false.
   */
  readonly recompute?: boolean | undefined;
}

/** What it is given. */
export interface GeneratedInputs {
  /** [N, z_dim] */
  readonly z: ArrayLike<number>;
  /** Labels [N, 25] of the cameras that generated pictures are seen from. */
  readonly cameras: Float32Array;
  /** How probable it is that the generator is conditioned on the camera of the sample before, not on the one it is seen from. */
  readonly swapProbability: number;
}

export interface ConditionedStage {
  /** [N, num_ws, w_dim] */
  readonly ws: Tensor;
  write(inputs: GeneratedInputs, source: DrawSource): void;
}

/** Share of a batch in the average of w. */
const AVERAGE_W_SHARE = 0.002;

/** Latent codes and cameras to pictures. */
export function wireGenerated(plan: PlanBuilder, generator: Generator<TensorHost>, settings: GeneratedSettings) {
  const { batch, neuralResolution, recompute } = settings;
  const draws = new Draws(plan);
  const conditioned = wireConditioned(plan, generator, batch, draws, batch);
  const face = wireTriPlanes(plan, generator, conditioned.ws, {
    noise: noiseDraws(generator, batch, draws),
    sketch: false,
  });
  const rendering = { ...generator.config.rendering, neuralResolution };
  const rays = neuralResolution * neuralResolution;
  const marched = wireRayMarch(plan, generator, face, rendering, {
    mode: 'recorded',
    jitter: draws.rand('jitter', [batch, rays, rendering.depthSamples]),
    u: draws.rand('u', [batch * rays, rendering.importanceSamples]),
  });
  return {
    ws: conditioned.ws,
    image: wireSuperResolution(plan, generator, face.superResolutionStyles, marched.feature, { recompute }),
    imageRaw: slice(plan, marched.feature, 3, 0, 3),
    write(inputs: GeneratedInputs, source: DrawSource): void {
      marched.writeCamera(inputs.cameras);
      conditioned.write(inputs, source);
    },
  };
}

/**
 * Latent codes and cameras to ws, and the draws of the plan, of which the first decide whose camera a sample is conditioned on.
 * @param decisions one for each sample, or one for all
 */
export function wireConditioned(
  plan: PlanBuilder,
  generator: Generator<TensorHost>,
  batch: number,
  draws: Draws,
  decisions: number,
): ConditionedStage {
  const { ws, write } = wireMapping(plan, generator, batch);
  let swaps: ArrayLike<number> = [];
  draws.onProcessor('rand', decisions, (values) => {
    swaps = values;
  });
  return {
    ws,
    write({ z, cameras, swapProbability }, source) {
      draws.write(plan.host, source);
      const conditioning = cameras.slice();
      for (let sample = 0; sample < batch; sample++) {
        if (swaps[sample % decisions]! >= swapProbability) continue;
        const before = ((sample + batch - 1) % batch) * LABEL_LENGTH;
        conditioning.set(cameras.subarray(before, before + LABEL_LENGTH), sample * LABEL_LENGTH);
      }
      write({ z: Float32Array.from(z), psi: 1, conditioning });
    },
  };
}

/** Fresh noise for every convolution, in the order in which they run. */
export function noiseDraws({ config }: Generator<TensorHost>, batch: number, draws: Draws): SynthesisNoise {
  const layers: Tensor[] = [];
  for (let side = 4; side <= config.backbone.resolution; side *= 2) {
    for (let layer = side === 4 ? 1 : 0; layer < 2; layer++) {
      layers.push(draws.randn(`noise ${layers.length}`, [batch, side, side]));
    }
  }
  return { mode: 'given', layers };
}

/** The average of w, towards which truncation draws, follows the batch, if the generator was opened with it trainable. */
export function followAverageW(plan: PlanBuilder, generator: Generator<TensorHost>, ws: Tensor): void {
  const parameters = generator.parameters('backbone.mapping.');
  if (!parameters.isTrainable('w_avg')) return;
  const [batch, layers, wDim] = ws.shape; // without truncation the w of all layers is one and the same
  const sum = sumRows(plan, reshaped(ws, [batch! * layers!, wDim!]));
  moveTowards(plan, parameters.parameter('w_avg', [wDim!]).master, sum, AVERAGE_W_SHARE, 1 / (batch! * layers!));
}
