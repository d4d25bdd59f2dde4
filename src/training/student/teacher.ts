/**
 * The generator as a teacher: codes of faces, and what volume rendering makes of them from a few cameras. On a processor that takes longer than to learn
 * from it, so a face is rendered from all its cameras when it is first drawn, and kept (on the processor: 176 KB a view of 32 x 32 rays): the first steps
 * are slow, and later ones as quick as the student. What a face looks like, and where it is seen from, depends on its number and the run's seed alone, so
 * nothing of that has to be in a checkpoint: a run that goes on renders anew what it draws.
 *
 * w is made for the frontal camera, as it is on the page: a head that turns there does not change its code.
 */
import type { CameraLabel } from '../../camera/conventions';
import { orbitLabel } from '../../camera/orbit-pose';
import type { Gpu } from '../../gpu/device';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { buildTogether } from '../../gpu/plans-together';
import type { ScratchPool } from '../../gpu/scratch-pool';
import { readTensor, type Tensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import type { GeneratorConfig } from '../../models/config';
import {
  type Generator,
  type MappingStage,
  type RayMarchStage,
  wireMapping,
  wireRayMarch,
  wireTriPlanes,
} from '../../models/generator';
import { NumpyRandomState } from '../../models/numpy-random';
import type { StudentConfig } from '../../models/student-config';
import { wireSuperResolution } from '../../models/super-resolution-stage';
import type { RunPlan } from '../loops/learner';
import type { StudentSettings } from './settings';

/** A face from a camera, as the generator has it. */
export interface TaughtView {
  /** [w_dim] */
  readonly w: Float32Array;
  readonly camera: CameraLabel;
  /** [R, R, 32]; the first three channels are the small picture. */
  readonly feature: Float32Array;
  /** [S, S, 3] */
  readonly image: Float32Array;
}

/** The same before it is rendered. */
export type CodedView = Pick<TaughtView, 'w' | 'camera'>;

/** Which faces: those that are learnt from, or others, which never are. */
export type FaceKind = 'learnt' | 'held-out';

/** Tell their random numbers apart, and those from all other draws of a run. */
const STREAMS = { learnt: 101, 'held-out': 102 } as const;
const RADIANS = Math.PI / 180;

/** Plans of the generator, wired. */
export interface WiredTeacher {
  readonly builders: { readonly mapping: PlanBuilder; readonly planes: PlanBuilder; readonly view: PlanBuilder };
  readonly mapping: MappingStage;
  readonly rays: RayMarchStage;
  readonly image: Tensor;
}

/** @param student whose picture has the size that the generator is to make, too */
export function wireTeacher(
  generator: Generator<TensorHost>,
  student: StudentConfig,
  { neuralResolution, depthSamples, importanceSamples }: StudentSettings,
  pool: ScratchPool,
): WiredTeacher {
  const plan = (stage: string) => new PlanBuilder(generator.host, stage, { pool });
  const builders = { mapping: plan('teacher mapping'), planes: plan('teacher planes'), view: plan('teacher view') };
  const mapping = wireMapping(builders.mapping, generator, 1);
  const face = wireTriPlanes(builders.planes, generator, mapping.ws, { sketch: false });
  const rendering = { ...generator.config.rendering, neuralResolution, depthSamples, importanceSamples };
  const rays = wireRayMarch(builders.view, generator, { planes: face.planes }, rendering);
  const sized = {
    config: { superResolution: student.superResolution },
    parameters: (network: string) => generator.parameters(network),
  };
  const image = wireSuperResolution(builders.view, sized, face.superResolutionStyles, rays.feature);
  return { builders, mapping, rays, image };
}

/** A face by its number, and where it is seen from. */
export interface DrawnFace {
  /** [z_dim] */
  readonly z: Float32Array;
  readonly cameras: readonly CameraLabel[];
}

/** @throws SeedError */
export function drawnFace(
  settings: StudentSettings,
  generator: GeneratorConfig,
  kind: FaceKind,
  face: number,
): DrawnFace {
  const random = new NumpyRandomState([settings.seed, face, STREAMS[kind]]);
  const z = Float32Array.from(random.randn(generator.mapping.zDim));
  const within = ([low, high]: readonly [number, number]) => (low + (high - low) * random.rand(1)[0]!) * RADIANS;
  const cameras = Array.from({ length: settings.viewsPerFace }, () => {
    const yaw = within(settings.views.yaw);
    return orbitLabel({ ...generator.camera, yaw, pitch: within(settings.views.pitch) });
  });
  return { z, cameras };
}

export class Teacher {
  readonly #codes = new Map<string, Float32Array>();
  readonly #faces = new Map<string, readonly TaughtView[]>();

  private constructor(
    private readonly gpu: Gpu,
    private readonly generator: Generator,
    private readonly settings: StudentSettings,
    private readonly wired: WiredTeacher,
    private readonly plans: Record<keyof WiredTeacher['builders'], Plan>,
  ) {}

  /** @throws BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays allocated then */
  static async create(
    gpu: Gpu,
    generator: Generator,
    student: StudentConfig,
    settings: StudentSettings,
    pool: ScratchPool,
  ): Promise<Teacher> {
    const wired = wireTeacher(generator, student, settings, pool);
    return new Teacher(gpu, generator, settings, wired, await buildTogether(wired.builders));
  }

  /** A face and a camera of it. */
  async code(face: number, view: number, run: RunPlan): Promise<CodedView> {
    const { z, cameras } = drawnFace(this.settings, this.generator.config, 'learnt', face);
    return { w: await this.#wOf(`learnt ${face}`, z, run), camera: cameras[view]! };
  }

  /** A face from one of its cameras. */
  async view(kind: FaceKind, face: number, view: number, run: RunPlan): Promise<TaughtView> {
    const name = `${kind} ${face}`;
    const known = this.#faces.get(name);
    if (known) return known[view]!;
    const { z, cameras } = drawnFace(this.settings, this.generator.config, kind, face);
    const isKept = kind === 'held-out' || this.settings.faces > 0;
    const views = await this.#render(z, isKept ? cameras : [cameras[view]!], run);
    if (!isKept) return views[0]!;
    this.#faces.set(name, views);
    return views[view]!;
  }

  destroy(): void {
    for (const plan of Object.values(this.plans)) plan.destroy();
  }

  async #wOf(name: string, z: Float32Array, run: RunPlan): Promise<Float32Array> {
    const known = this.#codes.get(name);
    if (known) return known;
    const w = await this.#map(z, run);
    if (this.settings.faces > 0) this.#codes.set(name, w);
    return w;
  }

  /** @returns w, which all layers have: nothing is truncated */
  async #map(z: Float32Array, run: RunPlan): Promise<Float32Array> {
    const { mapping } = this.wired;
    mapping.write({ z, psi: 1 });
    await run(this.plans.mapping);
    return (await readTensor(this.gpu, mapping.ws)).slice(0, this.generator.config.mapping.wDim);
  }

  async #render(z: Float32Array, cameras: readonly CameraLabel[], run: RunPlan): Promise<TaughtView[]> {
    const { rays, image } = this.wired;
    const w = await this.#map(z, run);
    await run(this.plans.planes);
    const views: TaughtView[] = [];
    for (const camera of cameras) {
      rays.writeCamera(camera);
      await run(this.plans.view);
      const [feature, picture] = await Promise.all([readTensor(this.gpu, rays.feature), readTensor(this.gpu, image)]);
      views.push({ w, camera, feature, image: picture });
    }
    return views;
  }
}
