/**
 * Faces by hand: mixed, walked through, found on the map of seeds, edited by attributes and along directions; what was done undone, and
 * all of it in a link.
 */
import { expect, type Page } from '@playwright/test';
import { expectNoAxeFinding } from './axe';
import {
  comeAgain,
  counts,
  difference,
  openRoom,
  type Picture,
  picture,
  QUICK,
  seedShown,
  smallTargets,
  startAgain,
  studioState,
  test,
  unfold,
  untilReady,
  untilStill,
  watch,
} from './support';

test.describe.configure({ mode: 'serial' }); // a story: each test goes on where the one before ended

let page: Page;

test.beforeAll(async ({ sharedPage }) => {
  page = sharedPage;
  await startAgain(page, QUICK, { width: 1200, height: 900 });
});

async function stillPicture(shown = page): Promise<Picture> {
  await untilStill(shown);
  return picture(shown);
}

/** The largest difference of any value of any pixel, 0..255. */
function largestDifference(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.pixels.reduce((largest, value, index) => Math.max(largest, Math.abs(value - b.pixels[index]!)), 0);
}

/** A hand rests between two things that it does; without that they would be one step to undo. */
async function rest(): Promise<void> {
  await page.waitForTimeout(700);
}

const showPicture = (kind: 'image' | 'raw') =>
  page.evaluate((wanted) => document.querySelector('trifold-app')!.studio.setPicture(wanted), kind);

const button = (name: string) => page.getByRole('button', { name, exact: true });
const slider = (name: string | RegExp) => page.getByRole('slider', { name });
const status = (text: string) => page.getByRole('status').filter({ hasText: text });

