/**
 * Fits a scene (EG3D, section 3): a field is learnt from pictures with cameras by rendering some of their pixels in each step. What is held out is never
 * learnt from, and is what PSNR and SSIM are measured on.
 *
 * A step is a function of the settings, the pictures, the run's seed and the step's number, and of what `state` keeps: parameters, Adam's memory, and the
 * grid of where the scene is.
 */
import { type CameraLabel, camToWorldOf, intrinsicsOf } from '../../camera/conventions';
import { parseSafetensors, writeSafetensors } from '../../checkpoints/safetensors';
import type { Gpu } from '../../gpu/device';
import { MemorySurvey } from '../../gpu/memory-survey';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { readTensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import { stepDraws } from '../draws';
import { psnr, ssim } from '../measures/picture-likeness';
import type { ParameterGroup } from '../parameter-group';
import { carvedOccupancy } from '../scene/carving';
import { BOX_SIDE } from '../scene/scene-field';
import { type OpenScene, openScene, writeScene } from '../scene/scene-file';
import type { ScenePicture, ScenePictures } from '../scene/scene-pictures';
import { sceneGroups, scheduledStep, type WiredStep, wireSceneStep } from '../scene/scene-plans';
import { drawnRays } from '../scene/scene-rays';
import { SceneRenderer, wireSceneViews } from '../scene/scene-renderer';
import { checkSceneSettings, firstTensors, type SceneSettings } from '../scene/scene-settings';
import type { TrainingPosition, TrainingState } from '../training-checkpoint';
import type { StepMemory } from '../training-step';
import type { FigureKind, Figures, Learner, LearntFile, LearntPicture, RunPlan, SampleRow } from './learner';

export { SCENE_PRESETS, type SceneSettings } from '../scene/scene-settings';

/** Held-out views that are shown. */
const SHOWN_VIEWS = 4;

const FIGURES: readonly FigureKind[] = [
  { name: 'psnr', label: 'PSNR, held out', unit: 'dB', better: 'higher', chart: 'psnr' },
  { name: 'ssim', label: 'SSIM, held out', better: 'higher', chart: 'ssim' },
  { name: 'loss', label: 'Mean squared error of rays', better: 'lower', chart: 'loss' },
  { name: 'rays', label: 'Rays of a step', chart: 'rays' },
  { name: 'faults', label: 'Gradients that were no numbers, in all', better: 'lower', chart: 'faults' },
];

/** @throws SceneSettingError, BufferLimitError, KernelCompileError */
export async function createSceneLearner(
  gpu: Gpu,
  settings: SceneSettings,
  pictures: ScenePictures,
): Promise<SceneLearner> {
  checkSceneSettings(settings);
  const { side, first } = settings.occupancy;
  const occupancy = { name: 'occupancy', shape: [side, side, side], data: carvedOccupancy(pictures, side, first) };
  const file = writeSafetensors([...firstTensors(settings), occupancy]);
  const scene = openScene(gpu, settings, parseSafetensors(file));
  const learner = new SceneLearner(gpu, settings, pictures, scene);
  try {
    await learner.open();
  } catch (error) {
    learner.destroy();
    throw error;
  }
  return learner;
}

/** How much memory learning takes on a device, with the plans for pictures. @throws SceneSettingError, BufferLimitError */
export function surveyScene(device: DeviceFacts, settings: SceneSettings): StepMemory {
  checkSceneSettings(settings);
  const survey = new MemorySurvey(device);
  const scene = openScene(survey, settings);
  const step = new PlanBuilder(survey, 'scene step');
  wireSceneStep(step, scene, sceneGroups(survey, scene.trainable, settings), settings);
  const { rays, points } = wireSceneViews(survey, scene, settings);
  for (const builder of [step, rays.plan, points.plan]) builder.reserve();
  return { bytes: survey.bytesInUse, largest: survey.largest };
}

export class SceneLearner implements Learner {
  readonly kind = 'scene';
  readonly state: TrainingState;
  readonly imagesPerStep = 1;
  readonly figureKinds = FIGURES;
  rateFactor = 1;
  readonly #groups: readonly ParameterGroup[];
  #step: { readonly wired: WiredStep; readonly plan: Plan } | undefined;
  #renderer: SceneRenderer | undefined;
  #nextStep = 0;

  /** Use {@link createSceneLearner}. */
  constructor(
    readonly gpu: Gpu,
    readonly settings: SceneSettings,
    private readonly pictures: ScenePictures,
    private readonly scene: OpenScene,
  ) {
    this.#groups = sceneGroups(gpu, scene.trainable, settings);
    this.state = {
      networks: { scene: scene.trainable },
      groups: this.#groups,
      tensors: { occupancy: scene.occupancy },
    };
  }

  /** Makes the plans. */
  async open(): Promise<void> {
    const builder = new PlanBuilder(this.gpu, 'scene step');
    const wired = wireSceneStep(builder, this.scene, this.#groups, this.settings);
    this.#step = { wired, plan: await builder.build() };
    this.#renderer = await SceneRenderer.build(this.gpu, this.scene, this.settings);
  }

  /** For who shows or meshes the scene. */
  get renderer(): SceneRenderer {
    return this.#renderer!;
  }

  async step({ seed, step }: TrainingPosition, run: RunPlan): Promise<Figures> {
    const { gpu, settings } = this;
    const { wired, plan } = this.#step!;
    const { rateShare, threshold } = scheduledStep(settings, step);
    for (const group of this.#groups) group.setRate(group.settings.rate * rateShare * this.rateFactor);
    wired.write(gpu, drawnRays(this.pictures, settings.rays, stepDraws(seed, step)), threshold);
    await run(plan);
    for (const group of this.#groups) group.countUpdate();
    this.#nextStep = step + 1;
    const [loss, rays, ...counts] = await Promise.all([
      readTensor(gpu, wired.loss),
      readTensor(gpu, wired.rays.samples.used),
      ...this.#groups.map((group) => group.readCounts(gpu)),
    ]);
    return { loss: loss[0]!, rays: rays[0]!, faults: counts.reduce((sum, { faults }) => sum + faults, 0) };
  }

  async measure(_: TrainingPosition, run: RunPlan): Promise<Figures> {
    const { heldOut } = this.pictures;
    if (heldOut.length === 0) return {};
    const sums = { psnr: 0, ssim: 0 };
    for (const picture of heldOut) {
      const learnt = await this.#view(picture, run);
      const wanted = Float32Array.from(picture.rgb, (byte) => byte / 255);
      sums.psnr += psnr(learnt, wanted) / heldOut.length;
      sums.ssim += ssim(learnt, wanted, this.pictures) / heldOut.length;
    }
    return sums;
  }

  /** From a camera in the box, at the size of the pictures. */
  async render(camera: CameraLabel, run: RunPlan): Promise<LearntPicture> {
    const view = { camToWorld: Float64Array.from(camToWorldOf(camera)), intrinsics: intrinsicsOf(camera) };
    const { width, height } = this.pictures;
    const rgb = await this.renderer.picture(view, this.pictures, run);
    return { width, height, rgb: rgb.map((value) => 2 * value - 1) };
  }

  async samples(_: TrainingPosition, run: RunPlan): Promise<readonly SampleRow[]> {
    const { heldOut, train, width, height } = this.pictures;
    const of = heldOut.length > 0 ? heldOut : train;
    const count = Math.min(SHOWN_VIEWS, of.length);
    const shown = Array.from({ length: count }, (__, at) => of[Math.floor((at * of.length) / count)]!);
    const learnt: LearntPicture[] = [];
    for (const picture of shown) {
      const rgb = await this.#view(picture, run);
      learnt.push({ width, height, rgb: rgb.map((value) => 2 * value - 1) });
    }
    const real = shown.map(({ rgb }) => ({ width, height, rgb: Float32Array.from(rgb, (byte) => byte / 127.5 - 1) }));
    return [
      { label: heldOut.length > 0 ? 'Held-out views' : 'Views', pictures: real },
      { label: 'Learnt', pictures: learnt },
    ];
  }

  async result(): Promise<LearntFile> {
    const { gpu, settings, pictures, scene } = this;
    const tensors = [];
    for (const { name, shape, master } of scene.trainable) {
      tensors.push({ name, shape, data: await readTensor(gpu, master) });
    }
    const { camToWorld, intrinsics } = pictures.train[0]!.camera;
    const { width, height, normalisation } = pictures;
    const firstView = { width, height, camToWorld: [...camToWorld], intrinsics: Array.from(intrinsics) };
    const facts = { settings, normalisation, boxSide: BOX_SIDE, firstView };
    const occupancy = await readTensor(gpu, scene.occupancy);
    return { name: 'scene.safetensors', bytes: writeScene(facts, tensors, occupancy, this.#nextStep) };
  }

  async restored({ step }: TrainingPosition): Promise<void> {
    this.#nextStep = step;
  }

  destroy(): void {
    this.#step?.plan.destroy();
    this.#renderer?.destroy();
    for (const group of this.#groups) group.destroy();
    this.scene.destroy();
  }

  #view({ camera }: ScenePicture, run: RunPlan): Promise<Float32Array> {
    return this.renderer.picture(camera, this.pictures, run);
  }
}
