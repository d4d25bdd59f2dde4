/**
 * What the end-to-end tests share: a page that is watched for requests to strangers and for broken content rules, and ways to look at
 * the picture and at the counts of the device. All of it goes through the public property `studio` of `<trifold-app>`.
 */
import { test as base, expect, type Locator, type Page, type ViewportSize } from '@playwright/test';
import { decode } from 'fast-png';
import type { StudioState } from '../../src/studio/shared/state';
import type {} from '../../src/ui/trifold-app';

/** Few rays and samples and no super-resolution: most tests are about the page, not about the picture. */
export const QUICK = 'picture=raw&rays=16&samples=8';

/** More rays than the small model's own. */
export const FINE = 'picture=raw&rays=32&samples=8';

/** Messages that say that the content security policy was broken, or that a script failed. */
const ALARMING = /content security policy|refused to|uncaught/i;

/** Makes sure that a page asks nobody but its own server, keeps its content rules and throws nothing. Call before the first visit. */
export function watch(page: Page): { check(): void } {
  const complaints: string[] = [];
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (hostname !== 'localhost' && protocol.startsWith('http')) complaints.push(`request to ${request.url()}`);
  });
  page.on('console', (message) => {
    if (ALARMING.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return { check: () => expect(complaints).toEqual([]) };
}

interface TestFixtures {
  /** The page that all tests of a worker share, gone back to the beginning: {@link startAgain} with the file's `fragment` and `viewport`. */
  readonly studioPage: Page;
  /** What `studioPage` shows at first. */
  readonly fragment: string;
}

interface WorkerFixtures {
  /** Whether the page draws thumbnails of faces. It does so whenever it is still, which most tests wait for, and every one is counted. */
  readonly hasThumbnails: boolean;
  /** A page with its device, opened once; watched, and allowed to use the clipboard. */
  readonly sharedPage: Page;
}

/**
 * The test function of this folder. Tests of the opening, of storage and of lost devices take a `page` of their own; all others share one, as
 * `studioPage`, or as `sharedPage` where the tests of a file tell a story.
 */
export const test = base.extend<TestFixtures, WorkerFixtures>({
  hasThumbnails: [false, { option: true, scope: 'worker' }],
  page: async ({ page, hasThumbnails }, use) => {
    const watched = watch(page);
    await comeAgain(page, hasThumbnails);
    await use(page);
    watched.check();
  },
  sharedPage: [
    async ({ browser, hasThumbnails }, use, { project }) => {
      const permissions = ['clipboard-read', 'clipboard-write'];
      const { baseURL, viewport } = project.use;
      const context = await browser.newContext({ baseURL, viewport, permissions });
      const page = await context.newPage();
      const watched = watch(page);
      await comeAgain(page, hasThumbnails);
      await openStudio(page);
      await use(page);
      watched.check();
      await context.close();
    },
    { scope: 'worker' },
  ],
  fragment: [QUICK, { option: true }],
  studioPage: async ({ sharedPage, fragment, viewport }, use) => {
    await startAgain(sharedPage, fragment, viewport ?? undefined);
    await use(sharedPage);
  },
});

/**
 * As somebody who has turned a head before: the first minute, in which it turns a little by itself, has a file of its own. On a page of one
 * colour. Call before the first visit.
 */
export async function comeAgain(page: Page, hasThumbnails = false): Promise<void> {
  await page.addInitScript((draws) => {
    if (origin === 'null') return; // an empty page has no storage
    localStorage.setItem('trifold.has-turned', 'yes');
    customElements.whenDefined('trifold-app').then(() => {
      const app = document.querySelector('trifold-app');
      if (!app) return;
      // The gradient behind a head is dithered, by a level and not always the same way, and so are shadows: pictures of one thing would not be equal.
      app.style.background = 'none';
      app.style.setProperty('--shadow', 'none');
      if (!draws) Object.assign(app.studio.thumbnails, { want: () => () => {} });
    });
  }, hasThumbnails);
}

/** The HTML of controls that are too small for a thumb, or in a window larger than a phone's for a mouse, where there is one; of those that can be seen. */
export function smallTargets(controls: Locator): Promise<string[]> {
  return controls.evaluateAll((elements) =>
    elements
      .filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return Math.min(width, height) < (matchMedia('(pointer: fine) and (min-width: 30.01rem)').matches ? 36 : 44);
      })
      .map((element) => element.outerHTML),
  );
}

/** Brings a page that is open back to the beginning without loading it again: address, size, colours, room, folds; no dialog, no notice. */
export async function startAgain(page: Page, fragment = QUICK, viewport?: ViewportSize): Promise<void> {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'no-preference' });
  if (viewport) await page.setViewportSize(viewport);
  await page.evaluate((wanted) => {
    const close = (root: Document | ShadowRoot) => {
      for (const dialog of root.querySelectorAll('dialog')) dialog.close();
      for (const fold of root.querySelectorAll('details')) fold.open = false;
      for (const popover of root.querySelectorAll<HTMLElement>(':popover-open')) popover.hidePopover();
      for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) close(shadowRoot);
    };
    close(document);
    const app = document.querySelector('trifold-app')!;
    Object.assign(app.shadowRoot!.querySelector('trifold-rooms')!, { room: 'face', sheet: 'bar' });
    for (const notice of app.studio.state.notices) app.studio.dismiss(notice);
    location.hash = `${wanted}&test=${Math.random()}`; // another address than the present one, whatever that is
  }, fragment);
  await untilStill(page);
}

