/**
 * The convolutional renderer: a student network makes the feature image from ws and the camera, and the super-resolution enlarges it
 * (NeRF-GAN distillation, Fig. 2). Nothing of a camera can be kept for the next one: turning runs the student's mapping, synthesis and
 * super-resolution anew, and only the styles of the super-resolution stay for a face. It knows no depth.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { buildTogether } from '../gpu/plans-together';
import type { Recorder } from '../gpu/recorder';
import { readTensor } from '../gpu/tensor';
import { expectStudentFits, type Student } from '../models/student';
import type { PresentSource } from '../pipelines/present';
import type { FaceLatents } from './face-latents';
import type { FrameDue, FrameRenderer, PictureKind } from './frame-renderer';
import { type WiredStudent, wireStudent } from './renderer-wiring';

/** What one rendering gives, as arrays without padding, channels last. */
export interface StudentArrays {
  /** Of the generator, [num_ws, w_dim] */
  readonly ws: Float32Array;
  /** Of the student, [its num_ws, w_dim] */
  readonly studentWs: Float32Array;
  /** [r, r, 32], about -1 to 1 */
  readonly feature: Float32Array;
  /** [S, S, 3], about -1 to 1 */
  readonly image: Float32Array;
}

export class ConvolutionalRenderer implements FrameRenderer {
  readonly kind = 'convolutional';
  #wanted: readonly [PictureKind, ...PictureKind[]] = ['image'];
  #isPreview = false;
  /** The face of which the styles are. */
  #version: number | undefined;
  #featureDue = true;
  #imageDue = true;

  private constructor(
    private readonly latents: FaceLatents,
    private readonly student: Student,
    private readonly wired: WiredStudent,
    private readonly plans: { readonly [Name in keyof WiredStudent['builders']]: Plan },
  ) {}

  /**
   * Compiles all kernels and allocates all buffers for one face and one camera at a time.
   * @throws ModelConfigError for a student of another w; BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays
   * allocated then
   */
  static async create(latents: FaceLatents, student: Student): Promise<ConvolutionalRenderer> {
    expectStudentFits(student.config, latents.generator.config);
    const wired = wireStudent(student, latents.pool, latents);
    return new ConvolutionalRenderer(latents, student, wired, await buildTogether(wired.builders));
  }

  get picture(): PresentSource {
    return this.pictureOf(this.#wanted[0]);
  }

  /** Anything but 'raw' is the picture: there is no depth here, and no density. */
  pictureOf(kind: PictureKind): PresentSource {
    return { kind: 'rgb', image: this.#isImage(kind) ? this.wired.image : this.wired.feature };
  }

  get due(): FrameDue {
    const face = this.#version !== this.latents.version;
    return { face, view: face || this.#featureDue || (this.#imageDue && this.#wantsImage) };
  }

  setCamera(label: CameraLabel): void {
    this.wired.mapping.writeCamera(label);
    this.#featureDue = true;
  }

  /** There is nothing to make ready. */
  async prepare(): Promise<void> {}

  setWanted(...kinds: readonly [PictureKind, ...PictureKind[]]): void {
    this.#wanted = kinds;
  }

  /** The quick frame leaves the super-resolution out. */
  setPreview(isPreview: boolean): void {
    this.#isPreview = isPreview;
  }

  encode(recorder: Recorder): void {
    if (this.#version !== this.latents.version) {
      recorder.run(this.plans.styles);
      this.#version = this.latents.version;
      this.#featureDue = true;
    }
    if (this.#featureDue) {
      recorder.run(this.plans.mapping);
      recorder.run(this.plans.synthesis);
      this.#featureDue = false;
      this.#imageDue = true;
    }
    if (this.#imageDue && this.#wantsImage) {
      recorder.run(this.plans.superResolution);
      this.#imageDue = false;
    }
  }

  async readImage(): Promise<Float32Array> {
    return readTensor(this.student.host, this.wired.image);
  }

  /** Reads back what the last frame left on the device. Encode and submit a full frame of the kind 'image' before. */
  async read(): Promise<StudentArrays> {
    const { mapping, feature, image } = this.wired;
    const [ws, studentWs, features, picture] = await Promise.all(
      [this.latents.ws, mapping.ws, feature, image].map((tensor) => readTensor(this.student.host, tensor)),
    );
    return { ws: ws!, studentWs: studentWs!, feature: features!, image: picture! };
  }

  destroy(): void {
    for (const plan of Object.values(this.plans)) plan.destroy();
  }

  get #wantsImage(): boolean {
    return this.#wanted.some((kind) => this.#isImage(kind));
  }

  #isImage(kind: PictureKind): boolean {
    return !this.#isPreview && kind !== 'raw';
  }
}
