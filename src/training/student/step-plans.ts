/**
 * The plans of a step of distillation (NeRF-GAN distillation, section 3.3, equations 1 to 3):
 *
 *   distil       the student's features and pictures are to be the generator's
 *   both         the same, and a discriminator is to take them for real, at a tenth of the weight: the second stage
 *   Dmain, R1    the discriminator learns to tell them from real ones, and to be flat around these
 *
 * Real pictures are small in the way EG3D's are: the large ones, reduced. So the discriminator sees whether a student's two pictures are one.
 */
import { type CameraLabel, LABEL_LENGTH } from '../../camera/conventions';
import type { PlanBuilder } from '../../gpu/plan';
import { reshaped, type Tensor, writeTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import { discriminator } from '../../models/discriminator';
import type { DiscriminatorConfig } from '../../models/discriminator-config';
import { mapping } from '../../models/mapping';
import type { Parameter, ParameterScope } from '../../models/parameters';
import { type PerceptualNetwork, perceptualLoss } from '../../models/perceptual';
import { type Student, studentNumWs, wireStudentSynthesis } from '../../models/student';
import { wireSuperResolution, wireSuperResolutionStyles } from '../../models/super-resolution-stage';
import { add } from '../../pipelines/dense/add';
import { scaled } from '../../pipelines/dense/multiply';
import { selectRows } from '../../pipelines/dense/select-rows';
import { concatenate, slice } from '../../pipelines/dense/window';
import { startTape } from '../../pipelines/gradients';
import { l1Loss, logisticLoss, smoothL1Loss } from '../../pipelines/reduction/losses';
import { r1Penalty } from '../../pipelines/reduction/r1-penalty';
import { mean } from '../../pipelines/reduction/sum-columns';
import { filteredResizing } from '../../pipelines/resampling/resize';
import type { ParameterGroup } from '../parameter-group';
import { descend } from '../training-step';
import { followParameters } from '../weight-average';
import { isTaught, LOSS_SETS, R1_INTERVAL, type StudentSettings } from './settings';
import type { CodedView, TaughtView } from './teacher';

/** Channels of a picture, and those of the feature image that are one. */
const COLOURS = 3;

export interface StudentNetworks {
  readonly student: Student<TensorHost>;
  /** Only where pictures are compared by what they look like. */
  readonly perceptual: PerceptualNetwork<TensorHost> | undefined;
  /** Only where the losses have one. */
  readonly discriminator: { readonly config: DiscriminatorConfig; readonly parameters: ParameterScope } | undefined;
}

export interface StudentGroups {
  readonly student: ParameterGroup;
  readonly discriminator: ParameterGroup | undefined;
  /** Of the moving average. */
  readonly averages: readonly Parameter[];
  /** [1]: share of the student in its average. */
  readonly averageShare: Tensor;
}

/** Pictures that a student makes. */
export interface StudentPictures {
  /** [N, R, R, 32] */
  readonly feature: Tensor;
  /** [N, S, S, 3] */
  readonly image: Tensor;
  /** [N, 25] */
  readonly cameras: Tensor;
  /** Hands over the codes and cameras of the next run. */
  write(views: readonly CodedView[]): void;
  /** Cameras alone: the codes stay. */
  writeCameras(labels: readonly CameraLabel[]): void;
}

/** Of a run, by name: the losses and what else of it is told, [figures]. */
export interface WiredStep {
  readonly names: readonly string[];
  readonly figures: Tensor;
  /** Hands over what the student is to make pictures of. */
  write(views: readonly CodedView[]): void;
}

export interface WiredStudentStep extends WiredStep {
  /** Hands over what the generator has made of the same; undefined where nothing is compared with it. */
  readonly writeTaught: ((views: readonly TaughtView[]) => void) | undefined;
}

/**
 * Codes and cameras to pictures: all layers of the student take the same w'.
 * @param batch N
 * @param given codes, [N, w_dim], which are not to be written then
 */
export function wireStudentPictures(
  plan: PlanBuilder,
  student: Student<TensorHost>,
  batch: number,
  given?: Tensor,
): StudentPictures {
  const { mapping: mappingConfig, features } = student.config;
  const w = given ?? plan.tensor('w', [batch, mappingConfig.zDim]);
  const cameras = plan.tensor('cameras', [batch, LABEL_LENGTH]);
  const mapped = mapping(plan, student.parameters('mapping.'), mappingConfig, { z: w, c: cameras });
  const numWs = studentNumWs(features);
  const repeated = selectRows(plan, reshaped(mapped, [batch, 1, mappingConfig.wDim]), new Array<number>(numWs).fill(0));
  const feature = wireStudentSynthesis(plan, student, reshaped(repeated, [batch, numWs, mappingConfig.wDim]));
  const styles = wireSuperResolutionStyles(plan, student, w);
  const image = wireSuperResolution(plan, student, styles, feature);
  const writeCameras = (labels: readonly CameraLabel[]) => writeTensor(plan.host, cameras, joined(labels));
  return {
    feature,
    image,
    cameras,
    writeCameras,
    write(views) {
      writeTensor(plan.host, w, joined(views.map((view) => view.w)));
      writeCameras(views.map((view) => view.camera));
    },
  };
}

/**
 * A step of the student, with its update and that of its average.
 * @param isAdversarial whether the discriminator is asked
 */
export function wireStudentStep(
  plan: PlanBuilder,
  networks: StudentNetworks,
  groups: StudentGroups,
  settings: StudentSettings,
  isAdversarial: boolean,
): WiredStudentStep {
  const { batch, weights } = settings;
  const tape = startTape(plan);
  const made = wireStudentPictures(plan, networks.student, batch);
  const terms: Term[] = [];
  const taught = isTaught(settings) ? wireTaught(plan, made) : undefined;
  if (taught) terms.push(...reconstruction(plan, networks, settings, made, taught));
  if (isAdversarial) {
    const loss = logisticLoss(plan, wireLogits(plan, networks, made), true);
    terms.push({ name: 'fooling', loss, weight: taught ? weights.adversarial : 1 });
  }
  const sum = terms
    .map(({ loss, weight }) => (weight === 1 ? loss : scaled(plan, loss, weight)))
    .reduce((all, loss) => add(plan, all, loss));
  descend(plan, tape, sum, groups.student);
  followParameters(plan, groups.averages, groups.student.parameters, groups.averageShare);
  return {
    ...figuresOf(plan, { loss: sum, ...Object.fromEntries(terms.map(({ name, loss }) => [name, loss])) }),
    write: made.write,
    writeTaught: taught?.write,
  };
}

/** A picture of which the discriminator is told that it is real: [S, S, 3], and its camera. */
export type RealPicture = Pick<TaughtView, 'image' | 'camera'>;

export interface WiredDiscriminatorStep extends WiredStep {
  /** Hands over the real pictures of the next run. */
  writeReal(pictures: readonly RealPicture[]): void;
}

/** A step of the discriminator: the student's pictures are taken as given. */
export function wireDmain(
  plan: PlanBuilder,
  networks: StudentNetworks,
  groups: StudentGroups,
  settings: StudentSettings,
): WiredDiscriminatorStep {
  const made = wireStudentPictures(plan, networks.student, settings.batch); // before the tape
  const real = wireReal(plan, networks, settings);
  const tape = startTape(plan);
  const fakeLogits = wireLogits(plan, networks, made);
  const realLogits = wireJudged(plan, networks, real);
  const loss = add(plan, logisticLoss(plan, fakeLogits, false), logisticLoss(plan, realLogits, true));
  descend(plan, tape, loss, groups.discriminator!);
  return {
    ...figuresOf(plan, { telling: loss, fakeLogit: mean(plan, fakeLogits), realLogit: mean(plan, realLogits) }),
    write: made.write,
    writeReal: real.write,
  };
}

/** R1, for all the steps in which it does not run. */
export function wireR1(
  plan: PlanBuilder,
  networks: StudentNetworks,
  groups: StudentGroups,
  settings: StudentSettings,
): Pick<WiredDiscriminatorStep, 'names' | 'figures' | 'writeReal'> {
  const real = wireReal(plan, networks, settings);
  const tape = startTape(plan); // so that the small picture does not count as made of the large one
  const logits = wireJudged(plan, networks, real);
  const loss = r1Penalty(plan, tape, logits, [real.image, real.imageRaw], settings.r1Weight);
  // Biases that only move kinks have no gradient on the tape; as in EG3D's phases (gan-phases.ts) zeros are taken of them.
  descend(plan, tape, loss, groups.discriminator!, R1_INTERVAL, (name) => !/(^|\.)b4\.out\.bias$/.test(name));
  return { ...figuresOf(plan, { r1: loss }), writeReal: real.write };
}

/** A loss and what it counts. */
interface Term {
  readonly name: string;
  /** [1] */
  readonly loss: Tensor;
  readonly weight: number;
}

interface Taught {
  readonly feature: Tensor;
  readonly image: Tensor;
  write(views: readonly TaughtView[]): void;
}

/** What the generator has made, as inputs of the plan. */
function wireTaught(plan: PlanBuilder, made: StudentPictures): Taught {
  const feature = plan.tensor('taught features', made.feature.shape);
  const image = plan.tensor('taught pictures', made.image.shape);
  return {
    feature,
    image,
    write(views) {
      writeTensor(plan.host, feature, joined(views.map((view) => view.feature)));
      writeTensor(plan.host, image, joined(views.map((view) => view.image)));
    },
  };
}

/** Equations 1 and 2, and L1 of the small picture, without the terms whose weight is 0. */
function reconstruction(
  plan: PlanBuilder,
  { perceptual }: StudentNetworks,
  { losses, weights }: StudentSettings,
  made: StudentPictures,
  taught: Taught,
): Term[] {
  const { low, high } = LOSS_SETS[losses];
  const lows = low && [made.feature, taught.feature].map((feature) => slice(plan, feature, 3, 0, COLOURS));
  const look = (a: Tensor, b: Tensor) => perceptualLoss(plan, perceptual!, a, b);
  const terms: { name: string; weight: number; wire: () => Tensor }[] = [];
  if (lows) {
    const wire = () => smoothL1Loss(plan, made.feature, taught.feature);
    terms.push({ name: 'features', weight: weights.features, wire });
    terms.push({ name: 'low', weight: weights.low, wire: () => l1Loss(plan, lows[0]!, lows[1]!) });
    terms.push({ name: 'lowPerceptual', weight: weights.lowPerceptual, wire: () => look(lows[0]!, lows[1]!) });
  }
  if (high) {
    terms.push({ name: 'high', weight: weights.high, wire: () => l1Loss(plan, made.image, taught.image) });
    terms.push({ name: 'highPerceptual', weight: weights.highPerceptual, wire: () => look(made.image, taught.image) });
  }
  return terms.filter(({ weight }) => weight > 0).map(({ name, weight, wire }) => ({ name, weight, loss: wire() }));
}

/** What the discriminator looks at. */
interface Judged {
  readonly image: Tensor;
  readonly imageRaw: Tensor;
  readonly cameras: Tensor;
}

/** Real pictures, and their small versions. */
function wireReal(plan: PlanBuilder, { student }: StudentNetworks, { batch }: StudentSettings) {
  const { imageResolution, neuralResolution } = student.config;
  const image = plan.tensor('real pictures', [batch, imageResolution, imageResolution, COLOURS]);
  const cameras = plan.tensor('real cameras', [batch, LABEL_LENGTH]);
  return {
    image,
    imageRaw: filteredResizing(plan, image, neuralResolution, 'antialiased'),
    cameras,
    write(pictures: readonly RealPicture[]) {
      writeTensor(plan.host, image, joined(pictures.map((picture) => picture.image)));
      writeTensor(plan.host, cameras, joined(pictures.map((picture) => picture.camera)));
    },
  };
}

/** [N, 1]: the logits of a student's pictures. */
function wireLogits(
  plan: PlanBuilder,
  networks: StudentNetworks,
  { image, feature, cameras }: StudentPictures,
): Tensor {
  return wireJudged(plan, networks, { image, imageRaw: slice(plan, feature, 3, 0, COLOURS), cameras });
}

function wireJudged(plan: PlanBuilder, { discriminator: network }: StudentNetworks, judged: Judged): Tensor {
  const { config, parameters } = network!;
  return discriminator(plan, parameters, config, { image: judged.image, imageRaw: judged.imageRaw, c: judged.cameras });
}

function figuresOf(plan: PlanBuilder, named: Readonly<Record<string, Tensor>>): Pick<WiredStep, 'names' | 'figures'> {
  return { names: Object.keys(named), figures: plan.keep(concatenate(plan, Object.values(named), 0)) };
}

/** Arrays one behind the other. */
function joined(arrays: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