/** Opens the page and waits for its first picture in full, and for the layout: the picture is drawn anew when that gives it another size. */
export async function openStudio(page: Page, fragment = QUICK): Promise<void> {
  await page.goto(`./#${fragment}`);
  await untilReady(page);
  await untilStill(page);
}

export async function untilReady(page: Page): Promise<void> {
  await page.waitForFunction(() => customElements.get('trifold-app'));
  await expect.poll(async () => (await studioState(page)).status, { intervals: [100] }).toBe('ready');
}

export function studioState(
  page: Page,
): Promise<Pick<StudioState, 'status' | 'settings' | 'face' | 'view' | 'failure' | 'notices'>> {
  return page.evaluate(() => {
    const { status, settings, face, view, failure, notices } = document.querySelector('trifold-app')!.studio.state;
    return { status, settings, face, view, failure, notices };
  });
}

/** The seed of the first source; undefined for a saved face. */
export async function seedShown(page: Page): Promise<number | undefined> {
  const [source] = (await studioState(page)).face.sources;
  return source?.kind === 'seed' ? source.seed : undefined;
}

/** Opens a room of the panel, and the sheet of a phone. */
export async function openRoom(
  page: Page,
  room: 'Face' | 'Edit' | 'Compare' | 'Inspect' | 'Export' | 'Learn',
): Promise<void> {
  const tab = page.getByRole('tab', { name: room });
  const panel = page.getByRole('tabpanel', { name: room });
  if (!(await panel.isVisible())) await tab.click();
  await expect(panel.locator(':scope > *').first()).toBeVisible();
}

/** What the drawer of the status line says, opened. */
export async function statusFigures(page: Page): Promise<Locator> {
  const status = page.getByRole('contentinfo', { name: 'Device and timing' });
  const figures = status.getByRole('group', { name: 'Figures' });
  if (!(await figures.isVisible())) await status.getByRole('button').click();
  return figures;
}

/** Opens a fold of the open room by its title. */
export async function unfold(page: Page, title: string): Promise<void> {
  const fold = page.locator('details', { has: page.locator('summary', { hasText: title }) }).last();
  if ((await fold.getAttribute('open')) === null) await fold.locator('summary').first().click();
}

/** Dispatches of mapping and backbone, and command buffers, since the device was opened. */
export function counts(page: Page): Promise<{ mapping: number; triPlanes: number; submits: number }> {
  return page.evaluate(() => {
    const { dispatches, submits } = document.querySelector('trifold-app')!.studio.gpu!.statistics;
    return { mapping: dispatches.mapping ?? 0, triPlanes: dispatches['tri-planes'] ?? 0, submits };
  });
}

/** Waits until the picture is still; input events may still be on their way to the page when their senders return. */
export async function untilStill(page: Page): Promise<void> {
  let before = -1;
  await expect
    .poll(
      async () => {
        const isStill = await page.evaluate(() => document.querySelector('trifold-app')!.studio.isStill);
        const { submits } = await counts(page);
        const wasStill = submits === before;
        before = isStill ? submits : -1;
        return isStill && wasStill;
      },
      { intervals: [0, 250] },
    )
    .toBe(true);
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** RGB, 0..255. */
  readonly pixels: Uint8Array;
}

/** What is on the canvas now. */
export async function picture(page: Page): Promise<Picture> {
  const { data, width, height, channels } = decode(await page.locator('trifold-viewport .stage canvas').screenshot());
  const pixels = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) pixels[pixel * 3 + channel] = data[pixel * channels + channel]!;
  }
  return { width, height, pixels };
}

/** Mean absolute difference of two pictures, 0..255. */
export function difference(a: Picture, b: Picture): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  let sum = 0;
  for (let index = 0; index < a.pixels.length; index++) sum += Math.abs(a.pixels[index]! - b.pixels[index]!);
  return sum / a.pixels.length;
}

/** Standard deviation of all values, 0..255: nothing is on an empty canvas. */
export function contrast({ pixels }: Picture): number {
  let sum = 0;
  let squares = 0;
  for (const value of pixels) {
    sum += value;
    squares += value * value;
  }
  const mean = sum / pixels.length;
  return Math.sqrt(squares / pixels.length - mean * mean);
}

/** The first pixel of a picture, as CSS writes it. */
export function corner({ pixels }: Picture): string {
  return `rgb(${pixels.subarray(0, 3).join(', ')})`;
}

/** What the page of {@link comeAgain} has behind the head, as CSS writes it. */
export function ground(page: Page): Promise<string> {
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

/** The middle of the canvas and its side, in CSS pixels. */
export async function canvasCentre(page: Page): Promise<{ x: number; y: number; side: number }> {
  const box = (await page.locator('trifold-viewport .stage canvas').boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, side: box.width };
}

/**
 * Does something that turns or moves the camera, and checks that the picture is another one afterwards, and that neither mapping nor
 * backbone ran.
 */
export async function expectNewViewOnly(page: Page, act: () => Promise<void>): Promise<void> {
  await untilStill(page);
  const [pictureBefore, countsBefore] = [await picture(page), await counts(page)];
  await act();
  await untilStill(page);
  const countsAfter = await counts(page);
  expect(difference(await picture(page), pictureBefore)).toBeGreaterThan(0.5);
  expect(countsAfter.submits).toBeGreaterThan(countsBefore.submits);
  expect({ ...countsAfter, submits: 0 }).toEqual({ ...countsBefore, submits: 0 });
}
