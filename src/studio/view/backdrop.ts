/**
 * What a picture stands on. A model that was trained on heads in front of white (`rendering.whiteBackground`) tells by its alpha where the head
 * ends, and the head can stand on anything. All others have learnt their background as a part of the scene, and keep it.
 */
import type { StudentConfig } from '../../models/student-config';
import type { Colour } from '../../pipelines/pictures/present';
import { dependsOnCamera, type PictureKind, type RendererKind } from '../../render/frame-renderer';
import type { Backdrop } from '../shared/settings';
import type { StudioState } from '../shared/state';
import { picturesShown, renderersShown, shownNow } from './shown';

/** The colour of a backdrop, 0 to 1 as a canvas stores it; undefined where what is behind the canvas shows through. */
export function backgroundOf(backdrop: Backdrop): Colour | undefined {
  switch (backdrop) {
    case 'page':
    case 'transparent':
      return undefined;
    case 'white':
      return [1, 1, 1];
    case 'black':
      return [0, 0, 0];
    default: {
      const channel = (from: number) => Number.parseInt(backdrop.slice(from, from + 2), 16) / 255;
      return [channel(1), channel(3), channel(5)];
    }
  }
}

/** Whether something behind the picture on the canvas can be seen: then a choice of the backdrop has an effect. */
export function standsOnBackdrop({ model, settings, student }: Pick<StudioState, 'model' | 'settings' | 'student'>) {
  if (!model) return false;
  const shown = shownNow(settings, student);
  if (shown.layout === 'difference') return false;
  const { whiteBackground } = model.config.rendering;
  const studentConfig = student.status === 'ready' ? student.facts.config : undefined;
  return renderersShown(shown).some((renderer) =>
    picturesShown(settings.picture, shown).some((kind) =>
      isCutOut(kind, tellsAlpha(renderer, whiteBackground, studentConfig)),
    ),
  );
}

/** Depth, normals and density are drawn where there is something; planes are full everywhere. */
function isCutOut(kind: PictureKind, pictureTellsAlpha: boolean): boolean {
  if (kind === 'image' || kind === 'raw') return pictureTellsAlpha;
  return dependsOnCamera(kind) || kind.startsWith('density');
}

/** A student tells alpha only where it was taught (`alphaFeature`). */
function tellsAlpha(renderer: RendererKind, whiteBackground: boolean, student: StudentConfig | undefined): boolean {
  return whiteBackground && (renderer === 'volumetric' || student?.alphaFeature !== undefined);
}
