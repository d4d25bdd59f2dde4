/** The address: what it holds, what comes back from it, what older versions wrote, and what is said of what cannot be read. */
import { deflateSync, strToU8 } from 'fflate';
import { describe, expect, test, vi } from 'vitest';
import { drag, lookFrom, orbitAt } from '../../../src/camera/orbit';
import type { GeneratorConfig } from '../../../src/models/config';
import { DEFAULT_PSI, type FaceRecipe, faceOfSeed, LARGEST_PSI, seedSource } from '../../../src/models/faces/recipe';
import {
  decodeStudio,
  encodeStudio,
  type KeptState,
  restoreStudio,
  withFirstView,
} from '../../../src/studio/shared/address';
import { defaultFace } from '../../../src/studio/shared/face-address';
import { PackedJsonError, packJson, unpackJson } from '../../../src/studio/shared/packed-json';
import { defaultSettings, type PictureSettings } from '../../../src/studio/shared/settings';
import { modelConfig } from './studio-fixtures';

const CONFIG: GeneratorConfig = modelConfig();
const HOME = { yaw: 0, pitch: 0, ...CONFIG.camera };
const AT_HOME: KeptState = { settings: defaultSettings(CONFIG), face: defaultFace(CONFIG), view: orbitAt(HOME) };

/** A face that uses everything that an address can hold. */
const RICH: FaceRecipe = {
  mode: 'mix',
  sources: [
    seedSource(12, { 3: 1.5 }),
    { kind: 'face', name: 'Œuvre ☀', face: faceOfSeed(7, 4) },
    seedSource(2 ** 32 - 1),
  ],
  mixLayers: [0, 0.25, 1 / 3, 1],
  mixSuperResolution: 0.123456789,
  walkPosition: 2.5,
  walkPath: 'linear',
  mapX: -1.5,
  mapY: 300.25,
  psi: 0.6,
  psiCutoff: 2,
  conditioning: { kind: 'fixed', yaw: 0.3, pitch: -0.2 },
  directions: [{ direction: 4, strength: -2.5, from: 0, to: 3 }],
};

