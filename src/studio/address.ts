/**
 * The studio's state as the fragment of the page's address, so that a reload, a bookmark or a link brings back the same face, view
 * and settings: `#seed=12&psi=0.7&yaw=-35`. Only what differs from the model's defaults is written. `model` names a file that was opened
 * from this device, by the first digits of its fingerprint.
 */
import { lookFrom, type OrbitState, orbitAt } from '../camera/orbit';
import type { GeneratorConfig } from '../models/config';
import {
  carrySettings,
  defaultSettings,
  LAYOUTS,
  PICTURE_KINDS,
  type PictureSettings,
  RENDERER_KINDS,
  sanitiseSettings,
} from './settings';

/** What an address asks for; everything may be missing. */
export interface SavedStudio {
  /** First digits of the fingerprint of an opened file; missing for any other model. */
  readonly model?: string;
  readonly settings: Partial<PictureSettings>;
  /** Degrees, degrees, and radii of the model's own radius. */
  readonly view: { readonly yaw?: number; readonly pitch?: number; readonly distance?: number };
}

const DEGREES = 180 / Math.PI;
/** 64 bits tell the files of one person apart. */
const MODEL_DIGITS = 16;
const FINGERPRINT = /^[0-9a-f]{16,64}$/;

/**
 * @param fingerprint of the opened file; undefined for any other model
 * @returns the fragment without its "#"; empty when everything is at its default
 */
export function encodeStudio(
  config: GeneratorConfig,
  settings: PictureSettings,
  view: OrbitState,
  fingerprint?: string,
): string {
  const defaults = defaultSettings(config);
  const home = view.home;
  const fragment = new URLSearchParams();
  const write = (name: string, value: number | string, usual: number | string) => {
    if (value !== usual) fragment.set(name, String(value));
  };
  if (fingerprint) fragment.set('model', fingerprint.slice(0, MODEL_DIGITS));
  write('seed', settings.seed, defaults.seed);
  write('psi', rounded(settings.psi, 2), defaults.psi);
  write('picture', settings.picture, defaults.picture);
  write('renderer', settings.renderer, defaults.renderer);
  write('layout', settings.layout, defaults.layout);
  write('wipe', rounded(settings.wipe, 3), defaults.wipe);
  write('rays', settings.neuralResolution, defaults.neuralResolution);
  write('samples', settings.depthSamples, defaults.depthSamples);
  write('yaw', rounded(view.yaw * DEGREES, 1), rounded(home.yaw * DEGREES, 1));
  write('pitch', rounded(view.pitch * DEGREES, 1), rounded(home.pitch * DEGREES, 1));
  write('distance', rounded(view.radius / home.radius, 3), 1);
  return fragment.toString();
}

/** Reads a fragment (with or without "#"). What is missing or no number is left out; ranges are the receiver's business. */
export function decodeStudio(fragment: string): SavedStudio {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  const number = (name: string) => {
    const text = fields.get(name);
    const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) ? value : undefined;
  };
  const picture = PICTURE_KINDS.find((kind) => kind === fields.get('picture'));
  const model = fields.get('model') ?? '';
  return {
    ...(FINGERPRINT.test(model) ? { model } : {}),
    settings: withoutGaps({
      seed: number('seed'),
      psi: number('psi'),
      picture,
      renderer: RENDERER_KINDS.find((kind) => kind === fields.get('renderer')),
      layout: LAYOUTS.find((layout) => layout === fields.get('layout')),
      wipe: number('wipe'),
      neuralResolution: number('rays'),
      depthSamples: number('samples'),
    }),
    view: withoutGaps({ yaw: number('yaw'), pitch: number('pitch'), distance: number('distance') }),
  };
}

/** What an address asks for, made possible for a model. */
export function restoreStudio(
  config: GeneratorConfig,
  saved: SavedStudio,
): { settings: PictureSettings; view: OrbitState } {
  const { radius, pivot, focal } = config.camera;
  const home = { yaw: 0, pitch: 0, radius, pivot, focal };
  const { yaw, pitch, distance } = saved.view;
  const view = lookFrom(
    orbitAt(home),
    withoutGaps({
      yaw: yaw === undefined ? undefined : yaw / DEGREES,
      pitch: pitch === undefined ? undefined : pitch / DEGREES,
      radius: distance === undefined ? undefined : distance * radius,
    }),
  );
  return { settings: sanitiseSettings(config, saved.settings), view };
}

/** Face and view that a person keeps when another model takes the place of the one on screen, made possible for that model. */
export function carryStudio(
  config: GeneratorConfig,
  former: GeneratorConfig,
  settings: PictureSettings,
  view: OrbitState,
): { settings: PictureSettings; view: OrbitState } {
  return restoreStudio(config, {
    settings: carrySettings(former, settings),
    view: { yaw: view.yaw * DEGREES, pitch: view.pitch * DEGREES, distance: view.radius / view.home.radius },
  });
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits)) + 0; // -0 becomes 0
}

function withoutGaps<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
