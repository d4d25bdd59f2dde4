/**
 * The room Inspect, the tools on the picture and the help sheet: every kind of picture shows something else and has its legend, two kinds are
 * compared, the camera is set in numbers and by its label, and the keyboard finds it all.
 */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import type { PictureKind } from '../../src/studio/shared/settings';
import { VIEW_STRINGS } from '../../src/ui/strings/view';
import { expectNoAxeFinding } from './axe';
import {
  contrast,
  counts,
  difference,
  FINE,
  openRoom,
  type Picture,
  picture,
  startAgain,
  studioState,
  test,
  unfold,
  untilStill,
} from './support';

/** The ring around what has the focus touches the corners of the picture. */
const SAME = 0.1;

test.use({ fragment: FINE, viewport: { width: 1000, height: 800 } });

let page: Page;

test.beforeEach(async ({ studioPage }) => {
  page = studioPage;
  await openRoom(page, 'Inspect');
});

async function show(kind: PictureKind): Promise<Picture> {
  await openRoom(page, 'Inspect');
  await page.getByRole('radio', { name: VIEW_STRINGS.pictureNames[kind] }).check();
  await untilStill(page);
  return picture(page);
}

async function compareWith(kind: string): Promise<void> {
  await openRoom(page, 'Compare');
  await page.getByLabel('Compare with').selectOption(kind);
  await untilStill(page);
}

const tool = (name: string | RegExp) => page.getByRole('toolbar', { name: 'Tools' }).getByRole('button', { name });
const legend = () => page.locator('trifold-legend');
const slice = () => page.getByRole('slider', { name: 'Place of the slice' });

async function openCamera(): Promise<void> {
  await openRoom(page, 'Inspect');
  await unfold(page, 'Camera');
  await expect(page.getByRole('textbox', { name: 'Camera label' })).toBeVisible();
}

test('every kind of picture shows something else, from one run of the backbone', async () => {
  await untilStill(page);
  const before = await counts(page);
  const kinds = Object.keys(VIEW_STRINGS.pictureNames) as PictureKind[];
  const shown: [PictureKind, Picture][] = [];
  for (const kind of kinds) shown.push([kind, await show(kind)]);
  expect(shown).toHaveLength(10);
  for (const [at, [kind, one]] of shown.entries()) {
    expect(contrast(one), kind).toBeGreaterThan(3);
    for (const [other, another] of shown.slice(at + 1)) {
      const isSoftened = kind === 'image' && other === 'raw'; // the same view, before and after super-resolution
      expect(difference(one, another), `${kind}, ${other}`).toBeGreaterThan(isSoftened ? 0.5 : 2);
    }
  }
  expect(await counts(page)).toMatchObject({ mapping: before.mapping, triPlanes: before.triPlanes });
});

test('a slice moves through the head; turning does not change it', async () => {
  const middle = await show('density-z');
  await slice().fill('0.5');
  await untilStill(page);
  const before = await picture(page);
  expect(difference(before, middle)).toBeGreaterThan(1);
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await untilStill(page);
  expect(difference(await picture(page), before)).toBeLessThan(SAME);
  await page.keyboard.press('Home');
  await page.getByRole('slider', { name: 'Move the slice along z' }).fill('0'); // on the picture, with the legend
  await expect(slice()).toHaveValue('0');
  await show('raw');
  await expect(slice()).toBeHidden();
});

test('another face has other planes', async () => {
  const before = await show('plane-0');
  await page.getByRole('application').focus();
  await page.keyboard.press('n');
  await untilStill(page);
  expect(difference(await picture(page), before)).toBeGreaterThan(2);
  await page.keyboard.press('Backspace');
  await untilStill(page);
  expect(difference(await picture(page), before)).toBeLessThan(SAME);
});

test('a wipe of two kinds shows each on its side, and moves', async () => {
  const raw = await show('raw');
  const normals = await show('normals');
  await show('raw');
  await compareWith('normals');
  const both = await picture(page);
  expect(halfDifference(both, raw, 'left')).toBe(0);
  expect(halfDifference(both, normals, 'right')).toBe(0);
  await expect(page.locator('trifold-compare-overlay').getByText('Surface normals')).toBeVisible();
  const divider = page.getByRole('slider', { name: /^Dividing line/ });
  await divider.fill('100');
  await untilStill(page);
  expect(halfDifference(await picture(page), raw, 'right')).toBeLessThan(3); // but for the line itself
  await divider.fill('50');
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await untilStill(page);
  expect(difference(await picture(page), both)).toBeGreaterThan(2);
  expect((await studioState(page)).settings).toMatchObject({
    layout: 'wipe',
    against: 'normals',
    renderer: 'volumetric',
  });
  await page.keyboard.press('Home');
  await compareWith('');
  expect(difference(await picture(page), raw)).toBeLessThan(SAME);
});

