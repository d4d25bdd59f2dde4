/** The quality ladder of what is on screen: that of one renderer, or of two together. */
import { workOf } from '../../render/detail-levels';
import type { FrameRenderer } from '../../render/frame-renderer';
import type { ControlledLevel } from '../../render/quality-control';
import type { RenderQuality } from '../../render/render-settings';

export interface QualityLevel extends ControlledLevel {
  /** Side of the feature image. */
  readonly side: number;
  /** Whether super-resolution follows. */
  readonly isEnlarged: boolean;
  /** How rays are marched; undefined where there are none. */
  readonly quality: RenderQuality | undefined;
}

/** Pictures that no camera changes are always full. */
export const FULL_ONLY: readonly QualityLevel[] = [
  { side: 0, isEnlarged: false, quality: undefined, work: 1, rays: 1 },
];

/**
 * One ladder for renderers that are drawn together: one with fewer steps stays on its last.
 * @param isFinal whether the final picture is shown, which super-resolution makes
 */
export function ladderOf(renderers: readonly FrameRenderer[], isFinal: boolean): readonly QualityLevel[] {
  const ladders = renderers.map(({ levels }) => levels);
  const longest = ladders.reduce((a, b) => (b.length > a.length ? b : a));
  return longest.map(({ side, settings, isEnlarged }, level) => {
    const works = ladders.map((ladder) => workOf(ladder[Math.min(level, ladder.length - 1)]!, ladder[0], isFinal));
    const work = works.reduce((sum, one) => sum + one, 0) / works.length;
    return { side, quality: settings?.quality, isEnlarged: isFinal && isEnlarged, work, rays: side / longest[0].side };
  });
}