describe('the address', () => {
  test('holds the seed always, and of all else what differs', () => {
    expect(encodeStudio(CONFIG, AT_HOME)).toBe('seed=0');
    const view = lookFrom(AT_HOME.view, { yaw: Math.PI / 6, radius: 3 });
    const settings = { ...AT_HOME.settings, picture: 'depth' as const };
    const face = { ...faceOfSeed(7, 4), psi: 0.25 };
    expect(encodeStudio(CONFIG, { settings, face, view })).toBe('seed=7&psi=0.25&picture=depth&yaw=30&distance=1.5');
  });

  test('brings back what it was made from', () => {
    const settings: PictureSettings = {
      picture: 'raw',
      renderer: 'convolutional',
      layout: 'wipe',
      wipe: 0.25,
      against: 'raw',
      slice: -0.5,
      backdrop: '#00ff7a',
      autoRotate: true,
      neuralResolution: 48,
      depthSamples: 12,
      quality: 'exact',
      adapts: false,
    };
    const place = { yaw: -1, pitch: 0.5, radius: 1.5, pivot: [0.1, 0.2, 0] as const, focal: 3 };
    const view = drag(lookFrom(AT_HOME.view, place), 30, 0, { width: 300, height: 300 }, 0);
    for (const face of [faceOfSeed(99, 4), { ...faceOfSeed(3, 4), psi: 0.35 }, RICH]) {
      const restored = restoreStudio(CONFIG, decodeStudio(`#${encodeStudio(CONFIG, { settings, face, view })}`));
      expect(restored.settings).toEqual(settings);
      expect(restored.face).toEqual(face);
      expect(restored.view.yaw).toBeCloseTo(view.yaw, 3);
      expect(restored.view.pitch).toBeCloseTo(0.5, 3);
      expect(restored.view.radius).toBeCloseTo(1.5, 3);
      expect(restored.view.pivot).toEqual([0.1, 0.2, 0]);
      expect(restored.view.focal).toBeCloseTo(3, 3);
    }
  });

  test('a face that is more than a seed is one packed field, short and plain in an address', () => {
    const fragment = encodeStudio(CONFIG, { ...AT_HOME, face: RICH });
    expect(fragment).toMatch(/^face=1\.[\w-]+$/);
    expect(fragment.length).toBeLessThan(400);
    expect(fragment).not.toContain('seed=');
  });

  /** A face of plain seeds. */
  const made = (mode: FaceRecipe['mode'], seeds: readonly number[], more: Partial<FaceRecipe> = {}): FaceRecipe => ({
    ...faceOfSeed(0, 4),
    mode,
    sources: seeds.map((seed) => seedSource(seed)),
    ...more,
  });
  const allLayers = (share: number) => ({ mixLayers: [share, share, share, share], mixSuperResolution: share });

  test.each([
    ['a mix with one share', made('mix', [7, 12], allLayers(0.35)), 'mix=7,12&share=0.35'],
    ['a mix of a seed with itself', made('mix', [7, 7], allLayers(0.5)), 'mix=7,7&share=0.5'],
    ['a walk', made('walk', [0, 3, 7], { walkPosition: 1.5, walkPath: 'linear' }), 'seed=0,3,7&at=1.5&path=linear'],
    ['a walk at its beginning', made('walk', [5, 4], { psi: 0.5 }), 'seed=5,4&psi=0.5'],
    ['a place on the map', made('map', [0], { mapX: 3.5, mapY: -2 }), 'map=3.5,-2'],
  ])('%s is written so that people can read it, and comes back', (_, face, fragment) => {
    expect(encodeStudio(CONFIG, { ...AT_HOME, face })).toBe(fragment);
    expect(restoreStudio(CONFIG, decodeStudio(`#${fragment}`)).face).toEqual(face);
    const escaped = fragment.replaceAll(',', '%2C'); // as some programs pass a link on
    expect(restoreStudio(CONFIG, decodeStudio(`#${escaped}`)).face).toEqual(face);
  });

  test('is readable again when a mix is left: what the mode does not show is not in it', () => {
    const left = made('single', [7, 12], { ...allLayers(0.3), walkPosition: 0.5 });
    expect(encodeStudio(CONFIG, { ...AT_HOME, face: left })).toBe('seed=7');
    const onMap = made('map', [7, 12], { mapX: 1, mapY: 2 });
    expect(encodeStudio(CONFIG, { ...AT_HOME, face: onMap })).toBe('map=1,2');
  });

  test.each([
    ['a mix with a share for each layer', made('mix', [7, 12], { mixLayers: [0, 0, 1, 1], mixSuperResolution: 1 })],
    ['a share of many digits', made('mix', [7, 12], allLayers(1 / 3))],
    ['a walk that comes by a seed twice', made('walk', [7, 12, 7])],
    ['an edited seed', { ...faceOfSeed(7, 4), sources: [seedSource(7, { 1: 2 })] }],
    ['a pose', { ...faceOfSeed(7, 4), conditioning: { kind: 'follow' as const } }],
    ['truncation of some layers', { ...faceOfSeed(7, 4), psiCutoff: 2 }],
  ])('%s is packed, and comes back', (_, face) => {
    const fragment = encodeStudio(CONFIG, { ...AT_HOME, face });
    expect(fragment).toMatch(/^face=1\.[\w-]+$/);
    expect(restoreStudio(CONFIG, decodeStudio(fragment)).face).toEqual(face);
  });

  test.each(['seed=-5', 'seed=1.5', 'seed=99999999999', 'seed=abc', 'seed=0-99', 'mix=7,x', 'mix=-1,2'])(
    '%s is no seed: it says so, and takes the model’s first face',
    (fragment) => {
      const tell = vi.fn();
      const restored = restoreStudio(CONFIG, decodeStudio(`#${fragment}&psi=0.5&yaw=10`), tell);
      expect(restored.face).toEqual({ ...defaultFace(CONFIG), psi: 0.5 });
      expect(restored.view.yaw).toBeCloseTo(Math.PI / 18, 5);
      expect(tell).toHaveBeenCalledOnce();
      expect(tell.mock.calls[0]![0].remedy).toMatch(/^Write (one seed|seeds)/);
    },
  );

  test('an older version’s address still works', () => {
    const old = decodeStudio(
      '#seed=12&psi=0.6&picture=raw&renderer=volumetric&rays=48&samples=16&yaw=-35&pitch=10&distance=1.2',
    );
    const restored = restoreStudio(CONFIG, old);
    expect(restored.face).toEqual({ ...faceOfSeed(12, 4), psi: 0.6 });
    expect(restored.settings).toMatchObject({ picture: 'raw', neuralResolution: 48, depthSamples: 16 });
    expect(restored.view.yaw).toBeCloseTo((-35 * Math.PI) / 180, 5);
    expect(restored.view.radius).toBeCloseTo(2.4, 5);
  });

  test('seeds and angles are read as people write them', () => {
    const restored = restoreStudio(
      CONFIG,
      decodeStudio(`#seed=${encodeURIComponent('0-2, 7')}&yaw=${encodeURIComponent('\u221230°')}`),
    );
    expect(restored.face).toMatchObject({ mode: 'walk', sources: [0, 1, 2, 7].map((seed) => seedSource(seed)) });
    expect(restored.view.yaw).toBeCloseTo(-Math.PI / 6, 5);
    for (const one of ['7', '+7', '7-7']) {
      expect(restoreStudio(CONFIG, decodeStudio(`#seed=${one}`)).face).toEqual(faceOfSeed(7, 4));
    }
    expect(decodeStudio('#seed=0-99').face).toEqual({}); // more than a walk has
  });

  test('a seed without a truncation has the default one; a packed face without one keeps the 1 of older versions', () => {
    const face = (fragment: string) => restoreStudio(CONFIG, decodeStudio(fragment)).face;
    expect(face('#seed=12').psi).toBe(DEFAULT_PSI);
    expect(face('#seed=12&psi=7').psi).toBe(LARGEST_PSI);
    const old = packJson({ m: 'mix', s: [1, 2], l: 1 });
    expect(face(`#face=${old}`)).toMatchObject({ mode: 'mix', psi: 1 });
    const mix: FaceRecipe = { ...faceOfSeed(1, 4), mode: 'mix', sources: [seedSource(1), seedSource(2)] };
    for (const psi of [DEFAULT_PSI, 1]) {
      expect(face(`#${encodeStudio(CONFIG, { ...AT_HOME, face: { ...mix, psi } })}`).psi).toBe(psi);
    }
  });

  test('that names neither face nor camera stands for the first view of the model, with whatever else it holds', () => {
    const first = { seed: 34, yaw: 25, pitch: 4 };
    const arrive = (fragment: string) => restoreStudio(CONFIG, withFirstView(decodeStudio(fragment), first));
    for (const fragment of ['', '#', '#picture=depth', '#model=0123456789abcdef']) {
      const { face, view } = arrive(fragment);
      expect(face, fragment).toEqual(faceOfSeed(34, 4));
      expect(view.yaw).toBeCloseTo((25 * Math.PI) / 180, 5);
      expect(view.pitch).toBeCloseTo((4 * Math.PI) / 180, 5);
    }
    expect(arrive('#picture=depth').settings.picture).toBe('depth');
    for (const fragment of ['#seed=0', '#psi=0.7', '#yaw=10', '#distance=2', `#face=${packJson({ s: [5] })}`]) {
      const saved = decodeStudio(fragment);
      expect(withFirstView(saved, first), fragment).toBe(saved);
    }
    expect(withFirstView(decodeStudio(''), undefined)).toEqual(decodeStudio(''));
  });

  test('a backdrop is a name, or a colour without its #', () => {
    const settings = { ...AT_HOME.settings, backdrop: '#ff8800' as const };
    expect(encodeStudio(CONFIG, { ...AT_HOME, settings })).toBe('seed=0&backdrop=ff8800');
    const backdrop = (value: string) =>
      restoreStudio(CONFIG, decodeStudio(`#backdrop=${encodeURIComponent(value)}`)).settings.backdrop;
    for (const name of ['page', 'white', 'black', 'transparent']) expect(backdrop(name)).toBe(name);
    for (const colour of ['#ff8800', 'ff8800', 'FF8800']) expect(backdrop(colour)).toBe('#ff8800');
    for (const nonsense of ['', 'red', '#fff', '#ff880', 'ff88000', '#gg8800']) expect(backdrop(nonsense)).toBe('page');
  });

  test('nonsense gives the defaults', () => {
    const nonsense =
      '#psi=&share=x&at=&map=1&path=round&picture=cat&renderer=x&layout=y&wipe=&against=dog&slice=NaN&backdrop=zebra&rotate=1&rays=Infinity&yaw=up&pivot=1,2&focal=';
    const tell = vi.fn();
    expect(restoreStudio(CONFIG, decodeStudio(nonsense), tell)).toEqual(AT_HOME);
    expect(tell).not.toHaveBeenCalled();
  });

  test.each([
    ['cut off', packJson({ m: 'mix', s: [1, 2] }).slice(0, -6), /cut off or changed/],
    ['nonsense', 'abc', /cut off or changed/],
    ['of a newer version', `2.${packJson({}).slice(2)}`, /newer version \(2; this page reads up to 1\)/],
    ['of a kind that nobody knows', packJson({ m: 'blur' }), /mode is "blur", expected one of/],
  ])('of a face that is %s it says so, and takes the model’s first face', (_, packed, message) => {
    const tell = vi.fn();
    const saved = decodeStudio(`#face=${packed}&yaw=10`);
    const restored = restoreStudio(CONFIG, saved, tell);
    expect(restored.face).toEqual(defaultFace(CONFIG));
    expect(restored.view.yaw).toBeCloseTo(Math.PI / 18, 5);
    expect(tell).toHaveBeenCalledOnce();
    const [{ message: told, remedy }] = tell.mock.calls[0]!;
    expect(told).toMatch(message);
    expect(remedy.length).toBeGreaterThan(20);
  });
});

describe('packed JSON', () => {
  test.each([[null], [0], ['“Œuvre” ☀'], [[1, [2, { a: 'b' }]]], [{ long: 'x'.repeat(50_000) }]])('%j', (value) => {
    const packed = packJson(value);
    expect(packed).toMatch(/^1\.[\w-]+$/);
    expect(unpackJson(packed)).toEqual(value);
  });

  test('is refused with a remedy when it was changed, and however large it would become', () => {
    const bomb = Buffer.from(deflateSync(strToU8(`"${'x'.repeat(1 << 21)}"`))).toString('base64url');
    for (const text of ['', '1', '1.', '1.!!!', 'x.abc', '1.AAAA', `1.${bomb}`, '99999.abc']) {
      expect(() => unpackJson(text), text.slice(0, 20)).toThrow(PackedJsonError);
    }
    expect(() => unpackJson('7.abc')).toThrow(/newer version/);
  });
});