test('the field of view, the distance and the point looked at change the picture, in numbers', async () => {
  await openCamera();
  let former = await picture(page);
  const changes: readonly [string, string][] = [
    ['Yaw in degrees', '30'],
    ['Pitch in degrees', '-12'],
    ['Distance', '2'],
    ['Looks at, y', '0.15'],
  ];
  await page.getByRole('slider', { name: 'Field of view' }).fill('20');
  for (const change of [undefined, ...changes]) {
    if (change) {
      const field = page.getByRole('spinbutton', { name: change[0] });
      await field.fill(change[1]);
      await field.press('Enter');
    }
    await untilStill(page);
    const now = await picture(page);
    expect(difference(now, former), String(change)).toBeGreaterThan(1);
    former = now;
  }
  const { view } = await studioState(page);
  expect(view).toMatchObject({ radius: 2, focal: expect.closeTo(0.5 / Math.tan(Math.PI / 18), 5) });
  expect([view.yaw, view.pitch].map((angle) => (angle * 180) / Math.PI)).toEqual([
    expect.closeTo(30, 5),
    expect.closeTo(-12, 5),
  ]);
});

test('a label that is copied, and pasted after a reset, brings the same view back', async () => {
  await startAgain(page, `${FINE}&yaw=30&pitch=-12&distance=0.8&focal=2.8&pivot=0,0.15,0`);
  await openCamera();
  const before = await picture(page);
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(page.getByText('Copied.')).toBeVisible();
  const label: number[] = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(label).toHaveLength(25);
  await tool('Reset view').click();
  await untilStill(page);
  expect(difference(await picture(page), before)).toBeGreaterThan(2);
  await page.getByRole('button', { name: 'Paste', exact: true }).click();
  await expect(page.getByText('The camera is there now.')).toBeVisible();
  await untilStill(page);
  expect(difference(await picture(page), before)).toBeLessThan(SAME);
});

test('a label that is none, or no orbit camera’s, is refused in words and changes nothing', async () => {
  await openCamera();
  const { view } = await studioState(page);
  const field = page.getByRole('textbox', { name: 'Camera label' });
  const label: number[] = JSON.parse(await field.inputValue());
  const refused: readonly [string, RegExp][] = [
    ['1 2 3', /3 numbers where a label has 25/],
    [label.join(' ').replace('0.5', 'NaN'), /NaN” is not a finite number/],
    [label.map((value, at) => (at === 3 ? 9 : value)).join(','), /looks past the head/],
    [label.map((value, at) => (at === 18 ? 0.2 : value)).join(','), /principal point/],
  ];
  for (const [text, message] of refused) {
    await field.fill(text);
    await field.blur();
    await expect(page.locator('trifold-camera [role=alert]')).toContainText(message);
    expect((await studioState(page)).view).toEqual(view);
  }
  await field.fill(JSON.stringify(label));
  await field.blur();
  await expect(page.locator('trifold-camera [role=alert]')).toBeHidden();
});

test('the head turns by itself until it is told to stop', async () => {
  const yaw = async () => (await studioState(page)).view.yaw;
  const before = await yaw();
  const turn = tool('Turn by itself');
  await turn.click();
  await expect(turn).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(yaw).not.toBe(before);
  await turn.click();
  await expect(turn).toHaveAttribute('aria-pressed', 'false');
  await untilStill(page);
  await page.keyboard.press('r');
  await expect.poll(yaw).toBe(0);
});

