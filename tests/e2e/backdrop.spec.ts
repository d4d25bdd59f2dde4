/** What a head stands on: the page, a colour, nothing; what is left of that in a snapshot; and what moves for people who prefer that nothing does. */
import { expect, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import { openStudio, picture, QUICK, studioState, test, untilStill } from './support';

/** The colour of the picture near its top left corner, where no head is. */
async function corner(page: Page): Promise<number[]> {
  await untilStill(page);
  const { width, height, pixels } = await picture(page);
  const at = (Math.round(height * 0.06) * width + Math.round(width * 0.06)) * 3;
  return [...pixels.subarray(at, at + 3)];
}

function setBackdrop(page: Page, backdrop: 'page' | 'white' | 'black' | 'transparent' | `#${string}`): Promise<void> {
  return page.evaluate((wanted) => {
    document.querySelector('trifold-app')!.studio.changeSettings({ backdrop: wanted });
  }, backdrop);
}

test('the head stands on the page in both themes, and on the colour that is chosen', async ({ studioPage: page }) => {
  const light = await corner(page);
  expect(Math.min(...light)).toBeGreaterThan(200);
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(async () => Math.max(...(await corner(page)))).toBeLessThan(80);
  for (const [backdrop, colour] of [
    ['black', [0, 0, 0]],
    ['#3060c0', [48, 96, 192]],
    ['white', [255, 255, 255]],
  ] as const) {
    await setBackdrop(page, backdrop);
    await expect.poll(() => corner(page), backdrop).toEqual(colour);
  }
});

test.describe('an address', () => {
  test.use({ fragment: `${QUICK}&backdrop=3060c0` });
  test('may name it', async ({ studioPage: page }) => {
    expect((await studioState(page)).settings.backdrop).toBe('#3060c0');
    expect(await corner(page)).toEqual([48, 96, 192]);
  });
});

test('depth, normals and density are transparent beside the head', async ({ studioPage: page }) => {
  await setBackdrop(page, '#3060c0');
  for (const kind of ['depth', 'normals', 'density-x'] as const) {
    await page.evaluate((picture) => document.querySelector('trifold-app')!.studio.setPicture(picture), kind);
    await expect.poll(async () => (await studioState(page)).settings.picture).toBe(kind);
    await expect.poll(() => corner(page), kind).toEqual([48, 96, 192]);
  }
});

test('a snapshot has the pictures’ own resolution, with or without what is behind', async ({ studioPage: page }) => {
  await setBackdrop(page, '#3060c0');
  const snapshot = async (backdrop?: 'transparent') => {
    const bytes = await page.evaluate(async (wanted) => {
      const blob = await document.querySelector('trifold-app')!.studio.snapshot(wanted);
      return [...new Uint8Array(await blob!.arrayBuffer())];
    }, backdrop);
    return decode(Uint8Array.from(bytes));
  };
  const side = await page.evaluate(() => {
    return document.querySelector('trifold-app')!.studio.state.model!.config.imageResolution;
  });
  const shown = await snapshot();
  expect([shown.width, shown.height, shown.channels]).toEqual([side, side, 3]);
  expect([...shown.data.subarray(0, 3)]).toEqual([48, 96, 192]);
  const alone = await snapshot('transparent');
  expect([alone.width, alone.height, alone.channels]).toEqual([side, side, 4]);
  expect(alone.data[3]).toBe(0);
});

test('under reduced motion a link sets nothing in motion, and who asks for it gets it slowly', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await openStudio(page, `${QUICK}&rotate=true`);
  expect((await studioState(page)).settings.autoRotate).toBe(false);
  /** Radians a second of the page's own clock. */
  const speed = () =>
    page.evaluate(async () => {
      const { studio } = document.querySelector('trifold-app')!;
      const [yaw, time] = [studio.state.view.yaw, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 2000));
      return ((studio.state.view.yaw - yaw) / (performance.now() - time)) * 1000;
    });
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.changeSettings({ autoRotate: true }));
  const slow = await speed();
  expect(slow).toBeGreaterThan(0);
  expect(slow).toBeLessThan(0.2); // once in 20 seconds is 0.31
});
