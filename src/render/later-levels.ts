/**
 * The quicker steps of a quality ladder, built after the first picture: nobody turns a head that is not there yet, and a processor that plays a
 * graphics card compiles one kernel at a time. Until then the rays of the full picture stand in for theirs.
 */
import { discardTogether } from '../gpu/plans-together';
import { CameraView } from './camera-view';
import type { PlanPlace } from './pictures/derived-picture';
import type { WiredRays } from './renderer-wiring';

/** A step of the ladder that has its view still before it. */
export interface LaterLevel {
  readonly wired: WiredRays;
  /** Takes the place of the view that stood in. */
  readonly put: (view: CameraView) => void;
}

export class LaterLevels {
  #state: 'waiting' | 'begun' | 'given up' = 'waiting';

  /**
   * @param levels whose plans have their memory already
   * @param standIn the view that stands in; a picture that was prepared there is prepared for those that take its place
   */
  constructor(
    private readonly levels: readonly LaterLevel[],
    private readonly standIn: CameraView,
    private readonly place: PlanPlace,
  ) {}

  /** @throws KernelCompileError and the like; what could not be built keeps what stood in */
  async build(): Promise<void> {
    if (this.#state !== 'waiting') return;
    this.#state = 'begun';
    await Promise.all(this.levels.map((level) => this.#build(level)));
  }

  /** The ladder is not wanted any more. */
  giveUp(): void {
    if (this.#state === 'waiting') discardTogether(this.levels.map(({ wired }) => wired.builders.rayMarch));
    this.#state = 'given up';
  }

  async #build({ wired, put }: LaterLevel): Promise<void> {
    const view = new CameraView(wired.rays, await wired.builders.rayMarch.build());
    if (this.standIn.hasNormals) await view.prepareNormals(this.place);
    if (this.#state === 'given up') view.destroy();
    else put(view);
  }
}
