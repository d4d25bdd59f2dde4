/** Pictures for a live view, asked for at any time and made when nothing is on its way that they could disturb. */
import type { CameraLabel } from '../../camera/conventions';
import type { Learner, LearntPicture, RunPlan } from './learner';

interface Wish {
  readonly camera: CameraLabel;
  readonly resolve: (picture: LearntPicture) => void;
  readonly reject: (reason: unknown) => void;
}

export class RunViews {
  #wishes: Wish[] = [];
  #serving: Promise<void> | undefined;

  constructor(
    private readonly learner: Pick<Learner, 'render'>,
    private readonly runPlan: RunPlan,
  ) {}

  wish(camera: CameraLabel): Promise<LearntPicture> {
    return new Promise((resolve, reject) => this.#wishes.push({ camera, resolve, reject }));
  }

  /** Makes all pictures that are wished for. Never rejects. */
  serve(): Promise<void> {
    if (this.#wishes.length === 0 && !this.#serving) return Promise.resolve();
    this.#serving ??= this.#serveAll().finally(() => {
      this.#serving = undefined;
    });
    return this.#serving;
  }

  async #serveAll(): Promise<void> {
    for (let wish = this.#wishes.shift(); wish; wish = this.#wishes.shift()) {
      await this.learner.render(wish.camera, this.runPlan).then(wish.resolve, wish.reject);
    }
  }
}
