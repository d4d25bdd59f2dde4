/**
 * Trains a generator (EG3D, section 4): Gmain and Dmain in each step, their regularisations in some, then the moving average of the generator, which is
 * what is shown, measured and handed out.
 *
 * A step is a function of the settings, the pictures, the run's seed and the step's number, and of what `state` keeps.
 */
import { type CameraLabel, LABEL_LENGTH } from '../../camera/conventions';
import { orbitLabel } from '../../camera/orbit-pose';
import { writeSafetensors } from '../../checkpoints/safetensors';
import type { Gpu } from '../../gpu/device';
import { MemorySurvey } from '../../gpu/memory-survey';
import { reserveTogether } from '../../gpu/plans-together';
import { readTensor, writeTensor } from '../../gpu/tensor';
import type { DeviceFacts, TensorHost } from '../../gpu/tensor-host';
import { repeatLabel } from '../../models/generator';
import { generatorConfigJson } from '../../models/generator-config-json';
import { NumpyRandomState } from '../../models/numpy-random';
import type { Parameter } from '../../models/parameters';
import { PerceptualNetwork } from '../../models/perceptual';
import { blurRadius } from '../../pipelines/resampling/upfirdn2d';
import { TrainingSizeError } from '../data/errors';
import { type TrainingPictures, withMirrored } from '../data/training-pictures';
import { AugmentationControl } from '../gan/augmentation-control';
import { Batches } from '../gan/batches';
import { GAN_FIGURES, LOSS_FIGURES, Readings } from '../gan/figures';
import { zeros } from '../gan/initial-weights';
import { GanMeter, wireFeatures } from '../gan/measures';
import { beginnings, type GanStart, type OpenedNetworks, openNetworks } from '../gan/networks';
import { PictureMaker, wirePictures } from '../gan/picture-maker';
import { DISCRIMINATOR_INTERVAL, type GanSettings, GENERATOR_INTERVAL } from '../gan/settings';
import { BuiltStep, buildersOf, PHASE_NUMBERS, type StepView, updateOf, wireStep } from '../gan/step-plans';
import { ganTrouble } from '../gan/trouble';
import { ParameterGroup, withLazyRegularisation } from '../parameter-group';
import { averageShare, scheduledValues } from '../schedule';
import type { TrainingPosition, TrainingState } from '../training-checkpoint';
import type { StepMemory } from '../training-step';
import type { Figures, Learner, LearntFile, LearntPicture, RunPlan, SampleRow } from './learner';

export { GAN_PRESETS, type GanSettings } from '../gan/settings';

export interface GanInputs {
  /** Of the generator's side. */
  readonly pictures: TrainingPictures;
  /** What to go on from. Default: from scratch. */
  readonly start?: GanStart | undefined;
  /** Whose features the Fréchet distance is of; without it nothing is measured. The caller frees it. */
  readonly perceptual?: PerceptualNetwork | undefined;
}

/** How Adam learns, in both networks: no momentum (StyleGAN2). */
const ADAM = { betas: [0, 0.99], epsilon: 1e-8 } as const;

/** Pictures that are made at once for samples and measurements. */
const SAMPLES = 8;
/** Samples of all runs have the same codes. */
const SAMPLE_SEED = 34;
/** How far the turned face is turned, in radians to both sides. */
const LARGEST_YAW = 0.6;

/**
 * Opens networks and wires the first plans.
 * @throws TrainingSizeError for pictures of another side; MissingTensorError, CheckpointTensorError for a start that does not fit; BufferLimitError
 */
export async function createGanLearner(gpu: Gpu, settings: GanSettings, inputs: GanInputs): Promise<GanLearner> {
  const { imageResolution: side } = settings.generator;
  if (inputs.pictures.side !== side) {
    const message = `The pictures are ${inputs.pictures.side} pixels wide; the generator makes ${side}.`;
    throw new TrainingSizeError(message, 'Decode them at the side of the preset.', inputs.pictures.side, side);
  }
  const networks = openNetworks(gpu, settings, beginnings(settings, inputs.start));
  const learner = new GanLearner(gpu, settings, inputs, networks);
  try {
    await learner.open();
  } catch (error) {
    learner.destroy();
    throw error;
  }
  return learner;
}

/** How much memory a run takes on a device, at its largest: with the plans of a step, and of the pictures that are shown and measured. */
export function surveyGan(device: DeviceFacts, settings: GanSettings): StepMemory {
  const survey = new MemorySurvey(device);
  const networks = openNetworks(survey, settings, { generator: zeros, discriminator: zeros });
  const neuralResolution = Math.max(settings.schedule.firstResolution, settings.schedule.lastResolution);
  const view = { neuralResolution, isBlurred: settings.schedule.blurImages > 0 };
  const step = wireStep(survey, settings, networks, groupsOf(survey, settings, networks), view);
  reserveTogether(Object.values(buildersOf(step)));
  for (const batch of [1, SAMPLES]) wirePictures(survey, networks.average, batch).builder.reserve();
  const { imageResolution: side } = settings.generator;
  wireFeatures(survey, PerceptualNetwork.withoutFile(survey), side, SAMPLES).builder.reserve();
  return { bytes: survey.bytesInUse, largest: survey.largest };
}

