/**
 * The tri-plane generator (EG3D, Fig. 2), wired from its configuration in four stages. Each `wire...` function adds one stage to a plan and
 * returns the tensors through which the stages meet; who keeps which plan, and when it runs, is the renderer's business.
 *
 *   z, label --mapping--> ws --tri-planes--> planes, styles of the super-resolution
 *   planes, camera --ray march--> feature image, depth
 *   feature image, styles --super-resolution--> picture
 */
import { type CameraLabel, LABEL_LENGTH } from '../camera/conventions';
import { orbitLabel } from '../camera/orbit-pose';
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import type { PlanBuilder } from '../gpu/plan';
import { type Tensor, writeTensor } from '../gpu/tensor';
import { type DecodedPoints, uploadDecoder } from '../pipelines/decoder';
import type { RaySampling } from '../pipelines/sampling';
import { evaluatePoints } from '../pipelines/tri-planes';
import { type VolumeRendering, volumeRender } from '../pipelines/volume-render';
import type { GeneratorConfig, RenderingConfig } from './config';
import { readGeneratorConfig, tensorPrefix } from './generator-config';
import { mapping } from './mapping';
import {
  type SuperResolutionStyles,
  type SuperResolutionTaps,
  superResolution,
  superResolutionStyles,
} from './super-resolution';
import { type SynthesisNoise, synthesis } from './synthesis';
import { type WeightScope, WeightStore } from './weights';

const FIXED_NOISE_SEED = 0;

/** A generator on a device: its configuration and its weights. */
export class Generator {
  private constructor(
    readonly gpu: Gpu,
    readonly config: GeneratorConfig,
    private readonly store: WeightStore,
    private readonly prefix: string,
  ) {}

  /**
   * Reads the configuration; weights are uploaded when a stage first asks for them.
   * @throws ModelConfigError
   */
  static create(gpu: Gpu, checkpoint: Checkpoint): Generator {
    return new Generator(
      gpu,
      readGeneratorConfig(checkpoint),
      new WeightStore(gpu, checkpoint),
      tensorPrefix(checkpoint),
    );
  }

  /** Weights of one network, for example "backbone.mapping.". */
  weights(network: string): WeightScope {
    return this.store.scope(`${this.prefix}${network}`);
  }

  /** Frees the weights. Plans wired from this generator must not run afterwards. */
  destroy(): void {
    this.store.destroy();
  }
}

/** What the mapping stage takes. */
export interface MappingInputs {
  /** [N, z_dim] */
  readonly z: Float32Array;
  /** Truncation strength: 1 leaves w as it is, 0 gives the average. */
  readonly psi: number;
  /** Number of leading layers that psi acts on. Default: all. */
  readonly psiCutoff?: number;
  /** [N, 25]. Default: the model's own frontal camera, N times. */
  readonly conditioning?: Float32Array;
}

export interface MappingStage {
  /** [N, num_ws, w_dim] */
  readonly ws: Tensor;
  /** Hands over the inputs of the next run. */
  write(inputs: MappingInputs): void;
}

/** z and label to ws. @param batch N */
export function wireMapping(plan: PlanBuilder, generator: Generator, batch: number): MappingStage {
  const { gpu, config } = generator;
  const { mapping: mappingConfig, conditioning, camera } = config;
  const numWs = mappingConfig.numWs ?? 1;
  const z = plan.tensor('z', [batch, mappingConfig.zDim]);
  const label = plan.tensor('conditioning label', [batch, Math.max(1, mappingConfig.cDim)]);
  const truncation = plan.tensor('truncation', [2]);
  const weights = generator.weights('backbone.mapping.');
  const ws = mapping(plan, weights, mappingConfig, { z, c: mappingConfig.cDim > 0 ? label : undefined, truncation });
  const frontal = orbitLabel({ ...camera, yaw: 0, pitch: 0 });
  return {
    ws,
    write(inputs) {
      writeTensor(gpu, z, inputs.z);
      writeTensor(gpu, truncation, [inputs.psi, inputs.psiCutoff ?? numWs]);
      if (mappingConfig.cDim === 0) return;
      const given = inputs.conditioning ?? repeat(frontal, batch);
      const factor = conditioning.zeroed ? 0 : conditioning.scale;
      writeTensor(
        gpu,
        label,
        given.map((value) => value * factor),
      );
    },
  };
}

