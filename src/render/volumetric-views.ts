/** The views that a volumetric renderer has of a face: one for each step of the quality ladder, and one for files and figures. */
import type { Plan, PlanBuilder } from '../gpu/plan';
import { buildTogether, discardTogether } from '../gpu/plans-together';
import type { TriPlaneStage } from '../models/generator';
import { CameraView } from './camera-view';
import { type FrameLevel, volumetricLevels } from './detail-levels';
import type { FaceLatents } from './face-latents';
import type { RenderSettings } from './render-settings';
import { type WiredView, wireRays, wireView } from './renderer-wiring';

/** A step of the quality ladder, and the view that draws it; the full picture and the raw one may have the same. */
export interface ViewLevel extends FrameLevel {
  readonly view: CameraView;
}

export interface Views {
  readonly settings: RenderSettings;
  readonly levels: readonly [ViewLevel, ...ViewLevel[]];
  /** The full picture by the reference's arithmetic; undefined until it is first wanted, where `settings` ask for another. */
  exact: CameraView | undefined;
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
  forViewing: boolean,
  others: Readonly<Record<string, PlanBuilder>>,
  onBuilt?: (name: string, plan: Plan) => void,
): Promise<{ readonly plans: Readonly<Record<string, Plan>>; readonly views: Views }> {
  const [fullLevel, ...quicker] = volumetricLevels(settings);
  const builders: Record<string, PlanBuilder> = { ...others };
  try {
    const full = wireView(generator, pool, face, settings);
    Object.assign(builders, full.builders);
    const rays = (forViewing ? quicker : []).map((level, index) => {
      if (level.settings === settings) return { level, name: undefined }; // the rays of the full picture
      const name = `rays ${index}`;
      const wired = wireRays(generator, pool, face, level.settings);
      builders[name] = wired.builders.rayMarch;
      return { level, name, wired };
    });
    const plans = await buildTogether(builders, onBuilt);
    const view = viewOf(full, { rayMarch: plans.rayMarch!, superResolution: plans.superResolution! });
    const levels = rays.map(({ level, name, wired }) => {
      return { ...level, view: wired ? new CameraView(wired.rays, plans[name]!) : view };
    });
    const exact = settings.quality === 'exact' ? view : undefined;
    return { plans, views: { settings, levels: [{ ...fullLevel!, view }, ...levels], exact } };
  } catch (error) {
    discardTogether(Object.values(builders));
    throw error;
  }
}

export function viewOf(
  { rays, image }: WiredView,
  plans: { readonly [Name in keyof WiredView['builders']]: Plan },
): CameraView {
  return new CameraView(rays, plans.rayMarch, { plan: plans.superResolution, image });
}

export function destroyViews({ levels, exact }: Views): void {
  const views = new Set([...levels.map(({ view }) => view), ...(exact ? [exact] : [])]);
  for (const view of views) view.destroy();
}
