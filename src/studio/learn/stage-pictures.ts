/** Pictures of a scene: small ones for the stage, where large ones would keep the hand waiting, and full ones for files. */
import { type CameraLabel, camToWorldOf, intrinsicsOf } from '../../camera/conventions';
import type { LearntPicture, RunPlan } from '../../training/loops/learner';
import type { PictureExtents, SceneRenderer } from '../../training/scene/scene-renderer';

/** Sides of the picture on the stage, in pixels, and what one may take: the largest that is quick enough is taken. */
const SIDES = [24, 32, 48, 64, 96, 128, 192, 256];
/** Of a file: photographs have more pixels than a field has details. */
const MOST_SIDE = 1024;
const MILLISECONDS = { most: 600, least: 120 };

export class StagePictures {
  /** In `SIDES`: what is quick enough, and what was drawn last. */
  #at = 0;
  #last = 0;
  #isFiner = false;
  #files = 0;

  /** @param full size of the pictures that were learnt from */
  constructor(
    private readonly renderer: SceneRenderer,
    private readonly full: PictureExtents,
  ) {}

  /** One at a time. */
  async render(camera: CameraLabel, run: RunPlan): Promise<LearntPicture> {
    const view = { camToWorld: Float64Array.from(camToWorldOf(camera)), intrinsics: intrinsicsOf(camera) };
    const isOfFile = this.#files > 0;
    const side = isOfFile ? this.#fullSide : this.#smallSide();
    const begun = performance.now();
    const rgb = await this.renderer.picture(view, { width: side, height: side }, run);
    if (!isOfFile && !this.#isFiner) this.#adapt(performance.now() - begun);
    return { width: side, height: side, rgb: rgb.map((value) => 2 * value - 1) };
  }

  /** Pictures are full ones meanwhile. */
  async inFull<T>(work: () => Promise<T>): Promise<T> {
    this.#files++;
    try {
      return await work();
    } finally {
      this.#files--;
    }
  }

  /** The next picture is a size larger than the last one, however long it takes: for whoever has the time. */
  readonly finer = async <T>(work: () => Promise<T>): Promise<T> => {
    this.#isFiner = true;
    try {
      return await work();
    } finally {
      this.#isFiner = false;
    }
  };

  /** Whatever was learnt from: the stage is square, and so are the pixels of its camera. */
  get #fullSide(): number {
    return Math.min(MOST_SIDE, Math.max(this.full.width, this.full.height));
  }

  #smallSide(): number {
    this.#last = this.#isFiner ? Math.min(SIDES.length - 1, this.#last + 1) : this.#at;
    return Math.min(SIDES[this.#last]!, this.#fullSide);
  }

  #adapt(milliseconds: number): void {
    if (milliseconds > MILLISECONDS.most) this.#at = Math.max(0, this.#at - 1);
    else if (milliseconds < MILLISECONDS.least) this.#at = Math.min(SIDES.length - 1, this.#at + 1);
  }
}
