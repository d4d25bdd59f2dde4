/**
 * Distils a student (Shahbazi et al. 2023, "NeRF-GAN Distillation for Efficient 3D-Aware Generation with Convolutions"): the open generator shows what it
 * makes of a code from a camera, and a convolutional network learns to make the same (student/step-plans.ts has the losses, student/settings.ts what
 * decides a run). What comes out is a student's file.
 *
 * Where the losses have a discriminator, real pictures are those of a source and, for a share of them (alpha), renderings of the generator; without a
 * source, renderings alone.
 */
import type { CameraLabel } from '../../camera/conventions';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import { MemorySurvey } from '../../gpu/memory-survey';
import { PlanBuilder } from '../../gpu/plan';
import { reserveTogether } from '../../gpu/plans-together';
import { ScratchPool } from '../../gpu/scratch-pool';
import { writeTensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import type { GeneratorConfig } from '../../models/config';
import { Generator } from '../../models/generator';
import type { StudentConfig } from '../../models/student-config';
import { TrainingDataError, TrainingSizeError } from '../data/errors';
import type { TrainingPictures } from '../data/training-pictures';
import { type DrawSource, stepDraws } from '../draws';
import { networkFile, zeros } from '../gan/initial-weights';
import { averageShare } from '../schedule';
import { likeness, STUDENT_FIGURES } from '../student/figures';
import { freshStudent, studentConfigOf, studentMetadata, studentTensors } from '../student/network';
import { needsPerceptual, type OpenedStudent, openStudentNetworks } from '../student/networks';
import { isTaught, R1_INTERVAL, type StudentSettings } from '../student/settings';
import { Stages, stagesOf, studentStage, wireStage } from '../student/stages';
import { type RealPicture, wireStudentPictures } from '../student/step-plans';
import { studentFile } from '../student/student-file';
import { StudentViews } from '../student/student-views';
import { type CodedView, type TaughtView, Teacher, wireTeacher } from '../student/teacher';
import type { TrainingPosition, TrainingState } from '../training-checkpoint';
import type { StepMemory } from '../training-step';
import type { Figures, Learner, LearntFile, LearntPicture, RunPlan, SampleRow } from './learner';

/** What a run is given beside its settings. */
export interface StudentInputs {
  /** The generator's file. */
  readonly teacher: Checkpoint;
  /** Of that file, for the student's; without it the page cannot tell whose student it is. */
  readonly teacherSha256?: string | undefined;
  /** The perceptual network's (models/perceptual.ts); needed where the losses look through it. */
  readonly perceptual?: Checkpoint | undefined;
  /** Real pictures for the discriminator, as large as the student's. */
  readonly pictures?: TrainingPictures | undefined;
}

/** What `position` counts, told apart where a step draws. */
const DRAWS = { learnt: 0, fakes: 1, reals: 2 } as const;

/** Never learnt from: what is measured, and which of it is shown, each from the first two cameras. */
const MEASURED_FACES = 8;
const SHOWN_FACES = 4;
const CAMERAS = 2;
/** Numbers of faces where none is kept. */
const MANY_FACES = 2 ** 31;
/** Half-life of the average in parts of the images so far, at most. */
const AVERAGE_RAMP_UP = 0.05;

/** A student that learns. */
export interface StudentLearner extends Learner {
  readonly kind: 'student';
  readonly config: StudentConfig;
}

/**
 * Tells how much memory distillation takes on a device. What the generator has rendered is kept on the processor and not in it.
 * @throws ModelConfigError
 */
export function surveyStudent(device: DeviceFacts, settings: StudentSettings, teacher: GeneratorConfig): StepMemory {
  const config = studentConfigOf(settings, teacher);
  const survey = new MemorySurvey(device);
  const file = networkFile(studentTensors(config), zeros, studentMetadata(settings, teacher));
  const networks = openStudentNetworks(survey, settings, config, file);
  const generator = Generator.withoutFile(survey, teacher);
  const pool = new ScratchPool(survey);
  const builders = [...Object.values(wireTeacher(generator, config, settings, pool).builders)];
  for (const stage of stagesOf(settings)) {
    const builder = new PlanBuilder(survey, stage, { pool });
    wireStage(builder, stage, networks, settings);
    builders.push(builder);
  }
  const shown = [0, 1].map(() => new PlanBuilder(survey, 'student picture'));
  for (const builder of shown) wireStudentPictures(builder, networks.average, 1);
  reserveTogether(builders);
  for (const builder of shown) builder.reserve();
  return { bytes: survey.bytesInUse, largest: survey.largest };
}

/**
 * Opens the generator and a student at its beginning.
 * @throws ModelConfigError for sizes that do not fit each other; TrainingDataError, TrainingSizeError for pictures that do not; MissingTensorError,
 * CheckpointTensorError, BufferLimitError and the like
 */
export async function createStudentLearner(
  gpu: Gpu,
  settings: StudentSettings,
  inputs: StudentInputs,
): Promise<StudentLearner> {
  const generator = Generator.create(gpu, inputs.teacher);
  const config = studentConfigOf(settings, generator.config);
  expectInputsFit(settings, config, inputs);
  const begun = freshStudent(settings, config, inputs.teacher);
  const networks = openStudentNetworks(gpu, settings, config, begun, inputs.perceptual);
  const pool = new ScratchPool(gpu);
  try {
    const teacher = await Teacher.create(gpu, generator, config, settings, pool);
    return new Distillation(gpu, settings, inputs, { generator, config, begun, networks, teacher, pool });
  } catch (error) {
    networks.destroy();
    generator.destroy();
    throw error;
  }
}

function expectInputsFit(settings: StudentSettings, { imageResolution }: StudentConfig, inputs: StudentInputs): void {
  if (needsPerceptual(settings) && !inputs.perceptual) {
    throw new TrainingDataError(
      'The losses compare pictures through the perceptual network, and its file is not here.',
      'Hand it over, or set the weights of the perceptual losses to 0.',
      undefined,
      undefined,
    );
  }
  const { pictures } = inputs;
  if (pictures && pictures.side !== imageResolution) {
    const message = `The real pictures are ${pictures.side} x ${pictures.side}, the student’s are ${imageResolution} x ${imageResolution}.`;
    throw new TrainingSizeError(message, 'Read them in the size of the student’s.', pictures.side, imageResolution);
  }
}

type DrawnView = readonly [face: number, view: number];

interface Opened {
  readonly generator: Generator;
  readonly config: StudentConfig;
  readonly begun: Checkpoint;
  readonly networks: OpenedStudent<Gpu>;
  readonly teacher: Teacher;
  readonly pool: ScratchPool;
}

class Distillation implements StudentLearner {
  readonly kind = 'student';
  readonly figureKinds = STUDENT_FIGURES;
  readonly state: TrainingState;
  readonly imagesPerStep: number;
  rateFactor = 1;
  readonly #stages: Stages;
  readonly #views: StudentViews;

  constructor(
    readonly gpu: Gpu,
    private readonly settings: StudentSettings,
    private readonly inputs: StudentInputs,
    private readonly opened: Opened,
  ) {
    const { networks, pool } = opened;
    const { student, discriminator } = networks.groups;
    this.state = { networks: networks.kept, groups: discriminator ? [student, discriminator] : [student] };
    this.imagesPerStep = settings.batch;
    this.#stages = new Stages(gpu, networks, settings, pool);
    this.#views = new StudentViews(gpu, networks.average, opened.generator, settings);
  }

  get config(): StudentConfig {
    return this.opened.config;
  }

  async step(position: TrainingPosition, run: RunPlan): Promise<Figures> {
    const { settings } = this;
    const { seed, step, images } = position;
    const { student, averageShare: share } = this.opened.networks.groups;
    const stage = studentStage(settings, images);
    const drawn = this.#drawn(step, stepDraws(seed, step, DRAWS.learnt));
    const taught = isTaught(settings) ? await this.#taught(drawn, run) : undefined;
    const coded = taught ?? (await this.#coded(drawn, run));
    student.setRate(settings.rate * this.rateFactor);
    writeTensor(this.gpu, share, [
      averageShare(settings.batch, settings.averageImages, images + settings.batch, AVERAGE_RAMP_UP),
    ]);
    const figures = await this.#stages.run(stage, { coded, taught }, run);
    student.countUpdate();
    for (const parameter of this.opened.networks.groups.averages) parameter.countUpdate();
    return stage === 'both' ? { ...figures, ...(await this.#discriminate(position, run)) } : figures;
  }

  async measure(_position: TrainingPosition, run: RunPlan): Promise<Figures> {
    const sums = { psnr: 0, psnrLow: 0 };
    for (let face = 0; face < MEASURED_FACES; face++) {
      for (let camera = 0; camera < CAMERAS; camera++) {
        const taught = await this.#heldOut(face, camera, run);
        const found = likeness(await this.#views.pictures(taught, run), taught, this.config.neuralResolution);
        sums.psnr += found.psnr;
        sums.psnrLow += found.psnrLow;
      }
    }
    const count = MEASURED_FACES * CAMERAS;
    return { psnr: sums.psnr / count, psnrLow: sums.psnrLow / count };
  }

  async render(camera: CameraLabel, run: RunPlan): Promise<LearntPicture> {
    return this.#learntPicture(await this.#views.picture(camera, run));
  }

  async samples(_position: TrainingPosition, run: RunPlan): Promise<readonly SampleRow[]> {
    const taught: LearntPicture[] = [];
    const made: LearntPicture[] = [];
    for (let face = 0; face < SHOWN_FACES; face++) {
      for (let camera = 0; camera < CAMERAS; camera++) {
        const view = await this.#heldOut(face, camera, run);
        taught.push(this.#learntPicture(view.image));
        made.push(this.#learntPicture((await this.#views.pictures(view, run)).image));
      }
    }
    return [
      { label: 'Generator', pictures: taught },
      { label: 'Student', pictures: made },
    ];
  }

  async result(): Promise<LearntFile> {
    const { generator, begun, networks } = this.opened;
    const { settings } = this;
    const { teacherSha256 } = this.inputs;
    const metadata = studentMetadata(settings, generator.config, { teacherSha256, training: settings });
    return { name: 'student.safetensors', bytes: await studentFile(this.gpu, begun, networks.kept.S_ema!, metadata) };
  }

  destroy(): void {
    this.#views.destroy();
    this.#stages.destroy();
    this.opened.teacher.destroy();
    this.opened.networks.destroy();
    this.opened.generator.destroy();
  }

  /** The discriminator's part of a step. */
  async #discriminate({ seed, step }: TrainingPosition, run: RunPlan): Promise<Figures> {
    const group = this.opened.networks.groups.discriminator!;
    group.setRate(group.settings.rate * this.rateFactor);
    const coded = await this.#coded(this.#drawn(step, stepDraws(seed, step, DRAWS.fakes)), run);
    const real = await this.#real(step, stepDraws(seed, step, DRAWS.reals), run);
    const figures = await this.#stages.run('Dmain', { coded, real }, run);
    group.countUpdate();
    if (step % R1_INTERVAL !== 0) return figures;
    const flatness = await this.#stages.run('R1', { coded, real }, run);
    group.countUpdate();
    return { ...figures, ...flatness };
  }

  /** Numbers of faces and of their cameras. In the beginning of a run one face more is there to be drawn in each step. */
  #drawn(step: number, draws: DrawSource): DrawnView[] {
    const { batch, faces, viewsPerFace } = this.settings;
    const there = faces === 0 ? MANY_FACES : Math.min(faces, batch + step);
    const [ofFaces, ofViews] = [draws.rand(batch), draws.rand(batch)];
    return Array.from({ length: batch }, (_, sample) => [
      Math.floor(ofFaces[sample]! * there),
      Math.floor(ofViews[sample]! * viewsPerFace),
    ]);
  }

  async #coded(drawn: readonly DrawnView[], run: RunPlan): Promise<CodedView[]> {
    const views: CodedView[] = [];
    for (const [face, view] of drawn) views.push(await this.opened.teacher.code(face, view, run));
    return views;
  }

  async #taught(drawn: readonly DrawnView[], run: RunPlan): Promise<TaughtView[]> {
    const views: TaughtView[] = [];
    for (const [face, view] of drawn) views.push(await this.opened.teacher.view('learnt', face, view, run));
    return views;
  }

  /** Renderings of the generator, and for some of them others in their place. */
  async #real(step: number, draws: DrawSource, run: RunPlan): Promise<RealPicture[]> {
    const { batch, renderedShare } = this.settings;
    const { pictures } = this.inputs;
    const drawn = this.#drawn(step, draws);
    const [decisions, choices] = [draws.rand(batch), draws.rand(batch)];
    const real: RealPicture[] = [];
    for (const [sample, [face, view]] of drawn.entries()) {
      if (!pictures || decisions[sample]! < renderedShare) {
        real.push(await this.opened.teacher.view('learnt', face, view, run));
        continue;
      }
      const { rgb, label } = pictures.picture(Math.floor(choices[sample]! * pictures.count));
      real.push({ image: rgb, camera: label });
    }
    return real;
  }

  #heldOut(face: number, camera: number, run: RunPlan): Promise<TaughtView> {
    return this.opened.teacher.view('held-out', face, camera % this.settings.viewsPerFace, run);
  }

  #learntPicture(rgb: Float32Array): LearntPicture {
    const { imageResolution } = this.config;
    return { width: imageResolution, height: imageResolution, rgb };
  }
}
