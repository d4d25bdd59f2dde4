/**
 * The page for everybody: axe in every room, at many sizes, in light and dark, the keyboard alone, what a screen reader hears, reduced motion, and
 * targets that a thumb can hit.
 */
import { expect, type Page } from '@playwright/test';
import { expectNoAxeFinding } from './axe';
import {
  comeAgain,
  openRoom,
  openStudio,
  QUICK,
  seedShown,
  smallTargets,
  statusFigures,
  studioState,
  test,
  untilStill,
  watch,
} from './support';

/** Two phones, a tablet, a desk, and a page that is enlarged to 400 %. */
const SIZES = [
  { width: 360, height: 740 },
  { width: 740, height: 360 },
  { width: 800, height: 1000 },
  { width: 1440, height: 900 },
  { width: 360, height: 225 },
];
const ROOMS = ['Face', 'Edit', 'Compare', 'Inspect', 'Export', 'Learn'] as const;

test.describe.configure({ mode: 'serial' });

let page: Page;
let watched: ReturnType<typeof watch>;

test.beforeAll(async ({ browser }) => {
  const context = await browser.newContext({ viewport: SIZES[3]! }); // axe wants one of its own
  page = await context.newPage();
  watched = watch(page);
  await comeAgain(page);
  await openStudio(page);
});

test.afterAll(async () => {
  watched.check();
  await page.context().close();
});

test('the keyboard alone reaches and works everything, and the focus can be seen', async () => {
  await untilStill(page);
  const reached: string[] = [];
  for (let press = 0; press < 24; press++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      if (!element || element === document.body) return undefined;
      const shown = element.matches('input[type=radio]') ? element.parentElement! : element;
      return {
        name:
          element.id || element.textContent?.trim() || element.getAttribute('aria-label') || shown.textContent?.trim(),
        outline: getComputedStyle(shown).outlineStyle,
      };
    });
    if (!focused) break;
    expect(focused.outline, focused.name ?? '').not.toBe('none');
    reached.push(focused.name ?? '');
  }
  expect(reached).toEqual([
    'New face',
    'Save face',
    'Copy link',
    'Open file…',
    'About',
    'Help',
    expect.anything(), // the view, which the next test is about
    'Reset viewR', // the toolbar is one stop
    expect.anything(), // so is the strip of faces
    expect.anything(), // other faces for it
    'tab-face', // and the tabs
    'One face',
    'source-0',
    'psi',
    expect.anything(), // where variety acts
    'Saved faces',
    expect.anything(), // the status line
  ]);

  await page.getByRole('application').focus();
  await page.keyboard.press('n');
  await expect.poll(() => seedShown(page)).not.toBe(0);
  await page.keyboard.press('Backspace');
  await expect.poll(() => seedShown(page)).toBe(0);
  await page.getByRole('tab', { name: 'Inspect' }).click();
  await page.getByRole('radio', { name: 'Raw volume rendering' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => (await studioState(page)).settings.picture).toBe('depth');
  await page.getByRole('tab', { name: 'Face' }).click();
  await page.getByLabel('Variety, truncation ψ').focus();
  await page.keyboard.press('Home');
  await expect.poll(async () => (await studioState(page)).face.psi).toBe(0);
  await expect.poll(() => page.url()).toContain('psi=0'); // the next test starts from an address of its own
});

test('a screen reader hears seed and view when the picture has come to rest', async () => {
  await page.evaluate((fragment) => {
    location.hash = fragment;
  }, QUICK);
  const view = page.getByRole('application');
  await expect(view).toHaveAccessibleName('Generated head, seed 0, seen from: front. Raw volume rendering.');
  await expect(view).toHaveAccessibleDescription(/Arrow keys turn/);
  await view.focus();
  for (let press = 0; press < 3; press++) await page.keyboard.press('Shift+ArrowLeft');
  const spoken = page.locator('trifold-viewport p[role=status]');
  await expect(spoken).toHaveText('Generated head, seed 0, seen from: front left. Raw volume rendering.');
  await page.keyboard.press('n');
  await expect(spoken).toContainText(`seed ${await seedShown(page)}`);
});

test('with reduced motion a key moves at once and nothing glides', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.getByRole('application').focus();
  await page.keyboard.press('r');
  await page.keyboard.press('ArrowLeft');
  const { view } = await studioState(page);
  expect(view.yawVelocity).toBe(0);
  expect(view.yaw).toBeCloseTo((5 * Math.PI) / 180, 5);
});

test('fits every window, with targets that a thumb or a mouse can hit, and the picture is always in sight', async () => {
  for (const size of [...SIZES, { width: 280, height: 200 }]) {
    await page.setViewportSize(size);
    const overflow = await page.evaluate(() => {
      const { scrollWidth, scrollHeight } = document.documentElement;
      return [scrollWidth - innerWidth, scrollHeight - innerHeight];
    });
    expect(overflow).toEqual([0, 0]);
    const { x, y, width, height } = (await page.locator('trifold-viewport canvas').boundingBox())!;
    expect(Math.min(x, y, size.width - x - width + 1, size.height - y - height + 1)).toBeGreaterThanOrEqual(0);
    expect(width).toBeGreaterThan(Math.min(size.width, size.height) / 3);
    // A page that is enlarged to 400 % has targets of four times their size.
    if (size.height > 225) {
      expect(await smallTargets(page.locator('button:visible, select:visible, input:visible'))).toEqual([]);
    }
  }
});

