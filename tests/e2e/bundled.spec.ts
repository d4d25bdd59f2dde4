/**
 * The model that we ship, in the page as it is served: its face, the numbers of its training code, the student, and what its size and its
 * names bring that the small pair of the other tests does not have. Few tests: each full picture costs a processor seconds.
 */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import { parseSafetensors } from '../../src/checkpoints/safetensors';
import { psnr } from '../../src/render/pictures/picture-difference';
import { fixturePath } from '../support/fixture-path';
import { expectNoAxeFinding } from './axe';
import {
  contrast,
  corner,
  difference,
  FINE,
  ground,
  openRoom,
  picture,
  startAgain,
  studioState,
  test,
  unfold,
  untilReady,
  untilStill,
} from './support';

test.describe.configure({ mode: 'serial' }); // a story: the page is opened once, by its bare address

const SIDE = 256;
const SEED = 1;
/** Where the panel is beside the picture, which so has one size whatever room is open. */
const WIDE = { width: 1000, height: 700 };

const expected = parseSafetensors(readFileSync(fixturePath('portrait-expected.safetensors')));

let page: Page;

test.beforeAll(({ sharedPage }) => {
  page = sharedPage;
});

/** A row of the expected values, for `SEED`. */
function row(name: string): Float32Array {
  const values = expected.floats(name);
  const length = values.length / expected.info(name).shape[0]!;
  return values.slice(SEED * length, (SEED + 1) * length);
}

/** The picture that the room Export saves, [3, side, side], -1 to 1. */
async function savedPicture(): Promise<Float32Array> {
  await openRoom(page, 'Export');
  const download = page.waitForEvent('download', { timeout: 200_000 });
  await page.getByRole('button', { name: 'Save picture' }).click();
  const { data, channels } = decode(readFileSync(await (await download).path()));
  return Float32Array.from({ length: 3 * SIDE * SIDE }, (_, at) => {
    const [channel, pixel] = [Math.floor(at / (SIDE * SIDE)), at % (SIDE * SIDE)];
    return data[pixel * channels + channel]! / 127.5 - 1;
  });
}

test('the first visit shows a head on the light ground of the page, from the view that flatters it', async () => {
  await page.goto('about:blank');
  await page.goto('./');
  await untilReady(page);
  await untilStill(page);
  const index = await page.evaluate(async () => (await fetch('weights/index.json')).json());
  const [{ first, name }] = index.models;
  const { face, view } = await studioState(page);
  expect(face.sources).toMatchObject([{ kind: 'seed', seed: first.seed }]);
  expect(view.yaw).toBeCloseTo((first.yaw * Math.PI) / 180, 3);
  const shown = await picture(page);
  expect(contrast(shown)).toBeGreaterThan(20);
  expect(corner(shown)).toBe(await ground(page));
  await openRoom(page, 'Inspect');
  await expect(page.locator('trifold-model')).toContainText(name);
});

test('both renderers save the pictures of the training code', async () => {
  test.setTimeout(300_000);
  await startAgain(page, `seed=${SEED}&psi=1&adapt=false`);
  await openRoom(page, 'Inspect');
  await unfold(page, 'Camera');
  const label = page.getByRole('textbox', { name: 'Camera label' });
  await label.fill(JSON.stringify([...row('c')]));
  await label.blur();
  await untilStill(page);
  // Rounding to 8 bits leaves 58 dB.
  expect(psnr(await savedPicture(), row('image'))).toBeGreaterThan(45);
  await openRoom(page, 'Compare');
  await page.getByRole('radio', { name: 'Convolutional', exact: true }).check();
  await expect(page.locator('trifold-compare')).toContainText('Distilled from the model on screen.', {
    timeout: 120_000,
  });
  await untilStill(page);
  expect(psnr(await savedPicture(), row('student.image'))).toBeGreaterThan(45);
});

test('a mix has coarse, middle and fine layers, and colours of its own', async () => {
  await startAgain(page, FINE);
  await openRoom(page, 'Face');
  await page.getByRole('radio', { name: 'Mix' }).check();
  const slider = (name: string) => page.getByRole('slider', { name });
  await slider('Shape, hair, pose').fill('0.8');
  await slider('Features').fill('1');
  await slider('Colours, skin').fill('0.1');
  await slider('Fine detail').fill('0');
  await untilStill(page);
  const mixed = await picture(page);
  const shares = async () => (await studioState(page)).face.mixLayers.join(' ');
  expect(await shares()).toBe('0.8 0.8 0.8 0.8 1 1 1 1 0.1 0.1 0.1 0.1 0.1 0.1');
  await page.getByRole('button', { name: 'Shape B, colours A' }).click();
  expect(await shares()).toBe('1 1 1 1 1 1 1 1 0 0 0 0 0 0');
  await untilStill(page);
  expect(difference(await picture(page), mixed)).toBeGreaterThan(0.1);
});

test('its named attributes change the face', async () => {
  await startAgain(page, FINE, WIDE);
  const before = await picture(page);
  await openRoom(page, 'Edit');
  await unfold(page, 'Expression');
  await page.getByRole('slider', { name: 'smile' }).fill('2.5');
  await untilStill(page);
  expect(difference(await picture(page), before)).toBeGreaterThan(0.1);
});

test('its hair styles are one choice: the one that the face has is marked, and another one is what is chosen', async () => {
  await startAgain(page, `${FINE}&seed=${SEED}`, WIDE);
  await openRoom(page, 'Edit');
  await unfold(page, 'Hair and beard');
  const styles = page.getByRole('radiogroup', { name: 'hair style' });
  await expect(styles.getByRole('radio')).toHaveCount(10);
  await expect(styles.getByRole('radio', { checked: true })).toHaveCount(1);
  await expectNoAxeFinding(page, [{ width: 1440, height: 900 }]);
  const edits = async () => {
    const [source] = (await studioState(page)).face.sources;
    return source?.kind === 'seed' ? Object.keys(source.edits).map(Number) : undefined;
  };
  for (const [style, dimension] of [
    ['long', 27],
    ['afro', 24],
  ] as const) {
    const before = await picture(page);
    await styles.getByRole('radio', { name: style, exact: true }).check();
    expect(await edits()).toEqual([dimension]);
    await untilStill(page);
    expect(difference(await picture(page), before)).toBeGreaterThan(1);
  }
  await page.getByRole('button', { name: 'Reset hair style' }).click();
  expect(await edits()).toEqual([]);
});
