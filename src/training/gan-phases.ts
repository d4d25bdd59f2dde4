/**
 * The four phases of a step of EG3D's training (section 4.4 and the supplement), each as the loss of a plan of its own. Which networks learn is the
 * caller's business: it asks the tape for the gradients of their parameters (`descend`).
 *
 *   Gmain  the generator's pictures are to look real: softplus(-logit)
 *   Greg   its density is to be smooth: |density at a point - density nearby|
 *   Dmain  generated pictures are to be told from real ones: softplus(logit) + softplus(-logit)
 *   Dreg   the discriminator is to be flat around real pictures: R1
 *
 * The draws of each phase come in the official implementation's order, so that its numbers can be put in their place.
 */
import { LABEL_LENGTH } from '../camera/conventions';
import type { PlanBuilder } from '../gpu/plan';
import type { Tape } from '../gpu/tape';
import { elementCount, type Tensor, writeTensor } from '../gpu/tensor';
import type { TensorHost } from '../gpu/tensor-host';
import { discriminator } from '../models/discriminator';
import { type DiscriminatorConfig, LAST_SIDE } from '../models/discriminator-config';
import { type Generator, wireDensityAtPoints, wireTriPlanes } from '../models/generator';
import type { ParameterScope } from '../models/parameters';
import { add } from '../pipelines/dense/add';
import { biasAct } from '../pipelines/dense/bias-act';
import { scaled } from '../pipelines/dense/multiply';
import { concatenate, slice } from '../pipelines/dense/window';
import { startTape } from '../pipelines/gradients';
import { l1Loss, logisticLoss } from '../pipelines/reduction/losses';
import { r1Penalty } from '../pipelines/reduction/r1-penalty';
import { filteredResizing } from '../pipelines/resampling/resize';
import { blurRadius, gaussianBlur } from '../pipelines/resampling/upfirdn2d';
import { type DrawSource, Draws } from './draws';
import { type AugmentationSet, type DualPictures, wireAugmentation } from './gan/augmentation';
import {
  followAverageW,
  type GeneratedInputs,
  type GeneratedSettings,
  noiseDraws,
  wireConditioned,
  wireGenerated,
} from './gan/generated';

export interface GanNetworks {
  readonly generator: Generator<TensorHost>;
  readonly discriminator: { readonly config: DiscriminatorConfig; readonly parameters: ParameterScope };
}

/** What a plan is wired for. Another resolution is another plan. */
export interface GanPhaseSettings extends GeneratedSettings {
  /** Deviation of the blur of what the discriminator sees, in pixels; 0 for none. One that fades from run to run: `blurTaps`, [1, taps]. */
  readonly blurSigma: number | Tensor;
  /** What is done to pictures before the discriminator sees them, generated and real ones alike. Default: nothing. */
  readonly augmentation?: AugmentationSet | undefined;
  /** Weight of R1 (gamma). */
  readonly r1Weight: number;
  /** Weight of the density regularisation, and how far its points lie apart. */
  readonly densityWeight: number;
  readonly densityDistance: number;
}

/** What a step of training is given. */
export interface GanBatch extends GeneratedInputs {
  /** How probable each transformation of the augmentation is. Default: 0. */
  readonly augmentProbability?: number | undefined;
  /** [N, S, S, 3], -1..1, with their labels [N, 25]. */
  readonly realImages: ArrayLike<number>;
  readonly realCameras: ArrayLike<number>;
}

/** A loss, wired. */
export interface GanPhase {
  readonly tape: Tape;
  /** [1]: the mean over the batch. */
  readonly loss: Tensor;
  /** [N, 1] each, where the phase has them. */
  readonly fakeLogits?: Tensor | undefined;
  readonly realLogits?: Tensor | undefined;
  /** Parameters whose gradient is 0 throughout but counts as one, as `descend` has it. Default: none. */
  readonly isFlat?: ((name: string) => boolean) | undefined;
  /** Hands over what the next run needs. */
  write(batch: GanBatch, source: DrawSource): void;
}

/** Points at which the density of each sample is compared with that nearby. */
const DENSITY_POINTS = 1000;

const LAST_BIAS = `b${LAST_SIDE}.out.bias`;

/** Whether training changes a parameter, by its name in the official layout; all else is noise, filters and averages. */
export function isLearned(name: string): boolean {
  return /\.(weight|bias|noise_strength)$|(^|\.)b4\.const$/.test(name);
}

export function wireGmain(plan: PlanBuilder, networks: GanNetworks, settings: GanPhaseSettings): GanPhase {
  const tape = startTape(plan);
  const generated = wireGenerated(plan, networks.generator, settings);
  const cameras = plan.tensor('cameras', [settings.batch, LABEL_LENGTH]);
  const seen = wireSeen(plan, settings, generated);
  const draws = new Draws(plan);
  const fakeLogits = wireLogits(plan, networks, seen, cameras, draws);
  return {
    tape,
    loss: logisticLoss(plan, fakeLogits, true),
    fakeLogits,
    write(batch, source) {
      generated.write(batch, source);
      seen.write(batch, source);
      draws.write(plan.host, source);
      writeTensor(plan.host, cameras, batch.cameras);
    },
  };
}

