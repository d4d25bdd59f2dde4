/**
 * The convolutional renderer: a student network makes the feature image from ws and the camera, and the super-resolution enlarges it
 * (NeRF-GAN distillation, Fig. 2). Nothing of a camera can be kept for the next one: turning runs the student's mapping, synthesis and
 * super-resolution anew, and only the styles of the super-resolution stay for a face. It knows no depth, and alpha only where its training
 * taught it (`alphaFeature`).
 *
 * Its network has one size, so its quality ladder has two levels: with super-resolution and without.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { buildTogether } from '../gpu/plans-together';
import type { Recorder } from '../gpu/recorder';
import { readTensor } from '../gpu/tensor';
import { expectStudentFits, type Student } from '../models/student';
import type { PresentSource } from '../pipelines/pictures/present';
import type { FaceLatents } from './face-latents';
import { encodeWork, type FrameDue, type FrameRenderer, type FrameWork, type PictureKind } from './frame-renderer';
import { readCutOut } from './pictures/read-cut-out';
import type { Detail, FrameLevel } from './quality';
import { type WiredStudent, wireStudent } from './wiring';

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
  #isEnlarged = true;
  /** The face of which the styles are. */
  #version: number | undefined;
  #mappingDue = true;
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
    const wired = wireStudent(student, latents.pool, latents, latents.generator.config);
    return new ConvolutionalRenderer(latents, student, wired, await buildTogether(wired.builders));
  }

  get levels(): readonly [FrameLevel, FrameLevel] {
    const side = this.student.config.neuralResolution;
    const feature = { side, settings: undefined };
    return [
      { ...feature, isEnlarged: true },
      { ...feature, isEnlarged: false },
    ];
  }

  get picture(): PresentSource {
    return this.pictureOf(this.#wanted[0]);
  }

  /** Anything but 'raw' is the picture: there is no depth here, and no density. */
  pictureOf(kind: PictureKind): PresentSource {
    const { image, cutOut } = this.#isImage(kind) ? this.wired.enlarged : this.wired.raw;
    return { kind: 'rgb', image, cutOut };
  }

  get due(): FrameDue {
    const face = this.#version !== this.latents.version;
    return { face, view: face || this.#mappingDue || this.#featureDue || (this.#imageDue && this.#wantsImage) };
  }

  setCamera(label: CameraLabel): void {
    this.wired.mapping.writeCamera(label);
    this.#mappingDue = true;
  }

  /** There is nothing to make ready. */
  async prepare(): Promise<void> {}

  /** There is one arithmetic alone. */
  async prepareQuality(): Promise<void> {}

  setWanted(...kinds: readonly [PictureKind, ...PictureKind[]]): void {
    this.#wanted = kinds;
  }

  setDetail(detail: Detail): void {
    this.#isEnlarged = typeof detail === 'string' || detail === 0;
  }

  plansOf(level: number, kinds: readonly PictureKind[]): readonly Plan[] {
    const { mapping, synthesis, superResolution } = this.plans;
    return level === 0 && kinds.includes('image') ? [mapping, synthesis, superResolution] : [mapping, synthesis];
  }

  nextWork(): FrameWork | undefined {
    const { styles, mapping, synthesis, superResolution } = this.plans;
    const { version } = this.latents;
    if (this.#version !== version) return { plan: styles, done: () => this.#hasFace(version) };
    if (this.#mappingDue) return { plan: mapping, done: () => this.#hasMapped() };
    if (this.#featureDue) return { plan: synthesis, done: () => this.#hasFeature() };
    if (this.#imageDue && this.#wantsImage) return { plan: superResolution, done: () => this.#hasImage() };
    return undefined;
  }

  encode(recorder: Recorder): void {
    encodeWork(this, recorder);
  }

  async readImage(): Promise<Float32Array> {
    return readTensor(this.student.host, this.wired.enlarged.image);
  }

  async readCutOut(): Promise<Float32Array | undefined> {
    return readCutOut(this.latents, this.wired.enlarged);
  }

  /** Reads back what the last frame left on the device. Encode and submit a full frame of the kind 'image' before. */
  async read(): Promise<StudentArrays> {
    const { mapping, feature, enlarged } = this.wired;
    const [ws, studentWs, features, picture] = await Promise.all(
      [this.latents.ws, mapping.ws, feature, enlarged.image].map((tensor) => readTensor(this.student.host, tensor)),
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
    return this.#isEnlarged && kind !== 'raw';
  }

  #hasFace(version: number): void {
    this.#version = version;
    this.#mappingDue = true;
  }

  #hasMapped(): void {
    this.#mappingDue = false;
    this.#featureDue = true;
  }

  #hasFeature(): void {
    this.#featureDue = false;
    this.#imageDue = true;
  }

  #hasImage(): void {
    this.#imageDue = false;
  }
}