test('axe finds nothing while renderers are compared, in the picture and in both windows', async () => {
  test.setTimeout(300_000);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.evaluate((fragment) => {
    location.hash = `${fragment}&layout=wipe&pitch=60`;
  }, QUICK);
  await expect(page.getByText('The student never saw such a camera').first()).toBeVisible();
  await untilStill(page);
  await expectNoAxeFinding(page, SIZES);
  await openRoom(page, 'Compare');
  await page.getByRole('radio', { name: 'Difference' }).check();
  await expect(page.getByRole('img', { name: 'Colours of the difference' })).toBeVisible();
  await expectNoAxeFinding(page, SIZES);
  await showMeasurements(page);
  for (const name of ['Consistency over yaw', 'Efficiency']) {
    await page.getByRole('button', { name }).click();
    const dialog = page.getByRole('dialog', { name });
    await expect(dialog.getByRole('img').last()).toBeVisible();
    await expectNoAxeFinding(page, SIZES);
    await page.setViewportSize(SIZES[0]!);
    expect(await smallTargets(dialog.locator('button:visible, select:visible'))).toEqual([]);
    const { x, width } = (await dialog.boundingBox())!;
    expect([x, width]).toEqual([0, 360]);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(page.getByRole('button', { name })).toBeFocused();
  }
  await page.getByRole('radio', { name: 'Volumetric' }).first().check();
});

test('axe finds nothing in any room, at any size, in light and dark', async () => {
  test.setTimeout(300_000);
  await untilStill(page);
  for (const room of ROOMS) {
    await openRoom(page, room);
    await expectNoAxeFinding(page, SIZES);
  }
});

test('axe finds nothing in the drawer, in help and in About', async () => {
  await statusFigures(page);
  await expectNoAxeFinding(page, SIZES.slice(0, 1));
  await page.keyboard.press('Escape');
  for (const name of ['Help', 'About']) {
    await page.getByRole('button', { name, exact: true }).click();
    await expect(page.getByRole('dialog', { name })).toBeVisible();
    await expectNoAxeFinding(page, [SIZES[0]!, SIZES[3]!]);
    await page.keyboard.press('Escape');
  }
});

test('axe finds nothing at any size while files are opened, or where the page has failed', async () => {
  await untilStill(page);
  await openRoom(page, 'Inspect');
  await showEverythingAboutFiles(page);
  await expectNoAxeFinding(page, SIZES);
  await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }));
  await page.reload();
  await expect(page.getByRole('alert')).toBeVisible();
  await expectNoAxeFinding(page, SIZES);
});

/** A file on its way, two kept ones, and two that could not be opened. */
async function showEverythingAboutFiles(page: Page): Promise<void> {
  await page.evaluate(() => {
    const kept = (name: string) => ({ fingerprint: name, name: `${name}.pkl`, bytes: 4e8, keptAt: 0, like: undefined });
    const request = { kind: 'url' as const, address: 'weights.pth' };
    document.querySelector('trifold-app')!.studio.store.update({
      opening: { name: 'cats.pkl', phase: 'read', receivedBytes: 2e8, totalBytes: 4e8 },
      keeping: { isWanted: true, files: [kept('faces'), kept('cats')] },
      notices: [
        { kind: 'open-failed', name: 'picture.pkl', message: 'It is a PNG picture.', remedy: 'Open a model file.' },
        { kind: 'facts-missing', name: 'weights.pth', missing: ['box_warp'], request },
      ],
    });
  });
  await expect(page.getByText('Opening cats.pkl')).toBeVisible();
}

/** A finished strip and finished measurements, made up. */
async function showMeasurements(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { store } = document.querySelector('trifold-app')!.studio;
    const { face } = store.state;
    const done = { status: 'done', share: 1, failure: undefined } as const;
    const yaws = Array.from({ length: 11 }, (_, index) => ((index - 5) * Math.PI) / 12);
    const picture = new Float32Array(16 * 16 * 3);
    const views = yaws.map((yaw) => ({ yaw, volumetric: picture, convolutional: picture, psnr: 20 + yaw, ssim: 0.8 }));
    const figures = { millisecondsPerFrame: 20, framesPerSecond: 50, frames: 99, memoryBytes: 5e7, largestBatch: 30 };
    const rows = (['volumetric-uncached', 'volumetric-cached', 'convolutional'] as const).map((measured) => ({
      measured,
      quality: 'exact' as const,
      ...figures,
    }));
    const adapter = { name: 'a device', isSoftware: false };
    store.update({
      strip: { ...done, face, yaws, views },
      efficiency: { ...store.state.efficiency, ...done, adapter, budgetBytes: 2 ** 31, rows },
    });
  });
}
