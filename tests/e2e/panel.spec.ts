/**
 * The panel: every control changes the picture, and runs no more of the network than it must.
 */
import { expect, type Page } from '@playwright/test';
import {
  contrast,
  counts,
  difference,
  openRoom,
  openStudio,
  picture,
  QUICK,
  seedShown,
  startAgain,
  statusFigures,
  studioState,
  test,
  unfold,
  untilReady,
  untilStill,
} from './support';

test.use({ viewport: { width: 1000, height: 760 } });

let page: Page;

test.beforeEach(({ studioPage }) => {
  page = studioPage;
});

/** Does something, waits for the picture, and tells how much it changed and how often mapping and backbone ran. */
async function effectOf(act: () => Promise<unknown>) {
  await untilStill(page);
  const [pictureBefore, countsBefore] = [await picture(page), await counts(page)];
  await act();
  await untilStill(page);
  const [pictureAfter, countsAfter] = [await picture(page), await counts(page)];
  return {
    change: difference(pictureBefore, pictureAfter),
    mapping: countsAfter.mapping - countsBefore.mapping,
    triPlanes: countsAfter.triPlanes - countsBefore.triPlanes,
    after: pictureAfter,
  };
}

test('New face shows another face and runs the backbone once; Undo brings the old one back', async ({ page: own }) => {
  page = own;
  await openStudio(page);
  const first = await counts(page); // one face so far: its dispatches are those of one run
  const { settings, face } = await studioState(page);
  const original = await picture(page);
  const fresh = await effectOf(() => page.getByRole('button', { name: 'New face' }).click());
  expect(fresh.change).toBeGreaterThan(1);
  expect(fresh).toMatchObject({ mapping: first.mapping, triPlanes: first.triPlanes });
  const fresher = await seedShown(page);
  expect(fresher).not.toBe(0);
  const back = await effectOf(() => page.getByRole('button', { name: 'Undo' }).click());
  expect(difference(back.after, original)).toBe(0);
  expect(back).toMatchObject({ mapping: 0, triPlanes: first.triPlanes }); // its w is still known
  expect(await studioState(page)).toMatchObject({ settings, face });
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect.poll(() => seedShown(page)).toBe(fresher);
  await page.getByRole('button', { name: 'Undo' }).click();
});

test('a typed seed gives the same face every time; what is no seed is refused and changes nothing', async () => {
  const seed = page.getByLabel('Seed', { exact: true });
  await seed.fill('3');
  const third = await effectOf(() => seed.press('Enter'));
  for (const nonsense of ['1.5', '-4']) {
    await seed.fill(nonsense);
    await seed.press('Enter');
    await expect(seed).toHaveValue(nonsense); // to be mended; the browser says why
    await expect.poll(() => seedShown(page)).toBe(3);
  }
  await seed.fill('4');
  await effectOf(() => seed.press('Enter'));
  await seed.fill('3');
  const again = await effectOf(() => seed.press('Enter'));
  expect(difference(again.after, third.after)).toBe(0);
});

test('truncation moves towards the average face', async () => {
  const slider = page.getByLabel('Variety, truncation ψ');
  const average = await effectOf(() => slider.fill('0'));
  expect(average.change).toBeGreaterThan(1);
  await page.getByLabel('Seed', { exact: true }).fill('11');
  const other = await effectOf(() => page.getByLabel('Seed', { exact: true }).press('Enter'));
  expect(other.change).toBe(0);
  await effectOf(() => slider.fill('1'));
});

test('raw and depth show other pictures without another run of the backbone', async () => {
  await openRoom(page, 'Inspect');
  for (const name of ['Depth map', 'Final image', 'Raw volume rendering']) {
    const { change, mapping, triPlanes, after } = await effectOf(() => page.getByRole('radio', { name }).check());
    expect(change).toBeGreaterThan(0.3);
    expect([mapping, triPlanes]).toEqual([0, 0]);
    expect(contrast(after)).toBeGreaterThan(10);
  }
});

test('resolution and samples take effect without another run of the backbone', async () => {
  await startAgain(page, `${QUICK}&quality=exact`); // the fast quality has samples of its own
  await openRoom(page, 'Inspect');
  await unfold(page, 'Quality');
  const finer = await effectOf(() => page.getByLabel('Neural rendering').selectOption('48'));
  const denser = await effectOf(() => page.getByLabel('Samples per ray').selectOption('32'));
  for (const { change, mapping, triPlanes } of [finer, denser]) {
    expect(change).toBeGreaterThan(0);
    expect([mapping, triPlanes]).toEqual([0, 0]);
  }
  expect((await studioState(page)).settings).toMatchObject({ neuralResolution: 48, depthSamples: 32 });
});

test('fast and exact volume rendering look alike; the address keeps the choice, and whether a moving picture may be coarser', async () => {
  await startAgain(page, 'picture=raw&rays=48&samples=32');
  await openRoom(page, 'Inspect');
  await unfold(page, 'Quality');
  const { change, mapping, triPlanes } = await effectOf(() => page.getByRole('radio', { name: 'Exact' }).check());
  expect(change).toBeLessThan(2);
  expect([mapping, triPlanes]).toEqual([0, 0]);
  await page.getByLabel('Coarser while moving').uncheck();
  expect((await studioState(page)).settings).toMatchObject({ quality: 'exact', adapts: false });
  await expect.poll(() => new URL(page.url()).hash).toContain('quality=exact&adapt=false');
});

test('the status line is one quiet line; behind it are adapter, precision, times, frame rate and memory', async () => {
  const status = page.getByRole('contentinfo', { name: 'Device and timing' });
  await expect(status).toHaveText(/^\s*Volumetric\s*$/);
  const figures = await statusFigures(page);
  await expect(figures).toContainText('swiftshader', { ignoreCase: true });
  await expect(figures).toContainText('f32');
  await expect(figures).toContainText(/mapping [\d.]+ · tri-planes [\d.]+ · ray march [\d.]+ · present|no timestamps/);
  await expect(figures).toContainText(/GPU memory\s*[1-9]\d* MB/);
  await expect(figures).toContainText('at rest');
  await page.keyboard.press('Escape');
  await expect(figures).toBeHidden();
});

test('rooms have the keys of tabs, and are remembered with their folds', async () => {
  const tab = (name: string) => page.getByRole('tab', { name });
  await tab('Face').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab('Edit')).toBeFocused();
  await expect(page.getByRole('tabpanel', { name: 'Edit' })).toBeVisible();
  await page.keyboard.press('End');
  await expect(tab('Learn')).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(tab('Face')).toBeFocused();
  await openRoom(page, 'Inspect');
  await unfold(page, 'Quality');
  await page.reload();
  await expect(page.getByLabel('Neural rendering')).toBeVisible();
  await untilReady(page);
});