test('the tools are one stop of the Tab key, and arrows go through them and through their menus', async () => {
  await tool('Reset view').focus();
  await page.keyboard.press('ArrowDown');
  await expect(tool('Turn by itself')).toBeFocused();
  for (let presses = 0; presses < 2; presses++) await page.keyboard.press('ArrowDown');
  await expect(tool(/^What is shown: Raw/)).toBeFocused();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('menu', { name: 'What is shown' });
  await expect(menu.getByRole('menuitemradio', { name: 'Raw volume rendering' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(menu.getByRole('menuitemradio', { name: 'Feature plane 3' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(tool(/^What is shown: Raw/)).toBeFocused();
  expect((await studioState(page)).settings.picture).toBe('raw');
  await page.keyboard.press('Enter');
  await expect(menu.getByRole('menuitemradio', { checked: true })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Space');
  await expect(menu).toBeHidden();
  await expect(tool('What is shown: Depth map')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('toolbar', { name: 'Tools' }).locator(':focus')).toHaveCount(0);
});

test('a tool says its name and its key to who looks at it', async () => {
  await tool('Reset view').hover();
  await expect(tool('Reset view').locator('.tip')).toBeVisible();
  await expect(tool('Reset view').locator('.tip')).toContainText('Reset viewR');
  await page.mouse.move(5, 5);
  await expect(tool('Reset view').locator('.tip')).toBeHidden();
});

test('the background is chosen by name, as a colour and with a key, and another picture keeps it', async () => {
  const backdrop = async () => (await studioState(page)).settings.backdrop;
  await tool(/^Background/).click();
  await page.getByRole('menuitemradio', { name: 'White' }).click();
  await expect.poll(backdrop).toBe('white');
  await expect(tool('Background: White')).toBeFocused();
  await page.keyboard.press('b');
  await expect.poll(backdrop).toBe('black');
  await page.getByLabel('Colour of the background').evaluate((field: HTMLInputElement) => {
    field.value = '#80c0ff';
    field.dispatchEvent(new Event('input'));
  });
  await expect.poll(backdrop).toBe('#80c0ff');
  await expect(tool('Background: #80c0ff')).toBeVisible();
  await show('depth');
  expect(await backdrop()).toBe('#80c0ff');
});

test('F shows the picture on the whole screen, with its tools, and comes back', async () => {
  const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
  await page.keyboard.press('f');
  await expect.poll(isFull).toBe(true);
  await expect(tool('Leave fullscreen')).toBeVisible();
  await expect(page.getByRole('tablist')).toBeHidden();
  await tool('Leave fullscreen').click();
  await expect.poll(isFull).toBe(false);
  await expect(page.getByRole('tablist')).toBeVisible();
});

test('a snapshot is what is on screen as a PNG picture, by button and by key', async () => {
  await show('raw');
  for (const act of [() => tool('Save a snapshot').click(), () => page.keyboard.press('s')]) {
    const download = page.waitForEvent('download');
    await act();
    const file = await download;
    expect(file.suggestedFilename()).toBe('trifold-seed-0-raw.png');
    const { width, height } = decode(readFileSync(await file.path()));
    expect(width).toBe(height);
    expect(width).toBeGreaterThan(31);
  }
});

test('what the colours mean stands on the picture', async () => {
  await show('raw');
  await expect(legend().locator('.legend')).toHaveCount(0);
  await show('depth');
  await expect(legend()).toContainText(/near \d\.\d\d\s*\d\.\d\d far/);
  const [near, far] = (await legend().locator('.legend').textContent())!.match(/\d\.\d\d/g)!.map(Number);
  const { radius } = (await studioState(page)).view;
  expect(near).toBeGreaterThan(radius - 1);
  expect(far).toBeGreaterThan(near!);
  await page.getByRole('application').focus();
  await page.keyboard.press('+');
  await untilStill(page);
  await expect
    .poll(async () => Number((await legend().locator('.legend').textContent())!.match(/\d\.\d\d/)![0]))
    .toBeLessThan(near!);
  await page.keyboard.press('Home');
  await show('normals');
  const ball = () => legend().locator('canvas').screenshot();
  const before = await ball();
  await page.getByRole('application').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await untilStill(page);
  expect(await ball()).not.toEqual(before); // it turns with the camera
  await show('density-y');
  await expect(page.getByRole('img', { name: /^Colours of the density/ })).toBeVisible();
  await show('plane-1');
  await expect(legend()).toContainText('principal components');
  await compareWith('depth');
  await expect(legend().locator('.legend')).toHaveCount(2);
  await compareWith('');
});

test('a choice moves nothing beside it, and is seen in forced colours', async () => {
  const bar = page.getByRole('radiogroup', { name: 'Picture' });
  const places = () =>
    bar.locator('label').evaluateAll((labels) => labels.map((label) => label.getBoundingClientRect().x));
  const before = await places();
  await show('depth');
  expect(await places()).toEqual(before);
  await page.emulateMedia({ forcedColors: 'active' });
  const colours = await bar
    .locator('label')
    .evaluateAll((labels) => labels.map((label) => getComputedStyle(label).backgroundColor));
  await page.emulateMedia({ forcedColors: 'none' });
  expect(colours.filter((colour) => colour === colours[2])).toHaveLength(1);
});

test('"?" opens the sheet of keys, Escape and "?" close it, and the focus goes back', async () => {
  const sheet = page.getByRole('dialog', { name: 'Help' });
  const application = page.getByRole('application');
  await application.focus();
  for (const closing of ['Escape', '?']) {
    await page.keyboard.press('?');
    await expect(sheet).toBeVisible();
    await expect(sheet.getByRole('button', { name: 'Close' })).toBeFocused();
    await page.keyboard.press('3'); // does nothing below an open sheet
    await page.keyboard.press(closing);
    await expect(sheet).toBeHidden();
    await expect(application).toBeFocused();
  }
  expect((await studioState(page)).settings.picture).toBe('raw');
  const button = page.getByRole('button', { name: 'Help' });
  await button.click();
  for (const what of ['Surface normals', 'Compare: the next way', 'Fullscreen, or back']) {
    await expect(sheet.getByText(what)).toBeVisible();
  }
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(button).toBeFocused();
});

test('keys choose the picture and turn, but not from text fields', async () => {
  await page.getByRole('application').focus();
  await page.keyboard.press('3');
  await expect.poll(async () => (await studioState(page)).settings.picture).toBe('depth');
  await page.keyboard.press('a');
  await expect.poll(async () => (await studioState(page)).settings.autoRotate).toBe(true);
  await page.keyboard.press('a');
  await expect.poll(async () => (await studioState(page)).settings.autoRotate).toBe(false);
  await openCamera();
  await page.getByRole('spinbutton', { name: 'Distance' }).focus();
  await page.keyboard.press('4');
  expect((await studioState(page)).settings.picture).toBe('depth');
  await page.keyboard.press('Escape');
});

test('a link brings back kind, comparison, slice and camera', async () => {
  const fragment = `${FINE.replace('raw', 'density-x')}&layout=side-by-side&against=plane-2&slice=-0.25&focal=2&pivot=0,0.1,0.1`;
  await page.evaluate((wanted) => {
    location.hash = wanted;
  }, fragment);
  await expect
    .poll(async () => (await studioState(page)).settings)
    .toMatchObject({
      picture: 'density-x',
      layout: 'side-by-side',
      against: 'plane-2',
      slice: -0.25,
    });
  expect((await studioState(page)).view).toMatchObject({ focal: 2, pivot: [0, 0.1, 0.1] });
  await untilStill(page);
  expect(contrast(await picture(page))).toBeGreaterThan(3);
});

test('axe finds nothing in the room, in the help sheet and in a menu, at any width, in light and dark; 360 pixels are enough', async () => {
  await openCamera();
  for (const width of [360, 800, 1440]) {
    await page.setViewportSize({ width, height: 900 });
    const room = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(room)).toBe(0);
    await expectNoAxeFinding(page);
    await page.getByRole('button', { name: 'Help' }).click();
    await expectNoAxeFinding(page);
    await page.keyboard.press('Escape');
    await tool(/^What is shown/).click();
    await expectNoAxeFinding(page);
    await page.keyboard.press('Escape');
  }
});

/** Mean absolute difference of the left or right third of two pictures, in their upper quarter, away from labels: 0..255. */
function halfDifference(a: Picture, b: Picture, side: 'left' | 'right'): number {
  const { width, height } = a;
  const [from, to] = side === 'left' ? [0, width / 3] : [(2 * width) / 3, width];
  let sum = 0;
  let count = 0;
  for (let y = Math.floor(height * 0.2); y < height * 0.7; y++) {
    for (let x = Math.ceil(from); x < to; x++) {
      const at = (y * width + x) * 3;
      for (let channel = 0; channel < 3; channel++) sum += Math.abs(a.pixels[at + channel]! - b.pixels[at + channel]!);
      count += 3;
    }
  }
  return sum / count;
}
