/**
 * How well a frame is drawn: what a user may choose of the volume rendering, the quality ladder that this makes, and which of its levels a device
 * can draw in time while the camera moves.
 *
 * The ladder has the ways of drawing a frame of one view, the full picture first: without super-resolution, then with ever fewer rays.
 */
import type { RenderingConfig } from '../models/config';
import type { RenderQuality } from '../pipelines/volume/rendering-options';

export type { RenderQuality };

/** What a picture at rest may have: drafts are for pictures that move. */
export type ChosenQuality = Exclude<RenderQuality, 'draft'>;

/** How rays are marched. */
export interface MarchSettings {
  /** Rays along one side of the feature image. */
  readonly neuralResolution: number;
  /** Samples a ray of the first pass, 2 or more. */
  readonly depthSamples: number;
  /** Samples a ray of the second, importance-driven pass; 0 for none. */
  readonly importanceSamples: number;
  /** The reference's arithmetic, or a quicker way to a picture that looks the same. */
  readonly quality: RenderQuality;
}

export interface RenderSettings extends MarchSettings {
  readonly quality: ChosenQuality;
}

/** The settings that a model's file asks for. */
export function settingsOf(rendering: RenderingConfig): RenderSettings {
  const { neuralResolution, depthSamples, importanceSamples } = rendering;
  return { neuralResolution, depthSamples, importanceSamples, quality: 'exact' };
}

/** A number of `FrameRenderer.levels`, 0 for the full picture; or the full picture of a quality, for files and figures: files are `exact`. */
export type Detail = number | ChosenQuality;

/** One way of drawing a frame: a level of the ladder. */
export interface FrameLevel {
  /** Side of the feature image. */
  readonly side: number;
  /** Whether super-resolution follows. */
  readonly isEnlarged: boolean;
  /** How rays are marched; undefined where a network makes the feature image. */
  readonly settings: MarchSettings | undefined;
}

/** Fewer rays than this a side show no head any more. */
const LEAST_SIDE = 16;
/** Below the raw picture: shares of the rays along one side. */
const REDUCED = [3 / 4, 1 / 2, 3 / 8, 1 / 4];

/** The ladder of the volumetric renderer. @param settings of the full picture; the reduced ones are drafts */
export function volumetricLevels(settings: RenderSettings): readonly (FrameLevel & { settings: MarchSettings })[] {
  const { neuralResolution: side } = settings;
  const draft: MarchSettings = { ...settings, quality: 'draft' };
  // The raw picture has the rays of the full one, unless those take much longer.
  const raw = settings.quality === 'fast' ? settings : draft;
  const reduced = REDUCED.map((share): MarchSettings => {
    return { ...draft, neuralResolution: Math.max(LEAST_SIDE, Math.ceil(side * share)) };
  }).filter(({ neuralResolution }, index, all) => {
    return neuralResolution < (index === 0 ? side : all[index - 1]!.neuralResolution);
  });
  const levels = [raw, ...reduced].map((wanted) => ({
    side: wanted.neuralResolution,
    isEnlarged: false,
    settings: wanted,
  }));
  return [{ side, isEnlarged: true, settings }, ...levels];
}

/** Of the work of a full picture, about so much is the feature image; the rest is the super-resolution. */
const FEATURE_SHARE = 0.5;

/**
 * How much work a level is, 1 for the final picture in full: a first guess, until it has been measured.
 * @param full the first level of the same ladder
 * @param isFinal whether it is the final picture, which super-resolution makes
 */
export function workOf(level: FrameLevel, full: FrameLevel, isFinal: boolean): number {
  const feature = (marchWork(level) / marchWork(full)) * FEATURE_SHARE;
  return isFinal && level.isEnlarged ? feature + 1 - FEATURE_SHARE : feature;
}

/** About what a ray takes, in samples of an exact one. */
const RAY_WORK = { fast: 18, draft: 12 } as const;

function marchWork({ side, settings }: FrameLevel): number {
  if (!settings) return side * side;
  const { quality, depthSamples, importanceSamples } = settings;
  return side * side * (quality === 'exact' ? depthSamples + importanceSamples : RAY_WORK[quality]);
}

/** A level as {@link QualityControl} compares it with the others of its ladder. */
export interface QualityLevel extends FrameLevel {
  /** Share of the full picture's work that it should take: a first guess, good for comparing levels that were not measured. */
  readonly work: number;
  /** Share of the full picture's rays along one side. */
  readonly rays: number;
}

/** Pictures that no camera changes are always full. */
export const FULL_ONLY: readonly QualityLevel[] = [
  { side: 0, isEnlarged: false, settings: undefined, work: 1, rays: 1 },
];

/**
 * One ladder for renderers that are drawn together: one with fewer levels stays on its last.
 * @param isFinal whether the final picture is shown, which super-resolution makes
 */
