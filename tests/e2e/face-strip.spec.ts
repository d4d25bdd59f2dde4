/** The strip of faces under the picture: small pictures that fill in, to go to with a click or arrow keys, to drag onto each other, and to mix by menu. */
import { expect, type Page } from '@playwright/test';
import { expectNoAxeFinding } from './axe';
import { seedShown, startAgain, studioState, test } from './support';

test.describe.configure({ mode: 'serial' });
test.use({ hasThumbnails: true });

let page: Page;

test.beforeAll(async ({ sharedPage }) => {
  page = sharedPage;
  await page.evaluate(() => {
    // The same suggestions each time: 11, 22, ...
    let seed = 0;
    const { studio } = document.querySelector('trifold-app')!;
    const random = () => {
      seed += 11;
      return (seed + 0.5) / 100_000;
    };
    Object.defineProperty(studio, 'options', { value: { random } });
    studio.faceStrip.suggestMore();
  });
});

const option = (name: string) => page.getByRole('option', { name, exact: true });
const names = () => page.getByRole('option').evaluateAll((options) => options.map((one) => one.ariaLabel));
const menuItem = (name: string) => page.getByRole('menuitem', { name });

test('the faces on offer are drawn, the one on screen too, and have names', async () => {
  expect(await names()).toEqual(['Seed 0', 'Seed 11', 'Seed 22', 'Seed 33', 'Seed 44', 'Seed 55', 'Seed 66']);
  await expect(option('Seed 0')).toHaveAttribute('aria-selected', 'true');
  const pictures = page.locator('trifold-face-strip trifold-thumbnail');
  await expect(pictures.and(page.locator('[drawn]'))).toHaveCount(7);
  const looks = await pictures.locator('canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      const middle = 4 * (width / 2 + width * (height / 2));
      return { corner: data[3]!, middle: [...data.slice(middle, middle + 4)] };
    }),
  );
  expect(looks.every(({ corner, middle }) => corner < 128 && middle[3]! > 200)).toBe(true);
  expect(new Set(looks.map(({ middle }) => middle.join())).size).toBe(7);
});

test('a click and the arrow keys go to a face; others keep their places', async () => {
  await option('Seed 22').click();
  expect(await seedShown(page)).toBe(22);
  await expect(option('Seed 22')).toHaveAttribute('aria-selected', 'true');
  await option('Seed 22').press('ArrowRight');
  await expect(option('Seed 33')).toBeFocused();
  expect(await seedShown(page)).toBe(33);
  await page.keyboard.press('End');
  await expect(option('Seed 66')).toBeFocused();
  await page.keyboard.press('Home');
  expect(await seedShown(page)).toBe(0);
  expect(await names()).toEqual(['Seed 0', 'Seed 11', 'Seed 22', 'Seed 33', 'Seed 44', 'Seed 55', 'Seed 66']);
});

test('a new face comes first; other suggestions leave those that were looked at', async () => {
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.setSeed(7));
  await expect.poll(async () => (await names())[0]).toBe('Seed 7');
  await page.getByRole('button', { name: 'Other suggestions' }).click();
  const now = await names();
  expect(now.slice(0, 5)).toEqual(['Seed 22', 'Seed 33', 'Seed 66', 'Seed 7', 'Seed 0']);
  expect(now.length).toBe(11);
});

test('a face follows what is done to it, and is no second one', async () => {
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.setPsi(0.4));
  await expect
    .poll(() => page.evaluate(() => document.querySelector('trifold-app')!.studio.state.faceStrip.recent[3]?.psi))
    .toBe(0.4);
  await option('Seed 0').click();
  expect((await studioState(page)).face.psi).toBe(0.7);
  await option('Seed 7').click();
  expect((await studioState(page)).face.psi).toBe(0.4);
  expect((await names()).length).toBe(11);
});

test('one dragged onto another makes a mix of the two; Escape leaves them alone', async () => {
  const [from, onto] = [(await option('Seed 22').boundingBox())!, (await option('Seed 33').boundingBox())!];
  const drag = async () => {
    await page.mouse.move(from.x + 20, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(onto.x + 20, onto.y + 20, { steps: 5 });
  };
  await drag();
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect((await studioState(page)).face.mode).toBe('single');
  await drag();
  await expect(page.locator('trifold-face-strip .ghost')).toContainText('Mix');
  await page.mouse.up();
  const { face } = await studioState(page);
  expect(face).toMatchObject({ mode: 'mix', sources: [{ seed: 33 }, { seed: 22 }] });
  expect(new Set(face.mixLayers)).toEqual(new Set([0.5]));
  await expect.poll(async () => (await names())[0]).toBe('Mix of seed 33 and seed 22');
});

test('the menu of a face mixes it with the one on screen, or adds it to a walk', async () => {
  await option('Seed 22').click();
  await option('Seed 33').click({ button: 'right' });
  await menuItem('Mix with the face on screen').click();
  expect((await studioState(page)).face).toMatchObject({ mode: 'mix', sources: [{ seed: 22 }, { seed: 33 }] });
  await option('Seed 0').click();
  await option('Seed 22').focus();
  await page.keyboard.press('Shift+F10');
  await menuItem('Add to the walk').click();
  expect((await studioState(page)).face).toMatchObject({ mode: 'walk', sources: [{ seed: 0 }, { seed: 22 }] });
});

test('a finger that rests picks a face up, and one that moves on scrolls; all fits a phone', async () => {
  await startAgain(page, undefined, { width: 360, height: 740 });
  const client = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
    client.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
  // Two neighbours in sight: the row has scrolled to the face on screen.
  const boxes = await Promise.all((await page.getByRole('option').all()).map((one) => one.boundingBox()));
  const [from, onto] = boxes.map((box) => box!).filter(({ x, width }) => x >= 0 && x + width < 290);
  if (!from || !onto) throw new Error('Fewer than two faces are in sight.');
  expect(Math.max(from.width, from.height)).toBeLessThanOrEqual(64);
  await touch('touchStart', onto.x + 25, onto.y + 25);
  await expect(page.locator('trifold-face-strip .taken')).toBeVisible();
  for (let step = 1; step <= 4; step++) {
    await touch('touchMove', onto.x + 25 + ((from.x - onto.x) * step) / 4, onto.y + 25);
  }
  await touch('touchEnd');
  await expect.poll(async () => (await studioState(page)).face.mode).toBe('mix');

  await startAgain(page, undefined, { width: 360, height: 740 });
  await touch('touchStart', onto.x + 25, onto.y + 25);
  await expect(page.locator('trifold-face-strip .taken')).toBeVisible();
  await touch('touchEnd');
  await expect(menuItem('Mix with the face on screen')).toBeVisible();
  await expectNoAxeFinding(page);
  await page.keyboard.press('Escape');
  await expect(menuItem('Mix with the face on screen')).toBeHidden();
  await client.detach();
});
