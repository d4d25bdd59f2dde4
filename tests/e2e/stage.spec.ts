/**
 * The first visit: from an open page to a mixed, edited, shared face, with nothing but what is in sight: by mouse, by keyboard alone, and by
 * touch on a small phone. And what the page does for somebody who has never turned a head.
 */
import { type Browser, type BrowserContextOptions, test as base, expect, type Page } from '@playwright/test';
import { canvasCentre, studioState, untilReady, watch } from './support';

const { describe } = base;
const test = base.extend<{ visit: (options: BrowserContextOptions) => Promise<Page> }>({
  /** A page of somebody who has never been here. */
  visit: async ({ browser, baseURL }, use) => {
    const visits: { page: Page; check(): void }[] = [];
    await use(async (options) => {
      const page = await firstVisit(browser, { ...options, ...(baseURL && { baseURL }) });
      visits.push({ page, ...watch(page) });
      await page.goto('./');
      await untilReady(page);
      return page;
    });
    for (const { page, check } of visits) {
      check();
      await page.context().close();
    }
  },
});

const hint = (page: Page) => page.getByText('Drag to turn');
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
const yawOf = async (page: Page) => (await studioState(page)).view.yaw;

describe('a first visit ends with a link to a mixed and edited face', () => {
  test('by mouse', async ({ visit }) => {
    const page = await visit({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    await expect(hint(page)).toBeVisible();
    const before = await yawOf(page);
    const { x, y } = await canvasCentre(page);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x + 120, y, { steps: 3 });
    await page.mouse.up();
    await expect.poll(() => yawOf(page)).not.toBe(before);
    await expect(hint(page)).toHaveCount(0);
    await button(page, 'New face').click();
    await page.getByRole('radio', { name: 'Mix' }).check();
    await button(page, 'Shape A, colours B').click();
    await page.getByRole('tab', { name: 'Edit' }).click();
    await page.getByRole('slider', { name: 'Age' }).click({ position: { x: 8, y: 8 } });
    await button(page, 'Copy link').click();
    await expectShared(page);
  });

  test('by keyboard alone', async ({ visit }) => {
    const page = await visit({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    const { keyboard } = page;
    await tabTo(page, 'New face');
    await keyboard.press('Enter');
    await tabTo(page, /^Generated head/);
    const before = await yawOf(page);
    await keyboard.press('ArrowLeft');
    await expect.poll(() => yawOf(page)).not.toBe(before);
    await expect(hint(page)).toHaveCount(0);
    await tabTo(page, 'One face');
    await keyboard.press('ArrowRight');
    await tabTo(page, 'Shape A, colours B');
    await keyboard.press('Enter');
    await tabTo(page, 'Face', 'Shift+Tab');
    await keyboard.press('ArrowRight');
    await expect(page.getByRole('slider', { name: 'Age' })).toBeVisible();
    await tabTo(page, 'age');
    await keyboard.press('Home');
    await tabTo(page, 'Copy link', 'Shift+Tab');
    await keyboard.press('Enter');
    await expectShared(page);
  });

  test('by touch, at 360 pixels', async ({ visit }) => {
    const page = await visit({
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      reducedMotion: 'reduce',
    });
    await expect(hint(page)).toBeVisible();
    const before = await yawOf(page);
    await swipe(page);
    await expect.poll(() => yawOf(page)).not.toBe(before);
    await expect(hint(page)).toHaveCount(0);
    await button(page, 'New face').tap();
    await page.getByRole('tab', { name: 'Face' }).tap(); // opens the sheet
    await page.getByRole('radio', { name: 'Mix' }).tap();
    await button(page, 'Shape A, colours B').tap();
    await page.getByRole('tab', { name: 'Edit' }).tap();
    await page.getByRole('slider', { name: 'Age' }).tap({ position: { x: 8, y: 8 } });
    await page.getByRole('tab', { name: 'Edit' }).tap(); // closes it
    await expect(page.getByRole('tabpanel', { name: 'Edit' })).toBeHidden();
    await button(page, 'Copy link').tap();
    await expectShared(page);
  });
});

test('the sheet of a phone is pulled to any of its heights, and the picture has what it leaves', async ({ visit }) => {
  const page = await visit({ viewport: { width: 360, height: 740 }, reducedMotion: 'reduce' });
  const grip = page.getByRole('button', { name: /^Settings: / });
  const sideOf = async () => (await canvasCentre(page)).side;
  const whole = await sideOf();
  await expect(grip).toHaveAccessibleName('Settings: closed');
  const { x, y, width } = (await grip.boundingBox())!;
  await page.mouse.move(x + width / 2, y + 10);
  await page.mouse.down();
  await page.mouse.move(x + width / 2, 60, { steps: 4 });
  await page.mouse.up();
  await expect(grip).toHaveAccessibleName('Settings: open');
  expect(await sideOf()).toBeLessThan(whole);
  expect(await sideOf()).toBeGreaterThan(120);
  await grip.focus();
  await page.keyboard.press('ArrowDown');
  await expect(grip).toHaveAccessibleName('Settings: half open');
  await page.keyboard.press('ArrowDown');
  await expect(grip).toHaveAccessibleName('Settings: closed');
  expect(await sideOf()).toBe(whole);
});

test('a message moves nothing', async ({ visit }) => {
  const page = await visit({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  const places = () =>
    page.evaluate(() => {
      const app = document.querySelector('trifold-app')!.shadowRoot!;
      return [...app.querySelectorAll('trifold-viewport, trifold-actions, trifold-face-strip, trifold-rooms')].map(
        (element) => JSON.stringify(element.getBoundingClientRect()),
      );
    });
  const before = await places();
  await button(page, 'Copy link').click();
  await expect(page.getByText('Link copied')).toBeVisible();
  expect(await places()).toEqual(before);
  await page.evaluate(() => {
    document.querySelector('trifold-app')!.studio.store.update({ notices: [{ kind: 'device-rebuilt' }] });
  });
  await expect(page.getByText('has been set up again')).toBeVisible();
  expect(await places()).toEqual(before);
});

async function firstVisit(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({ ...options, permissions: ['clipboard-read', 'clipboard-write'] });
  return context.newPage();
}

/** The link in the clipboard brings a mixed and edited face to somebody else. */
async function expectShared(page: Page): Promise<void> {
  await expect(page.getByText('Link copied')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const { face } = await studioState(page);
  expect(face.mode).toBe('mix');
  const [first] = face.sources;
  expect(first?.kind === 'seed' && Object.keys(first.edits)).toHaveLength(1);
  await page.goto('about:blank');
  await page.goto(link);
  await untilReady(page);
  expect((await studioState(page)).face).toEqual(face);
}

/** Presses Tab until the focus is on what has that name. */
async function tabTo(page: Page, name: string | RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const passed: string[] = [];
  for (let press = 0; press < 60; press++) {
    await page.keyboard.press(key);
    const focused = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      const labels = [...((element as HTMLInputElement | null)?.labels ?? [])].map((label) => label.textContent);
      return (element?.getAttribute('aria-label') ?? labels[0] ?? element?.textContent ?? '').trim();
    });
    if (typeof name === 'string' ? focused === name : name.test(focused)) return;
    passed.push(focused);
  }
  throw new Error(`Tab never comes to ${name}, but to ${passed.join(', ')}`);
}

/** One finger, over the picture from left to right. */
async function swipe(page: Page): Promise<void> {
  const { x, y } = await canvasCentre(page);
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at: number) =>
    session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x: at, y }] });
  await touch('touchStart', x);
  for (const at of [20, 50, 80]) await touch('touchMove', x + at);
  await touch('touchEnd', x + 80);
}
