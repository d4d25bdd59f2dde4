/**
 * The views that a volumetric renderer has of a face: one for each level of the quality ladder, and one for files and figures. The quicker levels
 * may be built after the first picture: nobody turns a head that is not there yet, and a software adapter compiles one kernel at a time. Until
 * then the rays of the full picture stand in for theirs.
 */
import type { Plan, PlanBuilder } from '../gpu/plan';
import { buildTogether, discardTogether, reserveTogether } from '../gpu/plans-together';
import type { TriPlaneStage } from '../models/generator';
import { CameraView } from './camera-view';
import type { FaceLatents } from './face-latents';
import type { PlanPlace } from './pictures/derived-picture';
import { type ChosenQuality, type FrameLevel, type RenderSettings, volumetricLevels } from './quality';
import { type WiredRays, type WiredView, wireRays, wireView } from './wiring';

/** A level of the quality ladder, and the view that draws it; the full picture and the raw one may have the same. */
export interface ViewLevel extends FrameLevel {
  view: CameraView;
}

export interface Views {
  readonly settings: RenderSettings;
  readonly levels: readonly [ViewLevel, ...ViewLevel[]];
  /** The full picture by its quality: that of `settings`, and the other one once it is wanted. */
  readonly full: Map<ChosenQuality, CameraView>;
  /** Quicker levels that are still to be built; undefined where all were built at once. */
  readonly later: LaterLevels | undefined;
}

export interface ViewsToBuild {
  /** Whether frames are drawn while somebody turns the camera, so that quicker levels are wanted. */
  readonly forViewing: boolean;
  /** Whether those are built later. Default: false. */
  readonly ladderLater?: boolean;
}

/**
 * Wires and builds the views, and whatever else is to be built with them.
 * @param onBuilt as for `buildTogether`
 * @throws as `buildTogether`; `others` are discarded then, too
 */
export async function buildViews(
  { generator, pool }: FaceLatents,
  face: TriPlaneStage,
  settings: RenderSettings,
  { forViewing, ladderLater = false }: ViewsToBuild,
  others: Readonly<Record<string, PlanBuilder>>,
  onBuilt?: (name: string, plan: Plan) => void,
): Promise<{ readonly plans: Readonly<Record<string, Plan>>; readonly views: Views }> {
  const [fullLevel, ...quicker] = volumetricLevels(settings);
  const builders: Record<string, PlanBuilder> = { ...others };
  const laterBuilders: PlanBuilder[] = [];
  try {
    const wiredView = wireView(generator, pool, face, settings);
    Object.assign(builders, wiredView.builders);
    const rays = (forViewing ? quicker : []).map((level, index) => {
      if (level.settings === settings) return { level, name: undefined }; // the rays of the full picture
      const name = `rays ${index}`;
      const wired = wireRays(generator, pool, face, level.settings);
      if (ladderLater) laterBuilders.push(wired.builders.rayMarch);
      else builders[name] = wired.builders.rayMarch;
      return { level, name, wired };
    });
    reserveTogether([...Object.values(builders), ...laterBuilders]);
    const plans = await buildTogether(builders, onBuilt);
    const view = viewOf(wiredView, { rayMarch: plans.rayMarch!, superResolution: plans.superResolution! });
    const waiting: LaterLevel[] = [];
    const levels = rays.map(({ level, name, wired }): ViewLevel => {
      if (wired && !ladderLater) return { ...level, view: new CameraView(wired.rays, wired.raw, plans[name]!) };
      const standing: ViewLevel = { ...level, view };
      const put = (own: CameraView) => {
        standing.view = own;
      };
      if (wired) waiting.push({ wired, put });
      return standing;
    });
    const full = new Map([[settings.quality, view]]);
    const later = waiting.length > 0 ? new LaterLevels(waiting, view, { generator, pool }) : undefined;
    return { plans, views: { settings, levels: [{ ...fullLevel!, view }, ...levels], full, later } };
  } catch (error) {
    discardTogether([...Object.values(builders), ...laterBuilders]);
    throw error;
  }
}

export function viewOf(
  { rays, raw, enlarged }: WiredView,
  plans: { readonly [Name in keyof WiredView['builders']]: Plan },
): CameraView {
  return new CameraView(rays, raw, plans.rayMarch, { plan: plans.superResolution, ...enlarged });
}

export function destroyViews({ levels, full, later }: Views): void {
  later?.giveUp();
  const views = new Set([...levels.map(({ view }) => view), ...full.values()]);
  for (const view of views) view.destroy();
}

/** A level of the ladder that has its view still before it. */
interface LaterLevel {
  readonly wired: WiredRays;
  /** Takes the place of the view that stood in. */
  readonly put: (view: CameraView) => void;
}

class LaterLevels {
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
    const view = new CameraView(wired.rays, wired.raw, await wired.builders.rayMarch.build());
    if (this.standIn.hasNormals) await view.prepareNormals(this.place);
    if (this.#state === 'given up') view.destroy();
    else put(view);
  }
}