/** Its points fill [-1, 1]^3 whatever the size of the box is, as the official implementation has it. */
export function wireGreg(plan: PlanBuilder, { generator }: GanNetworks, settings: GanPhaseSettings): GanPhase {
  const { batch, densityWeight, densityDistance } = settings;
  const tape = startTape(plan);
  const draws = new Draws(plan);
  const conditioned = wireConditioned(plan, generator, batch, draws, 1);
  const uniform = draws.rand('points', [batch, DENSITY_POINTS, 3]);
  const points = biasAct(plan, uniform, plan.constant('middle', [3], [-0.5, -0.5, -0.5]), { gain: 2 });
  const offsets = scaled(plan, draws.randn('offsets', points.shape), densityDistance);
  draws.onProcessor('randn', 2 * elementCount(points.shape)); // viewing directions, which no decoder reads
  const { planes } = wireTriPlanes(plan, generator, conditioned.ws, {
    noise: noiseDraws(generator, batch, draws),
    sketch: false,
  });
  const both = concatenate(plan, [points, add(plan, points, offsets)], 1);
  const { sigma } = wireDensityAtPoints(plan, generator, planes, both);
  const [here, nearby] = [0, DENSITY_POINTS].map((start) => slice(plan, sigma, 1, start, DENSITY_POINTS));
  return {
    tape,
    loss: scaled(plan, l1Loss(plan, here!, nearby!), densityWeight),
    write: conditioned.write,
  };
}

export function wireDmain(plan: PlanBuilder, networks: GanNetworks, settings: GanPhaseSettings): GanPhase {
  // The pictures are taken as given: they come before the tape.
  const generated = wireGenerated(plan, networks.generator, settings);
  const cameras = plan.tensor('cameras', [settings.batch, LABEL_LENGTH]);
  const real = wireReal(plan, networks, settings);
  followAverageW(plan, networks.generator, generated.ws);
  const seen = { fake: wireSeen(plan, settings, generated), real: wireSeen(plan, settings, real) };
  const tape = startTape(plan);
  const draws = new Draws(plan);
  const fakeLogits = wireLogits(plan, networks, seen.fake, cameras, draws);
  const realLogits = wireLogits(plan, networks, seen.real, real.cameras, draws);
  return {
    tape,
    loss: add(plan, logisticLoss(plan, fakeLogits, false), logisticLoss(plan, realLogits, true)),
    fakeLogits,
    realLogits,
    write(batch, source) {
      generated.write(batch, source);
      seen.fake.write(batch, source);
      seen.real.write(batch, source);
      draws.write(plan.host, source);
      writeTensor(plan.host, cameras, batch.cameras);
      real.write(batch);
    },
  };
}

/**
 * R1 is taken with respect to what the discriminator sees, behind blur and augmentation, as the official implementation does.
 *
 * A bias behind the last operation that is curved moves the kinks of leaky ReLUs alone: the slope of the logits does not change with it, so it has no
 * gradient on the tape. PyTorch hands out zeros there, but for the last bias, which nothing follows.
 */
export function wireDreg(plan: PlanBuilder, networks: GanNetworks, settings: GanPhaseSettings): GanPhase {
  const real = wireReal(plan, networks, settings);
  const seen = wireSeen(plan, settings, real);
  const tape = startTape(plan); // so that the small picture does not count as made of the large one
  const draws = new Draws(plan);
  const realLogits = wireLogits(plan, networks, seen, real.cameras, draws);
  return {
    tape,
    loss: r1Penalty(plan, tape, realLogits, [seen.image, seen.imageRaw], settings.r1Weight),
    realLogits,
    isFlat: (name) => !name.endsWith(LAST_BIAS),
    write(batch, source) {
      real.write(batch);
      seen.write(batch, source);
      draws.write(plan.host, source);
    },
  };
}

/** Pictures as the discriminator sees them. */
function wireSeen(
  plan: PlanBuilder,
  { blurSigma, augmentation = 'none' }: GanPhaseSettings,
  { image, imageRaw }: DualPictures,
): DualPictures & Pick<GanPhase, 'write'> {
  const pictures = { image: blurred(plan, image, blurSigma), imageRaw };
  const { write, ...augmented } = wireAugmentation(plan, pictures, augmentation);
  return { ...augmented, write: ({ augmentProbability = 0 }, source) => write(source, augmentProbability) };
}

/** @param draws are asked for the noise on the labels, if the discriminator has it */
function wireLogits(
  plan: PlanBuilder,
  { discriminator: { config, parameters } }: GanNetworks,
  { image, imageRaw }: DualPictures,
  cameras: Tensor,
  draws: Draws,
): Tensor {
  const labelNoise = config.labelNoise > 0 ? draws.randn('noise on labels', cameras.shape) : undefined;
  return plan.keep(discriminator(plan, parameters, config, { image, imageRaw, c: cameras, labelNoise }));
}

/** As long as a pixel's width is nothing to it, a blur is none. */
function blurred(plan: PlanBuilder, image: Tensor, sigma: number | Tensor): Tensor {
  return typeof sigma !== 'number' || blurRadius(sigma) > 0 ? gaussianBlur(plan, image, sigma) : image;
}

/** Real pictures, and their small versions as a rendering would have them. */
function wireReal(plan: PlanBuilder, { discriminator: { config } }: GanNetworks, settings: GanPhaseSettings) {
  const { resolution, imageChannels } = config;
  const { batch, neuralResolution, blurSigma } = settings;
  const image = plan.tensor('real images', [batch, resolution, resolution, imageChannels]);
  const cameras = plan.tensor('real cameras', [batch, LABEL_LENGTH]);
  const small = filteredResizing(plan, image, neuralResolution, 'antialiased');
  return {
    image,
    imageRaw: blurred(plan, small, blurSigma),
    cameras,
    write({ realImages, realCameras }: GanBatch): void {
      writeTensor(plan.host, image, realImages);
      writeTensor(plan.host, cameras, realCameras);
    },
  };
}