export interface TriPlaneStage {
  /** [N, R, R, 3 * 32], plane index major */
  readonly planes: Tensor;
  readonly superResolutionStyles: SuperResolutionStyles;
}

/** ws to everything that depends on the face alone. */
export function wireTriPlanes(
  plan: PlanBuilder,
  generator: Generator,
  ws: Tensor,
  noise: SynthesisNoise = { mode: 'const' },
): TriPlaneStage {
  const { config } = generator;
  return {
    planes: synthesis(plan, generator.weights('backbone.synthesis.'), config.backbone, ws, noise),
    superResolutionStyles: superResolutionStyles(
      plan,
      generator.weights('superresolution.'),
      config.superResolution,
      ws,
    ),
  };
}

export interface RayMarchStage extends VolumeRendering {
  /** The labels of the last {@link writeCamera}, [N, 25]. */
  readonly camera: CameraLabel;
  /** Hands over the cameras of the next run, [N, 25]. */
  writeCamera(labels: CameraLabel): void;
}

/** Planes and cameras to the feature image and its depth. @param sampling default: even */
export function wireRayMarch(
  plan: PlanBuilder,
  generator: Generator,
  planes: Tensor,
  rendering: RenderingConfig,
  sampling?: RaySampling,
): RayMarchStage {
  const { gpu, config } = generator;
  const batch = planes.shape[0]!;
  const cameras = plan.tensor('camera labels', [batch, LABEL_LENGTH]);
  const marched = volumeRender(plan, {
    planes,
    decoder: decoderTensor(generator),
    cameras,
    resolution: rendering.neuralResolution,
    rendering,
    sampling,
  });
  let camera = repeat(orbitLabel({ ...config.camera, yaw: 0, pitch: 0 }), batch);
  writeTensor(gpu, cameras, camera);
  return {
    ...marched,
    get camera() {
      return camera;
    },
    writeCamera(labels) {
      camera = labels;
      writeTensor(gpu, cameras, labels);
    },
  };
}

/**
 * Density and colour features anywhere in the scene, for meshes and volumes.
 * @param points [N, M, 3] in scene units; outside the box the planes count as zero
 */
export function wireDensityAtPoints(
  plan: PlanBuilder,
  generator: Generator,
  planes: Tensor,
  points: Tensor,
): DecodedPoints {
  return evaluatePoints(plan, {
    planes,
    points,
    decoder: decoderTensor(generator),
    rendering: generator.config.rendering,
  });
}

/**
 * The feature image to the final picture, [N, S, S, 3]. A model whose super-resolution wants random noise gets that of a fixed seed, so that
 * the same face and camera give the same picture.
 * @param onBlock is told each block's tensors while the plan is wired
 */
export function wireSuperResolution(
  plan: PlanBuilder,
  generator: Generator,
  styles: SuperResolutionStyles,
  feature: Tensor,
  onBlock?: (taps: SuperResolutionTaps) => void,
): Tensor {
  const config = generator.config.superResolution;
  const noise: SynthesisNoise =
    config.noiseMode === 'random'
      ? { mode: 'random', seed: plan.constant('noise seed', [1], [FIXED_NOISE_SEED]) }
      : { mode: config.noiseMode };
  return superResolution(plan, generator.weights('superresolution.'), config, styles, feature, { noise, onBlock });
}

function decoderTensor(generator: Generator): Tensor {
  const { rendering } = generator.config;
  const { planeChannels, decoderHiddenWidth: hidden, decoderOutputs: outputs } = rendering;
  const weights = generator.weights('decoder.net.');
  return weights.derived('packed', (gpu, floats) =>
    uploadDecoder(
      gpu,
      {
        hiddenWeight: floats('0.weight', [hidden, planeChannels]),
        hiddenBias: floats('0.bias', [hidden]),
        outputWeight: floats('2.weight', [1 + outputs, hidden]),
        outputBias: floats('2.bias', [1 + outputs]),
      },
      rendering,
      rendering.decoderLrMultiplier,
    ),
  );
}

function repeat(label: CameraLabel, count: number): Float32Array {
  const labels = new Float32Array(label.length * count);
  for (let row = 0; row < count; row++) labels.set(label, row * label.length);
  return labels;
}