function groupsOf(host: TensorHost, settings: GanSettings, { learned }: OpenedNetworks<TensorHost>) {
  const { generatorRate, discriminatorRate } = settings;
  const group = (name: 'G' | 'D', rate: number, interval: number) =>
    new ParameterGroup(host, name, learned[name], withLazyRegularisation({ ...ADAM, rate }, interval));
  return {
    G: group('G', generatorRate, GENERATOR_INTERVAL),
    D: group('D', discriminatorRate, DISCRIMINATOR_INTERVAL),
  };
}

export class GanLearner implements Learner {
  readonly kind = 'gan';
  readonly state: TrainingState;
  readonly imagesPerStep: number;
  readonly figureKinds = GAN_FIGURES;
  rateFactor = 1;
  readonly #groups: Readonly<Record<'G' | 'D', ParameterGroup>>;
  readonly #control: AugmentationControl | undefined;
  readonly #pictures: TrainingPictures;
  readonly #batches: Batches;
  #step: BuiltStep | undefined;
  #portrait: PictureMaker | undefined;
  #maker: PictureMaker | undefined;
  #meter: GanMeter | undefined;
  #position: TrainingPosition = { seed: 0, step: 0, images: 0 };
  #bestVariety = 0;

  /** Use {@link createGanLearner}. */
  constructor(
    readonly gpu: Gpu,
    readonly settings: GanSettings,
    private readonly inputs: GanInputs,
    private readonly networks: OpenedNetworks<Gpu>,
  ) {
    this.#groups = groupsOf(gpu, settings, networks);
    this.#control = settings.augmentation === 'none' ? undefined : new AugmentationControl(gpu);
    this.#pictures = settings.isMirrored ? withMirrored(inputs.pictures) : inputs.pictures;
    this.#batches = new Batches(this.#pictures, settings.generator.mapping.zDim, settings.batch);
    this.imagesPerStep = settings.batch;
    this.state = {
      networks: networks.kept,
      groups: Object.values(this.#groups),
      tensors: this.#control && { augmentation: this.#control.tensor },
    };
  }

  /** Makes the plans for pictures. */
  async open(): Promise<void> {
    const { average, generator } = this.networks;
    this.#portrait = await PictureMaker.build(this.gpu, average, 1);
    this.#maker = await PictureMaker.build(this.gpu, average, SAMPLES);
    const { perceptual } = this.inputs;
    if (!perceptual) return;
    const { zDim } = generator.config.mapping;
    this.#meter = await GanMeter.build(perceptual, this.#pictures, { zDim, batch: SAMPLES });
  }

  async step(position: TrainingPosition, run: RunPlan): Promise<Figures> {
    const { settings } = this;
    const { resolution, swapProbability, blurSigma } = scheduledValues(settings.schedule, position.images);
    const step = await this.#stepFor({ neuralResolution: resolution, isBlurred: blurRadius(blurSigma) > 0 });
    step.wired.setBlur(blurSigma);
    for (const group of Object.values(this.#groups)) group.setRate(group.settings.rate * this.rateFactor);
    const count = settings.batch / settings.microBatches;
    const readings = new Readings(this.gpu);
    const due = step.wired.phases.filter(({ interval }) => position.step % interval === 0);
    for (const { name, phase, group, update } of due) {
      const { loss, fakeLogits, realLogits } = phase;
      for (let part = 0; part < settings.microBatches; part++) {
        const { batch, source } = this.#batches.draw(position, { phase: PHASE_NUMBERS[name], part, count });
        phase.write({ ...batch, swapProbability, augmentProbability: this.#control?.probability }, source);
        await run(step.plans[name]!);
        readings.begin(name, loss);
        if (name !== 'Dmain') continue;
        readings.begin('fakeLogit', fakeLogits!);
        readings.begin('realLogit', realLogits!);
      }
      if (update) await run(step.plans[updateOf(name)]!);
      group.countUpdate();
    }
    const { averageImages, averageRampUp } = settings;
    const images = averageRampUp === undefined ? undefined : position.images;
    writeTensor(this.gpu, step.wired.averageShare, [
      averageShare(settings.batch, averageImages, images, averageRampUp),
    ]);
    await run(step.plans.average!);
    for (const parameter of this.networks.kept.G_ema) parameter.countUpdate();
    const counts = await Promise.all(Object.values(this.#groups).map((group) => group.readCounts(this.gpu)));
    const figures: Record<string, number> = { faults: counts.reduce((sum, { faults }) => sum + faults, 0) };
    for (const { name } of due) figures[LOSS_FIGURES[name]] = await readings.mean(name);
    for (const name of ['fakeLogit', 'realLogit']) figures[name] = await readings.mean(name);
    this.#control?.observe(await readings.all('realLogit'));
    if (this.#control) figures.augmentation = this.#control.probability;
    const { seed, step: number, images: seen } = position;
    this.#position = { seed, step: number + 1, images: seen + settings.batch };
    return figures;
  }

  async measure(_: TrainingPosition, run: RunPlan): Promise<Figures> {
    const measured = await this.#meter?.measure(this.#maker!, run);
    if (!measured) return {};
    return { ...measured };
  }

  trouble(figures: Figures): 'not-finite' | 'collapse' | undefined {
    const trouble = ganTrouble(figures, this.#bestVariety);
    if (!trouble) this.#bestVariety = Math.max(this.#bestVariety, figures.variety ?? 0);
    return trouble;
  }

  async restored(position: TrainingPosition): Promise<void> {
    this.#position = position;
    await this.#control?.restore();
  }

  async render(camera: CameraLabel, run: RunPlan): Promise<LearntPicture> {
    const { zDim } = this.settings.generator.mapping;
    const z = Float32Array.from(new NumpyRandomState(SAMPLE_SEED).randn(zDim));
    await this.#portrait!.make({ z, cameras: camera }, run);
    return (await this.#portrait!.read())[0]!;
  }

  async samples(_: TrainingPosition, run: RunPlan): Promise<readonly SampleRow[]> {
    const { mapping, camera } = this.settings.generator;
    const { side, count } = this.inputs.pictures;
    const indices = Array.from({ length: SAMPLES }, (__, at) => Math.floor((at * count) / SAMPLES));
    const reals = indices.map((index) => this.inputs.pictures.picture(index));
    const z = Float32Array.from(new NumpyRandomState(SAMPLE_SEED).randn(SAMPLES * mapping.zDim));
    const cameras = flattened(reals.map(({ label }) => label));
    await this.#maker!.make({ z, cameras, conditioning: cameras }, run);
    const fakes = await this.#maker!.read();
    const turned = indices.map((__, at) =>
      orbitLabel({ ...camera, yaw: LARGEST_YAW * ((2 * at) / (SAMPLES - 1) - 1), pitch: 0 }),
    );
    await this.#maker!.make({ z: repeatLabel(z.subarray(0, mapping.zDim), SAMPLES), cameras: flattened(turned) }, run);
    return [
      { label: 'Real pictures', pictures: reals.map(({ rgb }) => ({ width: side, height: side, rgb })) },
      { label: 'Generated, from the same cameras', pictures: fakes },
      { label: 'One of them, turned', pictures: await this.#maker!.read() },
    ];
  }

  /** The averaged generator. */
  result(): Promise<LearntFile> {
    const config = generatorConfigJson(this.settings.generator);
    return this.#file('generator', this.networks.kept.G_ema, { format: 'eg3d-generator', config });
  }

  /** The discriminator, with the official names: a transfer goes on from both. */
  discriminator(): Promise<LearntFile> {
    const config = JSON.stringify(this.settings.discriminator);
    return this.#file('discriminator', this.networks.kept.D, { format: 'eg3d-discriminator', config });
  }

  destroy(): void {
    for (const one of [this.#step, this.#portrait, this.#maker, this.#meter, this.#control]) one?.destroy();
    for (const group of Object.values(this.#groups)) group.destroy();
    this.networks.destroy();
  }

  async #stepFor(view: StepView): Promise<BuiltStep> {
    const known = this.#step?.wired.view;
    if (this.#step && known?.neuralResolution === view.neuralResolution && known.isBlurred === view.isBlurred) {
      return this.#step;
    }
    this.#step?.destroy();
    this.#step = undefined;
    this.#step = await BuiltStep.build(wireStep(this.gpu, this.settings, this.networks, this.#groups, view));
    return this.#step;
  }

  async #file(name: string, parameters: readonly Parameter[], metadata: Record<string, string>): Promise<LearntFile> {
    const tensors = [];
    for (const { name: tensor, shape, master } of parameters) {
      tensors.push({ name: tensor, shape, data: await readTensor(this.gpu, master) });
    }
    const { step, images } = this.#position;
    const training = JSON.stringify({ step, images });
    return { name: `${name}.safetensors`, bytes: writeSafetensors(tensors, { ...metadata, training }) };
  }
}

function flattened(labels: readonly CameraLabel[]): Float32Array {
  const flat = new Float32Array(labels.length * LABEL_LENGTH);
  labels.forEach((label, row) => {
    flat.set(label, row * LABEL_LENGTH);
  });
  return flat;
}
