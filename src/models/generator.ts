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
import type { TensorHost } from '../gpu/tensor-host';
import { type DecodedPoints, packDecoder, packedDecoderLength } from '../pipelines/volume/decoder';
import { densityLayers, type GridRange, projectFront } from '../pipelines/volume/density-grid';
import { evaluatePoints } from '../pipelines/volume/evaluate-points';
import { packDecoderTensors } from '../pipelines/volume/pack-decoder';
import type { RenderingOptions } from '../pipelines/volume/rendering-options';
import type { RaySampling } from '../pipelines/volume/sampling';
import { type FaceVolume, type VolumeRendering, volumeRender } from '../pipelines/volume/volume-render';
import { sketchVolume } from '../pipelines/volume/volume-sketch';
import type { GeneratorConfig, RenderingConfig } from './config';
import { readGeneratorConfig, type TensorDirectory, tensorPrefix } from './generator-config';
import { LoadedModel } from './loaded-model';
import { mapping } from './mapping';
import { ParameterStore, type TrainableParameters } from './parameters';
import type { SuperResolutionStyles } from './super-resolution';
import { wireSuperResolutionStyles } from './super-resolution-stage';
import { type SynthesisNoise, synthesis } from './synthesis';

/** A generator on a device: its configuration and its parameters. */
export class Generator<Host extends TensorHost = Gpu> extends LoadedModel<GeneratorConfig, Host> {
  /**
   * Reads the configuration; parameters are uploaded when a stage first asks for them.
   * @throws ModelConfigError
   */
  static create<Host extends TensorHost>(
    host: Host,
    checkpoint: Checkpoint,
    trainable: TrainableParameters = {},
  ): Generator<Host> {
    const store = new ParameterStore(host, checkpoint, trainable);
    return new Generator(host, readGeneratorConfig(checkpoint), store, tensorPrefix(checkpoint));
  }