export function ladderOf(
  renderers: readonly { readonly levels: readonly [FrameLevel, ...FrameLevel[]] }[],
  isFinal: boolean,
): readonly QualityLevel[] {
  const ladders = renderers.map(({ levels }) => levels);
  const longest = ladders.reduce((a, b) => (b.length > a.length ? b : a));
  return longest.map(({ side, settings, isEnlarged }, index) => {
    const works = ladders.map((ladder) => workOf(ladder[Math.min(index, ladder.length - 1)]!, ladder[0], isFinal));
    const work = works.reduce((sum, one) => sum + one, 0) / works.length;
    return { side, settings, isEnlarged: isFinal && isEnlarged, work, rays: side / longest[0].side };
  });
}

/**
 * A new frame for each repaint of the display, or for every second one, is worth fewer rays, but no fewer along one side than this share of
 * the full picture's.
 */
const REPAINTS = [1, 2] as const;
const LEAST_RAYS = 3 / 4;
/** A frame has to be ready a little before the repaint. */
const SHARE_OF_INTERVAL = 0.9;
/** Longer frames no longer look like motion: with the wait for the next repaint, these still come eleven times a second and more. */
const LONGEST_FRAME_MILLISECONDS = 75;
/** A frame is late when it takes this many times what it should. So many late frames in a row, and the level is left. */
const LATE = 1.3;
const LATE_FRAMES = 2;
/** A single frame that takes this many times what it should counts as enough late ones. */
const MUCH_TOO_LATE = 4;
/** After so many frames in time a better level is tried, if it should take no more than this share of the time that there is. */
const EARLY_FRAMES = 20;
const ROOM = 0.75;
/**
 * A level that had to be left is blocked for so many frames, twice as many each time up to the longest. A level that has been held for as long as
 * the longest block has its history forgotten.
 */
const FIRST_BLOCK = 120;
const LONGEST_BLOCK = 3840;
/**
 * Whenever the shortest block has passed, the time that was measured on a blocked level is multiplied by this, because the device may have become
 * quicker meanwhile; but not below this share of what the present level's time lets expect.
 */
const FORGETTING = 0.8;
const LEAST_TRUST = 0.7;
/** The time of a level is the median of its last frames: of so many at most, and from a few on. */
const MEASURED_FRAMES = 9;
const FEWEST_FRAMES = 3;
/** Weight of the newest measurement at rest. */
const NEWEST_WEIGHT = 0.5;

/** A level that had to be left: the frame until which it is not tried, how long that was, and when what is known of it fades next. */
interface Block {
  readonly until: number;
  readonly length: number;
  readonly fades: number;
}

const NO_BLOCK: Block = { until: 0, length: 0, fades: 0 };

/**
 * Chooses, while the camera moves, the level that a device can draw in time. It knows nothing of devices: it is told what frames took.
 *
 * What "in time" means depends on what is within reach. At best every repaint of the display shows a new frame, or every second one does:
 * that is worth the super-resolution and a quarter of the rays along each side. Where a device reaches neither, the picture is the best that
 * still comes twelve times a second, and where there is none, the least.
 *
 * It goes down at once when two frames in a row are late, or one is much too late. It goes up after many frames in time, if the better level
 * is known or guessed to fit with some room; and a level that had to be left is not tried again for a while, twice as long each time. So noise
 * does not make the picture pump.
 */
export class QualityControl {
  #level: number | undefined;
  /** Milliseconds of a frame by level, as far as they are known. */
  readonly #times: (number | undefined)[];
  readonly #blocks: Block[];
  #frame = 0;
  #late = 0;
  #early = 0;
  #isNew = false;
  /** What the last frames of the present level have taken. */
  #recent: number[] = [];

  /**
   * @param levels the full picture first, each less work than the one before
   * @param startsSlow whether to begin below the full picture as long as nothing is known
   */
  constructor(
    private readonly levels: readonly Pick<QualityLevel, 'work' | 'rays'>[],
    private readonly startsSlow: boolean,
  ) {
    this.#times = levels.map(() => undefined);
    this.#blocks = levels.map(() => NO_BLOCK);
  }

  /** The level for the next frame. @param interval between two repaints of the display, in milliseconds */
  level(interval: number): number {
    return this.#level ?? (this.#isUnknown ? this.#first : this.#best(interval));
  }

