/** Where the pictures of a frame go on the canvas. */
import type { PicturePart, PresentSource } from '../../pipelines/pictures/present';
import type { CanvasSize } from '../../render/canvas-output';
import { sideBySide, wipe } from '../../render/pictures/picture-layout';
import type { Shown } from './shown';

/** Differences in luminance of this much and more (black to white is 2) have the ends of the colour map. */
export const DIFFERENCE_RANGE = 0.5;

/** @param sources one picture, or the two that a layout shows together */
export function partsOf([first, second]: readonly PresentSource[], shown: Shown, size: CanvasSize): PicturePart[] {
  if (!second) return [{ source: first! }];
  if (shown.layout === 'difference' && first!.kind === 'rgb' && second.kind === 'rgb') {
    return [{ source: { kind: 'difference', first: first!.image, second: second.image, range: DIFFERENCE_RANGE } }];
  }
  const places = shown.layout === 'side-by-side' ? sideBySide(size) : wipe(size, shown.wipe);
  return [first!, second].map((source, index) => ({ source, ...places[index]! }));
}