  /**
   * A generator of which only the sizes are of interest: all its parameters are 1, if the host wants values at all.
   * @param head of its file, which tells what is stored as halves. Default: nothing
   */
  static withoutFile<Host extends TensorHost>(
    host: Host,
    config: GeneratorConfig,
    head?: TensorDirectory,
  ): Generator<Host> {
    return new Generator(host, config, new ParameterStore(host, undefined, { head }), head ? tensorPrefix(head) : '');
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
export function wireMapping(plan: PlanBuilder, generator: Generator<TensorHost>, batch: number): MappingStage {
  const { host, config } = generator;
  const { mapping: mappingConfig, conditioning, camera } = config;
  const numWs = mappingConfig.numWs ?? 1;
  const z = plan.tensor('z', [batch, mappingConfig.zDim]);
  const label = plan.tensor('conditioning label', [batch, Math.max(1, mappingConfig.cDim)]);
  const truncation = plan.tensor('truncation', [2]);
  const parameters = generator.parameters('backbone.mapping.');
  const c = mappingConfig.cDim > 0 ? label : undefined;
  const ws = plan.keep(mapping(plan, parameters, mappingConfig, { z, c, truncation }));
  const frontal = orbitLabel({ ...camera, yaw: 0, pitch: 0 });
  return {
    ws,
    write(inputs) {
      writeTensor(host, z, inputs.z);
      writeTensor(host, truncation, [inputs.psi, inputs.psiCutoff ?? numWs]);
      if (mappingConfig.cDim === 0) return;
      const given = inputs.conditioning ?? repeatLabel(frontal, batch);
      const factor = conditioning.zeroed ? 0 : conditioning.scale;
      writeTensor(
        host,
        label,
        given.map((value) => value * factor),
      );
    },
  };
}

export interface TriPlaneStage extends FaceVolume {
  readonly superResolutionStyles: SuperResolutionStyles;
}

export interface TriPlaneOptions {
  /** Default: the file's constants. */
  readonly noise?: SynthesisNoise;
  /** The w of the super-resolution, [N, w_dim]. Default: the last of ws, as in the official implementation. */
  readonly superResolutionW?: Tensor;
  /** Whether to make what `fast` rendering reads, too; it is for one face alone. Default: true, where N is 1. */
  readonly sketch?: boolean;
}

/** ws to everything that depends on the face alone. @param ws [N, num_ws, w_dim] */
export function wireTriPlanes(
  plan: PlanBuilder,
  generator: Generator<TensorHost>,
  ws: Tensor,
  { superResolutionW = ws, ...options }: TriPlaneOptions = {},
): TriPlaneStage {
  const volume = wireFaceVolume(plan, generator, ws, options);
  plan.keep(volume.planes);
  return { ...volume, superResolutionStyles: wireSuperResolutionStyles(plan, generator, superResolutionW) };
}

/** ws to what rays are marched through, for rays of the same plan: nothing is kept. @param ws [N, num_ws, w_dim] */
export function wireFaceVolume(
  plan: PlanBuilder,
  generator: Generator<TensorHost>,
  ws: Tensor,
  { noise, sketch = true }: Pick<TriPlaneOptions, 'noise' | 'sketch'> = {},
): FaceVolume {
  const { rendering, backbone } = generator.config;
  const planes = synthesis(plan, generator.parameters('backbone.synthesis.'), backbone, ws, noise);
  const wantsSketch = sketch && planes.shape[0] === 1;
  return {
    planes,
    sketch: wantsSketch
      ? sketchVolume(plan, { planes, decoder: decoderTensor(plan, generator), rendering })
      : undefined,
  };
}

export interface RayMarchStage extends VolumeRendering {
  /** The labels of the last {@link writeCamera}, [N, 25]. */
  readonly camera: CameraLabel;
  /** Hands over the cameras of the next run, [N, 25]. */
  writeCamera(labels: CameraLabel): void;
}

/**
 * Planes and cameras to the feature image and its depth.
 * @param face a {@link TriPlaneStage}, or planes alone for `exact` rendering
 * @param rendering the model's own with what is to differ; `quality` 'fast' renders exactly where `volumeRender` says so
 * @param sampling default: even
 */
export function wireRayMarch(
  plan: PlanBuilder,
  generator: Generator<TensorHost>,
  face: FaceVolume,
  rendering: RenderingConfig & Pick<RenderingOptions, 'quality'>,
  sampling?: RaySampling,
): RayMarchStage {
  const { host, config } = generator;
  const batch = face.planes.shape[0]!;
  const cameras = plan.tensor('camera labels', [batch, LABEL_LENGTH]);
  const marched = volumeRender(plan, {
    ...face,
    decoder: decoderTensor(plan, generator),
    cameras,
    resolution: rendering.neuralResolution,
    rendering,
    sampling,
  });
  for (const tensor of [marched.feature, marched.depth, marched.alpha, marched.depthRange]) plan.keep(tensor);
  let camera = repeatLabel(orbitLabel({ ...config.camera, yaw: 0, pitch: 0 }), batch);
  writeTensor(host, cameras, camera);
  return {
    ...marched,
    get camera() {
      return camera;
    },
    writeCamera(labels) {
      camera = labels;
      writeTensor(host, cameras, labels);
    },
  };
}

/**
 * Density and colour features anywhere in the scene, for meshes and volumes.
 * @param points [N, M, 3] in scene units; outside the box the planes count as zero
 */
export function wireDensityAtPoints(
  plan: PlanBuilder,
  generator: Generator<TensorHost>,
  planes: Tensor,
  points: Tensor,
): DecodedPoints {
  const decoder = decoderTensor(plan, generator);
  const { sigma, colours } = evaluatePoints(plan, { planes, points, decoder, rendering: generator.config.rendering });
  return { sigma: plan.keep(sigma), colours: plan.keep(colours) };
}

export interface DensityGridStage {
  /** Adds the densities of some layers to a plan that runs after the stage's own: [layers, N, N] as z, y, x, before softplus. */
  wireLayers(plan: PlanBuilder, layers: GridRange): Tensor;
}

/**
 * Densities in the middle of the N^3 voxels that fill the box, some layers at a time; what all layers share becomes part of `plan`.
 * @param planes [1, R, R, 3 * 32] of one face
 * @param resolution N
 */
export function wireDensityGrid(
  plan: PlanBuilder,
  generator: Generator<TensorHost>,
  planes: Tensor,
  resolution: number,
): DensityGridStage {
  const decoder = plan.keep(decoderTensor(plan, generator)); // which the plans of the layers read
  const inputs = { planes, decoder, rendering: generator.config.rendering, resolution };
  const front = plan.keep(projectFront(plan, inputs));
  return { wireLayers: (layersPlan, layers) => layersPlan.keep(densityLayers(layersPlan, inputs, front, layers)) };
}

function decoderTensor(plan: PlanBuilder, generator: Generator<TensorHost>): Tensor {
  const { rendering } = generator.config;
  const { planeChannels, decoderHiddenWidth: hidden, decoderOutputs: outputs, decoderLrMultiplier } = rendering;
  const arrays = <T>(read: (name: string, shape: readonly number[]) => T) => ({
    hiddenWeight: read('0.weight', [hidden, planeChannels]),
    hiddenBias: read('0.bias', [hidden]),
    outputWeight: read('2.weight', [1 + outputs, hidden]),
    outputBias: read('2.bias', [1 + outputs]),
  });
  return generator.parameters('decoder.net.').derived(plan, 'packed', {
    shape: [packedDecoderLength(rendering)],
    from: ['0.weight', '0.bias', '2.weight', '2.bias'],
    values: (floats) => packDecoder(arrays(floats), rendering, decoderLrMultiplier),
    onDevice: (masters) => packDecoderTensors(plan, arrays(masters), rendering, decoderLrMultiplier),
  });
}

/** One label for each of `count` rows. */
export function repeatLabel(label: CameraLabel, count: number): Float32Array {
  const labels = new Float32Array(label.length * count);
  for (let row = 0; row < count; row++) labels.set(label, row * label.length);
  return labels;
}