test('two faces are mixed, an attribute is edited and undone, and the link shows the same pixels in a new page', async () => {
  await showPicture('image');
  const alone = await stillPicture();
  await page.getByRole('radio', { name: 'Mix' }).check();
  const seedOfB = page.getByLabel('Seed of B');
  await seedOfB.fill('12');
  await seedOfB.press('Enter');
  expect(difference(await stillPicture(), alone)).toBeGreaterThan(1);

  // Colours follow one slider, the shape another; neither runs the mapping network again.
  const before = await counts(page);
  await slider('Shape, hair, pose').fill('0.8');
  await slider('Features').fill('1');
  await slider('Fine detail').fill('0');
  const mixed = await stillPicture();
  expect((await counts(page)).mapping).toBe(before.mapping);
  const { face: mix } = await studioState(page);
  expect(mix.mixLayers).toEqual([0.8, 0.8, 0.8, 0.8, 1, 1, 1, 1]);
  expect(mix.mixSuperResolution).toBe(0);

  await rest();
  await openRoom(page, 'Edit');
  const search = page.getByRole('searchbox', { name: 'Find an attribute' });
  await search.fill('smile');
  const smile = slider('smile');
  await expect(smile).toHaveAttribute('aria-valuetext', /, the seed’s own$/);
  await smile.fill('2.5');
  await expect(smile).toHaveAttribute('aria-valuetext', /^83 % .*, changed$/);
  const edited = await stillPicture();
  expect(difference(edited, mixed)).toBeGreaterThan(0.1);
  await page.getByRole('application').first().focus();
  await page.keyboard.press('Control+z');
  expect(largestDifference(await stillPicture(), mixed)).toBe(0);
  expect((await studioState(page)).face).toEqual(mix);
  await page.keyboard.press('Control+Shift+Z');
  expect(largestDifference(await stillPicture(), edited)).toBe(0);
  await page.keyboard.press('Control+z');
  await page.getByLabel('Face to edit').selectOption('B: seed 12');
  await search.fill('');
  await unfold(page, 'Who it is');
  await slider('age').fill('-2');
  const shown = await stillPicture();

  await button('Copy link').click();
  await expect(status('Link copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const visitor = await page.context().newPage();
  const watchedVisitor = watch(visitor);
  await comeAgain(visitor);
  await visitor.setViewportSize(page.viewportSize()!);
  await visitor.goto(link);
  await untilReady(visitor);
  expect((await studioState(visitor)).notices).toEqual([]);
  expect((await studioState(visitor)).face).toEqual((await studioState(page)).face);
  expect(largestDifference(await stillPicture(visitor), shown)).toBeLessThanOrEqual(1);
  watchedVisitor.check();
  await visitor.close();
});

test('a crossing point, ready-made mixes and single layers set the shares; A and B change places', async () => {
  await openRoom(page, 'Face');
  await showPicture('raw');
  await slider('Crossing point').fill('4');
  const shares = async () => (await studioState(page)).face.mixLayers.join(' ');
  expect(await shares()).toBe('0 0 0 0 1 1 1 1');
  await expect(slider('Crossing point')).toHaveAttribute('aria-valuetext', 'A below layer 5, then B');
  await button('Shape B, colours A').click();
  expect(await shares()).toBe('1 1 1 1 1 1 1 1');
  await unfold(page, 'Every layer');
  await slider('Layer 3 (8 × 8)').fill('0.25');
  expect(await shares()).toBe('1 1 0.25 1 1 1 1 1');
  await expect(slider('Crossing point')).toHaveAttribute('aria-valuetext', 'blended');
  await button('All A').click();
  const a = await stillPicture();
  await button('All B').click();
  const b = await stillPicture();
  expect(difference(a, b)).toBeGreaterThan(1);
  await button('Swap A and B').click();
  expect(largestDifference(await stillPicture(), a)).toBe(0);
});

test('a mix that loses one of its two says what is left', async () => {
  const b = (await studioState(page)).face.sources[1];
  await button('Remove A: B stays as one face').click();
  await expect(status('One face is left of the mix.')).toBeVisible();
  expect((await studioState(page)).face).toMatchObject({ mode: 'single', sources: [b] });
});

test('where the page may not copy, the link is there to copy by hand', async () => {
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
  });
  await button('Copy link').click();
  const field = page.getByLabel('Copy the link from here');
  await expect(field).toHaveValue(/^http:\/\/localhost:\d+\/#.*model=[0-9a-f]{16}/);
  expect(
    await field.evaluate((input: HTMLInputElement) => input.selectionEnd! - input.selectionStart!),
  ).toBeGreaterThan(50);
  await field.press('Tab');
  await expect(field).toBeHidden();
});

test('faces that follow each other quickly are undone one by one', async () => {
  await page.getByRole('radio', { name: 'One face' }).check();
  const seeds: (number | undefined)[] = [];
  for (let press = 0; press < 3; press++) {
    seeds.push(await seedShown(page));
    await button('New face').click();
  }
  for (const seed of seeds.reverse()) {
    await page.keyboard.press('Control+z');
    expect(await seedShown(page)).toBe(seed);
  }
});

test('undo leaves a text field its own', async () => {
  const seed = page.getByLabel('Seed', { exact: true });
  const before = (await studioState(page)).face;
  await seed.focus();
  await page.keyboard.press('Control+z');
  expect((await studioState(page)).face).toEqual(before);
});

test('a walk goes through its faces in their order, plays and pauses', async () => {
  await page.getByRole('radio', { name: 'Walk' }).check();
  await button('Add a face').click();
  const seeds = async () =>
    (await studioState(page)).face.sources.map((source) => (source.kind === 'seed' ? source.seed : source.name));
  const [a, b, c] = await seeds();
  await button('Move 3 earlier').click();
  await expect(button('Move B earlier')).toBeFocused();
  expect(await seeds()).toEqual([a, c, b]);
  await button('Remove 3').click();
  expect(await seeds()).toEqual([a, c]);

  const place = slider('Place on the walk');
  await place.fill('0');
  const begin = await stillPicture();
  await place.fill('0.5');
  expect(difference(await stillPicture(), begin)).toBeGreaterThan(0.5);
  await place.fill('2'); // the end is the beginning
  expect(largestDifference(await stillPicture(), begin)).toBe(0);
  await expect(place).toHaveValue('2');
  await page.getByRole('radio', { name: 'Straight' }).check();
  expect((await studioState(page)).face.walkPath).toBe('linear');

  // The longest seed has room.
  const field = page.getByLabel('Seed of B');
  await field.fill('4294967295');
  await field.press('Enter');
  expect(await field.evaluate((input) => input.scrollWidth - input.clientWidth)).toBe(0);

  const position = async () => (await studioState(page)).face.walkPosition;
  await button('Play').click();
  await expect(button('Pause')).toBeVisible();
  await expect.poll(position).not.toBe(0);
  await place.press('p');
  await expect(button('Play')).toBeVisible();
  await untilStill(page);
  const stopped = await position();
  await page.waitForTimeout(600);
  expect(await position()).toBe(stopped);
});

test('on the map, keys go to seeds and between them, and a seed is taken from it', async () => {
  await page.getByRole('radio', { name: 'Map', exact: true }).check();
  const map = page.getByRole('application', { name: /^Map of seeds/ });
  await map.press('Home');
  const home = (await studioState(page)).face;
  await page.getByLabel('Across', { exact: true }).fill('3');
  await page.getByLabel('Across', { exact: true }).press('Enter');
  await page.getByLabel('Down', { exact: true }).fill('1');
  await page.getByLabel('Down', { exact: true }).press('Enter');
  await map.press('ArrowRight');
  await map.press('ArrowRight');
  await map.press('ArrowUp');
  const { face } = await studioState(page);
  expect([face.mapX, face.mapY]).toEqual([3.2, 0.9]);
  await expect(map).toHaveAccessibleName('Map of seeds, at 3.2 across and 0.9 down');
  await expect(status('Nearest seed: 103')).toBeAttached();
  await map.press('Shift+ArrowRight');
  await map.press('Shift+ArrowDown');
  await expect(map).toHaveAccessibleName('Map of seeds, at 4.0 across and 1.0 down');
  const onMap = await stillPicture();
  expect(home.mode).toBe('map');

  await map.evaluate((pad) => pad.scrollIntoView({ block: 'center' }));
  const box = (await map.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2 - box.width / 8, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect(map).toHaveAccessibleName('Map of seeds, at 4.5 across and 1.0 down');
  await page.mouse.click(box.x + box.width * 0.4, box.y + box.height * 0.52);
  await expect(map).toHaveAccessibleName('Map of seeds, at 4.0 across and 1.0 down');

  await button('Take seed 104').click();
  await expect(page.getByRole('radio', { name: 'One face' })).toBeChecked();
  expect(await seedShown(page)).toBe(104);
  expect(largestDifference(await stillPicture(), onMap)).toBeLessThanOrEqual(1);
});

test('attributes are found by name and reset one by one or all', async () => {
  const edits = async () => {
    const [source] = (await studioState(page)).face.sources;
    return source?.kind === 'seed' ? source.edits : undefined;
  };
  await openRoom(page, 'Edit');
  const search = page.getByRole('searchbox', { name: 'Find an attribute' });
  await search.fill('NOSE');
  await expect(slider('nose width')).toBeVisible();
  await expect(slider('smile')).toBeHidden();
  await slider('nose width').fill('3');
  expect(await edits()).toEqual({ 44: 3 });
  await search.fill('wings');
  await expect(status('No attribute is called “wings”.')).toBeVisible();
  await search.fill('');
  await unfold(page, 'Who it is');
  await slider('age').fill('2');
  await slider('gender').fill('-1');
  await button('Reset age').click();
  expect(await edits()).toEqual({ 1: -1, 44: 3 });
  await button('Reset all').click();
  expect(await edits()).toEqual({});
});

test('directions are searched, given up, found, and kept', async () => {
  await openRoom(page, 'Edit');
  await button('Find directions').click();
  await expect(page.getByRole('progressbar', { name: 'Search for directions' })).toBeVisible();
  await button('Cancel').click();
  await expect(button('Find directions')).toBeVisible();
  await button('Find directions').click();
  const first = slider(/^Direction 1 /);
  await expect(first).toBeVisible();
  const before = await stillPicture();
  await first.fill('3');
  const after = await stillPicture();
  expect(difference(after, before)).toBeGreaterThan(0.5);
  await page.getByText('Layers 1 to 8').first().click();
  const last = page.getByLabel('Last layer of direction 1', { exact: true });
  await last.fill('4');
  await last.press('Enter');
  expect((await studioState(page)).face.directions).toEqual([{ direction: 0, strength: 3, from: 0, to: 3 }]);
  expect(difference(await stillPicture(), after)).toBeGreaterThan(0.1);
  const kept = await stillPicture();

  await expect.poll(() => page.url()).toContain('face=1.');
  await page.reload();
  await untilReady(page);
  await openRoom(page, 'Edit');
  await expect(first).toBeVisible();
  await expect(first).toHaveValue('3');
  expect(largestDifference(await stillPicture(), kept)).toBeLessThanOrEqual(1);
  await button('Reset direction 1').click();
  expect(largestDifference(await stillPicture(), before)).toBeLessThanOrEqual(1);
});

test('truncation of some layers, and the pose that the model is told', async () => {
  await openRoom(page, 'Face');
  await unfold(page, 'Where variety acts');
  await slider('Variety, truncation ψ').fill('0.5');
  const cutoff = page.getByLabel('Variety acts on the first layers only');
  await cutoff.fill('4');
  await cutoff.press('Enter');
  await page.getByRole('radio', { name: 'By hand' }).check();
  await page.locator('trifold-face').getByLabel('Yaw in degrees').fill('30');
  await page.locator('trifold-face').getByLabel('Yaw in degrees').press('Enter');
  const { face } = await studioState(page);
  expect(face).toMatchObject({ psi: 0.5, psiCutoff: 4, conditioning: { kind: 'fixed', pitch: 0 } });
  await expect(page.locator('trifold-face').getByLabel('Yaw in degrees')).toHaveValue('30');
  const isZeroed = await page.evaluate(
    () => document.querySelector('trifold-app')!.studio.state.model!.config.conditioning.zeroed,
  );
  await expect(page.getByText('trained without a pose')).toBeVisible({ visible: isZeroed });
});

test('a link that cannot be read is told, and the page works', async () => {
  await startAgain(page, `${QUICK}&face=7.abc`);
  await expect(page.getByText('made by a newer version')).toBeVisible();
  await button('Dismiss').click();
  expect(await seedShown(page)).toBe(0);
});

test('axe finds nothing with every section open, in light and dark, and all fits 360 pixels', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await openRoom(page, 'Face');
  for (const mode of ['Walk', 'Map', 'Mix']) {
    await page.getByRole('radio', { name: mode, exact: true }).check();
    await openAllFolds(page);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, mode).toBe(0);
    const parts = page.locator('trifold-face, trifold-faces, trifold-face-strip');
    const controls = parts.locator('button:visible, select:visible, input:visible, summary:visible');
    expect(await smallTargets(controls)).toEqual([]);
    await expectNoAxeFinding(page);
  }
});

async function openAllFolds(page: Page): Promise<void> {
  await page.evaluate(() => {
    const open = (root: Document | ShadowRoot) => {
      for (const fold of root.querySelectorAll('details')) fold.open = true;
      for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) open(shadowRoot);
    };
    open(document);
  });
}
