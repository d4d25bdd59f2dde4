/** Pictures of a student that learns. They have plans of their own, which share nothing with those of steps. */
import type { CameraLabel } from '../../camera/conventions';
import type { Gpu } from '../../gpu/device';
import { type Plan, PlanBuilder } from '../../gpu/plan';
import { readTensor } from '../../gpu/tensor';
import { type Generator, wireMapping } from '../../models/generator';
import type { Student } from '../../models/student';
import { selectRows } from '../../pipelines/dense/select-rows';
import type { RunPlan } from '../loops/learner';
import type { StudentSettings } from './settings';
import { type StudentPictures, wireStudentPictures } from './step-plans';
import { type CodedView, drawnFace, type TaughtView } from './teacher';

interface BuiltPictures {
  readonly plan: Plan;
  readonly pictures: StudentPictures;
}

export class StudentViews {
  /** Of any face, between steps. */
  #any: BuiltPictures | undefined;
  /** Of one face, at any time: it comes from no other plan. */
  #one: BuiltPictures | undefined;

  constructor(
    private readonly gpu: Gpu,
    private readonly student: Student,
    private readonly generator: Generator,
    private readonly settings: StudentSettings,
  ) {}

  /** What the student makes of a code from a camera. */
  async pictures(view: CodedView, run: RunPlan): Promise<Pick<TaughtView, 'image' | 'feature'>> {
    this.#any ??= await this.#build();
    const { plan, pictures } = this.#any;
    pictures.write([view]);
    await run(plan);
    const [image, feature] = await Promise.all([
      readTensor(this.gpu, pictures.image),
      readTensor(this.gpu, pictures.feature),
    ]);
    return { image, feature };
  }

  /** One face of those that are never learnt from, from a camera: [S, S, 3]. */
  async picture(camera: CameraLabel, run: RunPlan): Promise<Float32Array> {
    this.#one ??= await this.#buildOne();
    const { plan, pictures } = this.#one;
    pictures.writeCameras([camera]);
    await run(plan);
    return readTensor(this.gpu, pictures.image);
  }

  destroy(): void {
    this.#any?.plan.destroy();
    this.#one?.plan.destroy();
  }

  async #build(): Promise<BuiltPictures> {
    const builder = new PlanBuilder(this.gpu, 'student pictures');
    const pictures = wireStudentPictures(builder, this.student, 1);
    return { plan: await builder.build(), pictures };
  }

  async #buildOne(): Promise<BuiltPictures> {
    const builder = new PlanBuilder(this.gpu, 'student view');
    const mapping = wireMapping(builder, this.generator, 1);
    const pictures = wireStudentPictures(builder, this.student, 1, selectRows(builder, mapping.ws, [0]));
    mapping.write({ z: drawnFace(this.settings, this.generator.config, 'held-out', 0).z, psi: 1 });
    return { plan: await builder.build(), pictures };
  }
}
