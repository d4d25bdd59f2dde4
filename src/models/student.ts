/**
 * The convolutional student (NeRF-GAN distillation, section 3.2 and Fig. 2): a StyleGAN network that makes from the generator's w and a
 * camera what volume rendering would have made.
 *
 *   the generator's ws --styles--> styles of the super-resolution          once a face
 *   the generator's ws, camera --mapping--> ws' --synthesis--> feature image
 *   feature image, styles --super-resolution--> picture                    each camera
 *
 * It was trained with one w for all layers. A face whose layers have different w (mixed, edited in some layers, truncated up to a cutoff)
 * goes through it layer by layer: layer k of the student takes w' of the w that the generator's layer of the same place has. Blends so act
 * before the student, on w, and style mixing inside it, on w' (section 4.8); where all layers agree it is the student as trained.
 */
import { type CameraLabel, LABEL_LENGTH } from '../camera/conventions';
import type { Checkpoint } from '../checkpoints/checkpoint';
import type { Gpu } from '../gpu/device';
import type { PlanBuilder } from '../gpu/plan';
import { reshaped, type Tensor, writeTensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import { selectRows } from '../pipelines/dense/select-rows';
import type { GeneratorConfig } from './config';
import { ModelConfigError } from './config-fields';
import { repeatLabel } from './generator';
import { LoadedModel } from './loaded-model';
import { mapping } from './mapping';
import { ParameterStore, type TrainableParameters } from './parameters';
import { type FeatureNetworkConfig, readStudentConfig, type StudentConfig } from './student-config';
import { stylegan3NumWs } from './stylegan3/geometry';
import { stylegan3Synthesis } from './stylegan3/synthesis';
import { synthesis, synthesisNumWs } from './synthesis';

/** A student on a device: its configuration and its parameters. */
export class Student<Host extends TensorHost = Gpu> extends LoadedModel<StudentConfig, Host> {
  /**
   * Reads the configuration; parameters are uploaded when a stage first asks for them.
   * @throws ModelConfigError
   */
  static create<Host extends TensorHost>(
    host: Host,
    checkpoint: Checkpoint,
    trainable: TrainableParameters = {},
  ): Student<Host> {
    return new Student(host, readStudentConfig(checkpoint), new ParameterStore(host, checkpoint, trainable), '');
  }

  /** A student of which only the sizes are of interest. */
  static withoutFile<Host extends TensorHost>(host: Host, config: StudentConfig): Student<Host> {
    return new Student(host, config, new ParameterStore(host), '');
  }
}

/** A student can only stand in for a generator with the same w. @throws ModelConfigError */
export function expectStudentFits(student: StudentConfig, generator: GeneratorConfig): void {
  const { wDim } = student.mapping;
  if (wDim === generator.mapping.wDim) return;
  throw new ModelConfigError(
    'w_dim',
    wDim,
    `the generator on screen has a w of ${generator.mapping.wDim} numbers`,
    'Open the generator that this student was distilled from, then the student again.',
  );
}

/** Number of w' that the feature network takes. */
export function studentNumWs({ kind, synthesis: config }: FeatureNetworkConfig): number {
  return kind === 'stylegan2' ? synthesisNumWs(config) : stylegan3NumWs(config);
}

/**
 * For each layer of the student, the layer of the generator that has its place. StyleGAN2 networks both begin at 4 x 4 and double, so that
 * equal numbers have equal sides; the layers of StyleGAN3 are spread evenly.
 */
export function teacherLayers(features: FeatureNetworkConfig, teacherNumWs: number): number[] {
  const count = studentNumWs(features);
  const last = teacherNumWs - 1;
  const place = (layer: number) =>
    features.kind === 'stylegan2' ? Math.min(layer, last) : Math.round((layer * last) / Math.max(1, count - 1));
  return Array.from({ length: count }, (_, layer) => place(layer));
}

export interface StudentMappingStage {
  /** [N, student's num_ws, w_dim] */
  readonly ws: Tensor;
  /** The labels of the last {@link writeCamera}; undefined before the first. */
  readonly camera: CameraLabel | undefined;
  /** Hands over the camera of the next run, [25], the same for the whole batch. */
  writeCamera(label: CameraLabel): void;
}

/** The generator's ws and a camera to ws'. @param ws [N, num_ws, w_dim] of the generator */
export function wireStudentMapping(plan: PlanBuilder, student: Student<TensorHost>, ws: Tensor): StudentMappingStage {
  const { host, config } = student;
  const [batch, teacherNumWs, wDim] = ws.shape;
  const layers = teacherLayers(config.features, teacherNumWs!);
  const rows = batch! * layers.length;
  const label = plan.tensor('camera labels', [rows, LABEL_LENGTH]);
  const z = selectRows(plan, ws, layers);
  const mapped = mapping(plan, student.parameters('mapping.'), config.mapping, { z, c: label });
  let camera: CameraLabel | undefined;
  return {
    ws: reshaped(plan.keep(mapped), [batch!, layers.length, wDim!]),
    get camera() {
      return camera;
    },
    writeCamera(given) {
      camera = given;
      writeTensor(host, label, repeatLabel(given, rows));
    },
  };
}

/** ws' to the feature image, [N, R, R, 32]; its first three channels are the low-resolution picture. */
export function wireStudentSynthesis(plan: PlanBuilder, student: Student<TensorHost>, ws: Tensor): Tensor {
  const parameters = student.parameters('synthesis.');
  const { features } = student.config;
  const feature =
    features.kind === 'stylegan2'
      ? synthesis(plan, parameters, features.synthesis, ws)
      : stylegan3Synthesis(plan, parameters, features.synthesis, ws);
  return plan.keep(feature);
}
