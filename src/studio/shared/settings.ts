/**
 * What a person can set, with the values that make sense for the model at hand. The model's file names its own resolution and
 * sample counts (EG3D: 64 or 128 rays a side, 48 + 48 samples); they are the defaults, the rest trades time for detail.
 */
import type { GeneratorConfig } from '../../models/config';
import {
  needsVolume,
  PICTURE_KINDS,
  type PictureKind,
  RENDERER_KINDS,
  type RendererKind,
} from '../../render/frame-renderer';
import type { ChosenQuality, RenderQuality, RenderSettings } from '../../render/quality';
import { type Against, LAYOUTS, type Layout, wantsStudent } from '../view/shown';

export type { Against, ChosenQuality, Layout, PictureKind, RendererKind, RenderQuality };
export { LAYOUTS, PICTURE_KINDS, RENDERER_KINDS };

/**
 * What a head stands on where the model tells its alpha: the page, which shines through the canvas; the same with a checkerboard that says so;
 * or one colour. A colour is `#` and six hexadecimal digits in lower case.
 */
export type Backdrop = NamedBackdrop | `#${string}`;
export const NAMED_BACKDROPS = ['page', 'white', 'black', 'transparent'] as const;
export type NamedBackdrop = (typeof NAMED_BACKDROPS)[number];

/** Everything about a picture but the face and the camera. */
export interface PictureSettings {
  readonly picture: PictureKind;
  /** Whose picture is shown where there is one. */
  readonly renderer: RendererKind;
  /** One picture, or both in comparison. */
  readonly layout: Layout;
  /** Share of the width that shows the first picture in a wipe, 0..1. */
  readonly wipe: number;
  /** What the picture is compared with: the student's, or another kind of the volumetric renderer's own. */
  readonly against: Against;
  /** Where a density slice cuts the box, -1..1. */
  readonly slice: number;
  /** Behind the head; without effect on a picture that tells no alpha. */
  readonly backdrop: Backdrop;
  /** Whether the camera goes round by itself. */
  readonly autoRotate: boolean;
  /** Side of the feature image in rays. */
  readonly neuralResolution: number;
  /** Samples of the first pass; the second follows the model's proportion. */
  readonly depthSamples: number;
  /** How rays are marched for the screen; files are always `exact`. */
  readonly quality: ChosenQuality;
  /** Whether a picture that moves may be coarser than one at rest. */
  readonly adapts: boolean;
}

export const RENDER_QUALITIES: readonly ChosenQuality[] = ['fast', 'exact'];

const NEURAL_RESOLUTIONS = [32, 48, 64, 96, 128];
const DEPTH_SAMPLES = [8, 12, 16, 24, 32, 48, 64, 96];
const RESOLUTION_RANGE = [16, 256] as const;
const SAMPLES_RANGE = [4, 192] as const;

export function defaultSettings({ rendering }: GeneratorConfig): PictureSettings {
  const { neuralResolution, depthSamples } = rendering;
  return {
    picture: 'image',
    renderer: 'volumetric',
    layout: 'single',
    wipe: 0.5,
    against: 'convolutional',
    slice: 0,
    backdrop: 'page',
    autoRotate: false,
    neuralResolution,
    depthSamples,
    quality: 'fast',
    adapts: true,
  };
}

/** Sides of the feature image to offer, ascending: round numbers, the model's own, and the present one. */
export function neuralResolutionChoices(config: GeneratorConfig, present: number): number[] {
  const offered = NEURAL_RESOLUTIONS.filter((side) => side <= largestNeuralResolution(config));
  return ascending([...offered, config.rendering.neuralResolution, present]);
}

/** Counts of first-pass samples to offer, ascending. */
export function depthSampleChoices(config: GeneratorConfig, present: number): number[] {
  return ascending([...DEPTH_SAMPLES, config.rendering.depthSamples, present]);
}

/** Second-pass samples for that many first-pass samples, in the model's proportion; 0 for models without a second pass. */
export function importanceSamplesFor({ rendering }: GeneratorConfig, depthSamples: number): number {
  return Math.round((depthSamples * rendering.importanceSamples) / rendering.depthSamples);
}