  /** What a frame of a level should take, in milliseconds; undefined while nothing is known. */
  #predicted(level: number): number | undefined {
    const known = this.#times[level];
    if (known !== undefined) return known;
    const distance = (other: number) => Math.abs(other - level);
    const measured = this.levels.flatMap((_, other) => (this.#times[other] === undefined ? [] : [other]));
    const nearest = measured.sort((a, b) => distance(a) - distance(b))[0];
    if (nearest === undefined) return undefined;
    return (this.#times[nearest]! * this.levels[level]!.work) / this.levels[nearest]!.work;
  }

  /** A frame of a level was drawn outside of a motion: only its time is of interest. */
  measured(level: number, milliseconds: number): void {
    const former = this.#times[level];
    this.#times[level] = former === undefined ? milliseconds : former + NEWEST_WEIGHT * (milliseconds - former);
  }

  /** A frame of the present level was drawn while the camera moved. */
  moved(milliseconds: number, interval: number): void {
    const level = this.level(interval);
    this.#level = level;
    this.#frame++;
    if (this.#isNew) {
      this.#isNew = false; // the first frame of a level may wait for what comes with the change
      return;
    }
    const known = this.#times[level];
    this.#note(level, milliseconds);
    const budget = budgetOf(this.levels[level]!, known ?? milliseconds, interval);
    if (milliseconds <= budget * LATE) {
      this.#late = 0;
      if (++this.#early >= EARLY_FRAMES) this.#reconsider(level, interval);
      return;
    }
    this.#early = 0;
    const least = this.#late === 0 ? milliseconds : Math.min(milliseconds, this.#recent.at(-2)!);
    this.#late += milliseconds > budget * MUCH_TOO_LATE ? LATE_FRAMES : 1;
    if (this.#late >= LATE_FRAMES) this.#goDown(level, least, interval);
  }

  /**
   * Takes the middle one of the last frames for what the level takes. What is known of the other levels goes along with it: a device that is
   * busy, or no longer, is so for all.
   */
  #note(level: number, milliseconds: number): void {
    const isSettled = this.#recent.length >= FEWEST_FRAMES;
    this.#recent = [...this.#recent, milliseconds].slice(-MEASURED_FRAMES);
    const former = this.#times[level]!;
    const middle = [...this.#recent].sort((a, b) => a - b)[this.#recent.length >> 1]!;
    this.#times[level] = middle;
    if (!isSettled) return;
    this.#times.forEach((time, other) => {
      if (other !== level && time !== undefined) this.#times[other] = (time * middle) / former;
    });
  }

  /** @param least what two frames in a row have taken, or one that was much too late */
  #goDown(level: number, least: number, interval: number): void {
    this.#late = 0;
    if (level === this.levels.length - 1) return;
    this.#times[level] = Math.max(this.#times[level]!, least);
    const length = Math.min(LONGEST_BLOCK, Math.max(FIRST_BLOCK, this.#blocks[level]!.length * 2));
    const until = this.#frame + length;
    for (let better = 0; better <= level; better++) {
      this.#blocks[better] = { until, length: Math.max(length, this.#blocks[better]!.length), fades: until };
    }
    this.#change(Math.max(level + 1, this.#best(interval)));
  }

  /** All is well: is a better picture within reach, or a higher rate with a picture that is worth it? */
  #reconsider(level: number, interval: number): void {
    if (this.#early >= LONGEST_BLOCK) this.#blocks[level] = NO_BLOCK;
    this.#forget(level);
    const budget = budgetOf(this.levels[level]!, this.#times[level]!, interval);
    const better = this.levels.findIndex((_, index) => index < level && this.#isOpen(index, budget));
    if (better >= 0) {
      this.#change(better);
      return;
    }
    for (const repaints of REPAINTS) {
      const shorter = repaints * interval * SHARE_OF_INTERVAL;
      if (shorter >= budget) return;
      const quicker = this.levels.findIndex(
        ({ rays }, index) => index > level && rays >= LEAST_RAYS && this.#isOpen(index, shorter),
      );
      if (quicker >= 0) {
        this.#change(quicker);
        return;
      }
    }
  }

  #isOpen(level: number, budget: number): boolean {
    return this.#blocks[level]!.until <= this.#frame && this.#predicted(level)! <= budget * ROOM;
  }

  /** Lets old knowledge of better levels fade, so that they are tried again when the device may have changed. */
  #forget(level: number): void {
    this.#blocks.forEach((block, better) => {
      const time = this.#times[better];
      if (better >= level || block === NO_BLOCK || block.fades > this.#frame || time === undefined) return;
      const guess = (this.#times[level]! * this.levels[better]!.work) / this.levels[level]!.work;
      this.#times[better] = Math.max(time * FORGETTING, Math.min(time, guess * LEAST_TRUST));
      this.#blocks[better] = { ...block, fades: this.#frame + FIRST_BLOCK };
    });
  }

  #change(level: number): void {
    this.#level = level;
    this.#early = 0;
    this.#late = 0;
    this.#recent = [];
    this.#isNew = true;
  }

  /** The best level of the highest rate that is within reach. */
  #best(interval: number): number {
    for (const repaints of REPAINTS) {
      const budget = repaints * interval * SHARE_OF_INTERVAL;
      const found = this.levels.findIndex(({ rays }, level) => rays >= LEAST_RAYS && this.#predicted(level)! <= budget);
      if (found >= 0) return found;
    }
    const found = this.levels.findIndex((_, level) => this.#predicted(level)! <= LONGEST_FRAME_MILLISECONDS);
    return found >= 0 ? found : this.levels.length - 1;
  }

  get #isUnknown(): boolean {
    return this.#times.every((time) => time === undefined);
  }

  get #first(): number {
    return this.startsSlow ? Math.min(1, this.levels.length - 1) : 0;
  }
}

/** What a frame of a level may take: the time of the highest rate that it has about reached. @param usual what it takes */
function budgetOf({ rays }: Pick<QualityLevel, 'rays'>, usual: number, interval: number): number {
  for (const repaints of REPAINTS) {
    const budget = repaints * interval * SHARE_OF_INTERVAL;
    if (rays >= LEAST_RAYS && usual <= budget * LATE) return budget;
  }
  return LONGEST_FRAME_MILLISECONDS;
}
