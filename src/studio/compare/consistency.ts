/** The consistency strip: one head at several yaws from both renderers, made view by view between frames. */
import { homeOf, orbitAt } from '../../camera/orbit';
import { viewExcesses } from '../../camera/trained-views';
import type { CameraConfig } from '../../models/config';
import type { FaceRecipe } from '../../models/faces/recipe';
import { compareView, stripCamera, stripYaws } from '../../render/pictures/compare-views';
import type { StudentFacts } from '../model/student-facts';
import type { JobContext } from '../shared/jobs';
import type { StripState } from '../shared/state';

/** An empty strip of a face. */
export function newStrip(face: FaceRecipe): StripState {
  return { status: 'running', share: 0, failure: undefined, face, yaws: stripYaws(), views: [] };
}

/** Fills a strip. @param report is told after every view @throws what the device throws; the signal's reason if stopped */
export async function fillStrip(
  strip: StripState,
  { step }: JobContext,
  report: (strip: StripState) => void,
): Promise<void> {
  const { face, yaws } = strip;
  let views: StripState['views'] = [];
  for (const yaw of yaws) {
    const view = await step(async ({ config, offScreen }) => {
      const camera = stripCamera(config.camera, yaw);
      const volumetric = await offScreen.render('volumetric', face, camera);
      const convolutional = await offScreen.render('convolutional', face, camera);
      return compareView(yaw, volumetric, convolutional);
    });
    views = [...views, view];
    report({ ...strip, views, share: views.length / yaws.length });
  }
}

/** Those yaws of a strip that lie far outside the cameras that the student was trained with. */
export function unseenYaws(yaws: readonly number[], camera: CameraConfig, { trainedViews }: StudentFacts): number[] {
  const front = orbitAt(homeOf(camera));
  return yaws.filter((yaw) => viewExcesses({ ...front, yaw }, trainedViews).length > 0);
}

/** The curve as a table. */
export function stripCsv({ views }: StripState): string {
  const rows = views.map(({ yaw, psnr, ssim }) => [
    ((yaw * 180) / Math.PI).toFixed(1),
    psnr.toFixed(3),
    ssim.toFixed(4),
  ]);
  return [['yaw_degrees', 'psnr_db', 'ssim'], ...rows].map((row) => `${row.join(',')}\n`).join('');
}
