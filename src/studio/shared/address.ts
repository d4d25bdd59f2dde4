/**
 * The studio's state as the fragment of the page's address, so that a reload, a bookmark or a link brings back the same face, view and
 * settings: `#seed=12&psi=0.5&yaw=-35`. The face is always written, of all else what differs from the model's defaults. How
 * faces are written is in face-address.ts. `model` names the model's file by the first digits of its hash.
 *
 * Addresses of older versions go on working: fields are only ever added. What a newer version has written and this one cannot read is told,
 * not guessed.
 */
import { lookFrom, type OrbitState, orbitAt } from '../../camera/orbit';
import type { GeneratorConfig } from '../../models/config';
import type { FaceRecipe } from '../../models/faces/recipe';
import type { FirstView } from '../model/model-index';
import { listed, numberIn, numbersIn, oneOf, rounded, withoutGaps } from './address-fields';
import { carryFace, readFaceFields, restoreFace, type SavedFace, type UnreadableLink, writeFace } from './face-address';
import {
  type Against,
  carrySettings,
  defaultSettings,
  LAYOUTS,
  PICTURE_KINDS,
  type PictureSettings,
  RENDER_QUALITIES,
  RENDERER_KINDS,
  readBackdrop,
  sanitiseSettings,
} from './settings';

/** What an address asks for; everything may be missing. */
export interface SavedStudio {
  /** First digits of the hash of the model's file; missing for whatever model is there. */
  readonly model?: string;
  /** Name of that file, where it is known. */
  readonly modelName?: string;
  readonly settings: Partial<PictureSettings>;
  readonly face: SavedFace;
  readonly view: SavedView;
  /** What is written there and makes no sense. */
  readonly unreadable?: UnreadableLink;
}

export interface SavedView {
  /** Degrees. */
  readonly yaw?: number;
  readonly pitch?: number;
  /** In the model's own radii. */
  readonly distance?: number;
  /** The point that the camera looks at, in scene units. */
  readonly pivot?: readonly [number, number, number];
  /** In image sizes. */
  readonly focal?: number;
}

/** What the studio keeps: a value that undo, an address and a saved face bring back. */
export interface KeptState {
  readonly settings: PictureSettings;
  readonly face: FaceRecipe;
  readonly view: OrbitState;
}

const DEGREES = 180 / Math.PI;
const HASH = /^[0-9a-f]{16,64}$/;
const MODEL_DIGITS = 16;

/** A fragment, without "#". @param hash of the model's file, to name it; undefined for the model that is there anyway */
export function encodeStudio(config: GeneratorConfig, { settings, face, view }: KeptState, hash?: string): string {
  const defaults = defaultSettings(config);
  const { home } = view;
  const fragment = new URLSearchParams();
  const write = (name: string, value: number | string | boolean, usual: number | string | boolean) => {
    if (value !== usual) fragment.set(name, String(value));
  };
  if (hash) fragment.set('model', hash.slice(0, MODEL_DIGITS));
  writeFace(fragment, config, face);
  write('picture', settings.picture, defaults.picture);
  write('renderer', settings.renderer, defaults.renderer);
  write('layout', settings.layout, defaults.layout);
  write('against', settings.against, defaults.against);
  write('wipe', rounded(settings.wipe, 3), defaults.wipe);
  write('slice', rounded(settings.slice, 3), defaults.slice);
  write('backdrop', settings.backdrop.replace('#', ''), defaults.backdrop);
  write('rotate', settings.autoRotate, defaults.autoRotate);
  write('rays', settings.neuralResolution, defaults.neuralResolution);
  write('samples', settings.depthSamples, defaults.depthSamples);
  write('quality', settings.quality, defaults.quality);
  write('adapt', settings.adapts, defaults.adapts);
  write('yaw', rounded(view.yaw * DEGREES, 2), rounded(home.yaw * DEGREES, 2));
  write('pitch', rounded(view.pitch * DEGREES, 2), rounded(home.pitch * DEGREES, 2));
  write('distance', rounded(view.radius / home.radius, 4), 1);
  write('pivot', listed(view.pivot), listed(home.pivot));
  write('focal', rounded(view.focal, 4), rounded(home.focal, 4));
  return fragment.toString().replaceAll('%2C', ','); // which an address may hold as it is
}

/** Reads a fragment (with or without "#"). What is missing or no number is left out; ranges are the receiver's business. */
export function decodeStudio(fragment: string): SavedStudio {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const number = (name: string) => numberIn(fields, name);
  const [x, y, z] = numbersIn(fields, 'pivot');
  const model = fields.get('model') ?? '';
  return {
    ...(HASH.test(model) ? { model } : {}),
    settings: withoutGaps({
      picture: oneOf(fields, 'picture', PICTURE_KINDS),
      renderer: oneOf(fields, 'renderer', RENDERER_KINDS),
      layout: oneOf(fields, 'layout', LAYOUTS),
      against: oneOf<Against>(fields, 'against', ['convolutional', ...PICTURE_KINDS]),
      wipe: number('wipe'),
      slice: number('slice'),
      backdrop: readBackdrop(fields.get('backdrop') ?? ''),
      autoRotate: fields.get('rotate') === 'true' ? true : undefined,
      neuralResolution: number('rays'),
      depthSamples: number('samples'),
      quality: oneOf(fields, 'quality', RENDER_QUALITIES),
      adapts: fields.get('adapt') === 'false' ? false : undefined,
    }),
    view: withoutGaps({
      yaw: number('yaw'),
      pitch: number('pitch'),
      distance: number('distance'),
      pivot: x === undefined || y === undefined || z === undefined ? undefined : ([x, y, z] as const),
      focal: number('focal'),
    }),
    ...readFaceFields(fields),
  };
}

/** What an address asks for, or where it names neither face nor camera the view that flatters the model. */
export function withFirstView(saved: SavedStudio, first: FirstView | undefined): SavedStudio {
  const isEmpty = Object.keys(saved.face).length === 0 && Object.keys(saved.view).length === 0;
  if (!first || !isEmpty) return saved;
  const { seed, yaw, pitch } = first;
  return { ...saved, face: { seed }, view: { yaw, pitch } };
}

/**
 * What an address asks for, made possible for a model.
 * @param tell is told of a face that cannot be read; the model's first face is taken then
 */
export function restoreStudio(
  config: GeneratorConfig,
  saved: SavedStudio,
  tell: (unreadable: UnreadableLink) => void = () => {},
): KeptState {
  const { radius, pivot, focal } = config.camera;
  const home = { yaw: 0, pitch: 0, radius, pivot, focal };
  const { yaw, pitch, distance, ...place } = saved.view;
  const view = lookFrom(orbitAt(home), {
    ...place,
    ...withoutGaps({
      yaw: yaw === undefined ? undefined : yaw / DEGREES,
      pitch: pitch === undefined ? undefined : pitch / DEGREES,
      radius: distance === undefined ? undefined : distance * radius,
    }),
  });
  if (saved.unreadable) tell(saved.unreadable);
  return { settings: sanitiseSettings(config, saved.settings), face: restoreFace(config, saved.face, tell), view };
}

/** Face and view that a person keeps when another model takes the place of the one on screen, made possible for that model. */
export function carryStudio(config: GeneratorConfig, former: GeneratorConfig, kept: KeptState): KeptState {
  const { view } = kept;
  const arrived = restoreStudio(config, {
    settings: carrySettings(former, kept.settings),
    face: {},
    view: { yaw: view.yaw * DEGREES, pitch: view.pitch * DEGREES, distance: view.radius / view.home.radius },
  });
  return { ...arrived, face: carryFace(config, kept.face) };
}