export function renderSettingsFor(config: GeneratorConfig, settings: PictureSettings): RenderSettings {
  const { neuralResolution, depthSamples, quality } = settings;
  return { neuralResolution, depthSamples, importanceSamples: importanceSamplesFor(config, depthSamples), quality };
}

/** The same settings with every field brought into its range, for values that came from an address or another model. */
export function sanitiseSettings(config: GeneratorConfig, wanted: Partial<PictureSettings>): PictureSettings {
  const defaults = defaultSettings(config);
  const { picture = defaults.picture, renderer = defaults.renderer, layout = defaults.layout } = wanted;
  const against = comparableWith(layout, wanted.against ?? defaults.against);
  const [smallest, largest] = RESOLUTION_RANGE;
  return {
    picture:
      PICTURE_KINDS.includes(picture) && canShow(picture, { renderer, layout, against }) ? picture : defaults.picture,
    renderer: RENDERER_KINDS.includes(renderer) ? renderer : defaults.renderer,
    layout: LAYOUTS.includes(layout) ? layout : defaults.layout,
    wipe: clamp(wanted.wipe ?? defaults.wipe, [0, 1], defaults.wipe),
    against,
    slice: clamp(wanted.slice ?? defaults.slice, [-1, 1], defaults.slice),
    backdrop: readBackdrop(wanted.backdrop ?? '') ?? defaults.backdrop,
    autoRotate: wanted.autoRotate === true,
    neuralResolution: whole(
      wanted.neuralResolution,
      [smallest, Math.min(largest, largestNeuralResolution(config))],
      defaults.neuralResolution,
    ),
    depthSamples: whole(wanted.depthSamples, SAMPLES_RANGE, defaults.depthSamples),
    quality: wanted.quality && RENDER_QUALITIES.includes(wanted.quality) ? wanted.quality : defaults.quality,
    adapts: wanted.adapts !== false,
  };
}

/** A backdrop by its name, or a colour with or without its `#`; undefined for anything else. */
export function readBackdrop(text: string): Backdrop | undefined {
  const [, digits] = /^#?([0-9a-f]{6})$/i.exec(text) ?? [];
  return digits === undefined ? NAMED_BACKDROPS.find((name) => name === text) : `#${digits.toLowerCase()}`;
}

/** A difference is that of the two renderers: kinds of picture have nothing to subtract. */
function comparableWith(layout: Layout, against: Against): Against {
  const isKind = against !== 'convolutional' && PICTURE_KINDS.includes(against);
  return isKind && layout !== 'difference' ? against : 'convolutional';
}

/** A student makes pictures: it knows no depth, no density and no planes. */
export function canShow(
  picture: PictureKind,
  shown: Pick<PictureSettings, 'renderer' | 'layout' | 'against'>,
): boolean {
  return !needsVolume(picture) || !wantsStudent(shown);
}

/**
 * What stays of the settings when another model is opened: the kind of picture and the backdrop always; quality only where the person
 * chose another than the former model's own; the renderer not, since a student belongs to one model.
 */
export function carrySettings(former: GeneratorConfig, settings: PictureSettings): Partial<PictureSettings> {
  const own = defaultSettings(former);
  const { picture, neuralResolution, depthSamples, backdrop, autoRotate, quality, adapts } = settings;
  return {
    picture,
    backdrop,
    autoRotate,
    quality,
    adapts,
    ...(neuralResolution === own.neuralResolution ? {} : { neuralResolution }),
    ...(depthSamples === own.depthSamples ? {} : { depthSamples }),
  };
}

/** The official 4X super-resolution cannot take a feature image larger than its input; all others resize it. */
function largestNeuralResolution({ superResolution }: GeneratorConfig): number {
  return superResolution.resize === 'when-smaller' ? superResolution.inputResolution : Number.POSITIVE_INFINITY;
}

function whole(value: number | undefined, range: readonly [number, number], fallback: number): number {
  return Math.round(clamp(value ?? fallback, range, fallback));
}

function clamp(value: number, [low, high]: readonly [number, number], fallback: number): number {
  return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback;
}

function ascending(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
