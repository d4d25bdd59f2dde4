/**
 * The convolutional renderer beside the volumetric one, and the room Compare: the one choice of whose picture is shown, the comparisons on the
 * canvas, the consistency strip, the measurements, and what must be said about a student.
 */
import { readFileSync } from 'node:fs';
import { type Download, expect, type Locator, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import { fixturePath } from '../support/fixture-path';
import {
  difference,
  openRoom,
  openStudio,
  picture,
  startAgain,
  studioState,
  test,
  unfold,
  untilReady,
  untilStill,
} from './support';

const VOLUMETRIC_ROWS = [
  'Volumetric, new head each frame, exact',
  'Volumetric, new head each frame, fast',
  'Volumetric, tri-planes kept, exact',
  'Volumetric, tri-planes kept, fast',
];

/** The final picture, from few rays. */
const COARSE = 'rays=16&samples=4&yaw=20';

test.use({ fragment: COARSE });

let page: Page;

test.beforeEach(async ({ studioPage }) => {
  page = studioPage;
  await openRoom(page, 'Compare');
});

const choice = (name: string) => page.getByRole('radio', { name, exact: true });
const tool = () => page.getByRole('button', { name: /^Compare: / });
const room = () => page.locator('trifold-compare');
const modelFile = () => page.locator('input[type=file][accept*=safetensors]');
const overlay = () => page.locator('trifold-compare-overlay');

test('button and key T show the other renderer; face, camera and the rest of the address stay', async ({
  page: own,
}) => {
  page = own;
  await openStudio(page, COARSE);
  await openRoom(page, 'Compare');
  const [volumetric, before] = [await picture(page), await studioState(page)];
  await expect(room()).toContainText('is loaded when you first show it');
  await choice('Convolutional').check();
  await expect(room()).toContainText('StyleGAN2 student, 0.12 M parameters');
  await expect(room()).toContainText('Distilled from the model on screen.');
  await untilStill(page);
  const convolutional = await picture(page);
  expect(difference(volumetric, convolutional)).toBeGreaterThan(1);
  await expect(overlay()).toContainText('Convolutional');
  await expect(page.getByRole('application')).toHaveAccessibleName(/Final image\. Convolutional renderer\.$/);

  await page.keyboard.press('t');
  await expect(overlay().getByText('Volumetric renderer', { exact: true })).toHaveRole('status');
  await untilStill(page);
  expect(difference(await picture(page), volumetric)).toBe(0);
  await page.getByRole('application').focus();
  await page.keyboard.press('t');
  await page.getByRole('application').blur(); // whose ring touches the corners
  await untilStill(page);
  expect(difference(await picture(page), convolutional)).toBe(0);
  const after = await studioState(page);
  expect(after.view).toEqual(before.view);
  expect(after.settings).toEqual({ ...before.settings, renderer: 'convolutional' });
  await expect.poll(() => page.url()).toContain('renderer=convolutional');
  expect(page.url()).toContain('yaw=20');
});

test('T is a letter where letters are typed, and nothing with modifiers', async () => {
  const before = await studioState(page);
  await openRoom(page, 'Inspect');
  await unfold(page, 'Quality');
  await page.getByLabel('Neural rendering').press('t');
  await openRoom(page, 'Face');
  await page.getByLabel('Seed', { exact: true }).press('t');
  await page.getByRole('application').focus();
  await page.keyboard.press('Alt+t');
  expect((await studioState(page)).settings).toEqual(before.settings);
});

test('depth is not offered while the student is shown', async () => {
  await startAgain(page, `${COARSE}&renderer=convolutional`);
  await openRoom(page, 'Inspect');
  await expect(page.getByRole('radio', { name: 'Depth map' })).toBeDisabled();
  await expect(page.getByTitle('The convolutional renderer knows no depth').first()).toBeVisible();
  await page.getByRole('button', { name: 'What is shown' }).click();
  const entry = page.getByRole('menuitemradio', { name: 'Depth map, The convolutional renderer knows no depth' });
  await expect(entry).toBeDisabled();
  await entry.click({ force: true });
  expect((await studioState(page)).settings.picture).toBe('image');
  await page.keyboard.press('Escape');
});

test('a reload comes back to the convolutional renderer', async () => {
  await startAgain(page, `${COARSE}&renderer=convolutional`);
  await expect.poll(() => page.url()).toContain('renderer=convolutional');
  await page.reload();
  await untilReady(page);
  await openRoom(page, 'Compare');
  await expect(choice('Convolutional')).toBeChecked();
  await untilStill(page);
  await expect(overlay()).toContainText('Convolutional');
});

test('whose picture is shown is one choice: exactly one is chosen, here and in the menu on the picture', async () => {
  for (const name of ['Side by side', 'Difference', 'Wipe', 'Convolutional', 'Volumetric']) {
    await choice(name).check();
    await expect(room().getByRole('radio', { checked: true })).toHaveCount(1);
    await expect(tool()).toHaveAccessibleName(`Compare: ${name}`);
  }
  await tool().click();
  const menu = page.getByRole('menu', { name: 'Compare' });
  await expect(menu.getByRole('menuitemradio', { checked: true })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(menu).toBeHidden();
  await expect(tool()).toBeFocused();
  await expect(choice('Side by side')).toBeChecked();
  await page.keyboard.press('c');
  await expect(choice('Wipe')).toBeChecked();
});

test('side by side shows both pictures of one camera, with the figures of the view', async () => {
  await choice('Side by side').check();
  await untilStill(page);
  const { width, height } = (await page.locator('canvas').first().boundingBox())!;
  expect(width / height).toBeCloseTo(2, 1);
  await expect(overlay()).toContainText('Volumetric');
  await expect(overlay()).toContainText('Convolutional');
  await expect(overlay()).toContainText(/PSNR \d+\.\d dB, SSIM 0\.\d{3}/);
});

test('the line of a wipe follows the hand and the keys; the camera stays', async () => {
  await choice('Wipe').check();
  await untilStill(page);
  const { view, settings } = await studioState(page);
  expect(settings.wipe).toBe(0.5);
  const before = await picture(page);
  const handle = overlay().locator('.handle');
  const box = (await handle.boundingBox())!;
  const { width } = (await page.locator('canvas').first().boundingBox())!;
  await page.mouse.move(box.x + 22, box.y + 22);
  await page.mouse.down();
  await page.mouse.move(box.x + 22 - width / 4, box.y + 30, { steps: 4 });
  await page.mouse.up();
  await untilStill(page);
  expect((await studioState(page)).settings.wipe).toBeCloseTo(0.25, 2);
  expect(difference(await picture(page), before)).toBeGreaterThan(0.5);

  const slider = page.getByRole('slider', { name: 'Dividing line' });
  await expect(slider).toBeFocused();
  await slider.press('ArrowRight');
  expect((await studioState(page)).settings.wipe).toBeCloseTo(0.26, 2);
  await expect(slider).toHaveAttribute('aria-valuetext', '26 % volumetric');
  await slider.press('Home');
  await expect(overlay().getByText('Volumetric', { exact: true })).toBeHidden();
  await handle.dblclick();
  expect((await studioState(page)).settings.wipe).toBe(0.5);
  expect((await studioState(page)).view).toEqual(view);
});

test('the difference has a legend and the figures of the view; T goes to one picture of the other renderer', async () => {
  await startAgain(page, `${COARSE}&renderer=convolutional`);
  await openRoom(page, 'Compare');
  await choice('Difference').check();
  await expect(page.getByRole('img', { name: /blue where the convolutional picture is darker/ })).toBeVisible();
  await expect(overlay()).toContainText(/darker −25 %\s*same\s*\+25 % brighter/);
  await expect(overlay()).toContainText(/PSNR \d+\.\d dB/);
  await page.keyboard.press('t');
  expect((await studioState(page)).settings).toMatchObject({ layout: 'single', renderer: 'volumetric' });
});

test('a camera far outside the training is said', async () => {
  await choice('Convolutional').check();
  await untilStill(page);
  await expect(overlay()).not.toContainText('never saw');
  await turn({ pitch: 1 });
  await expect(overlay()).toContainText('The student never saw such a camera (pitch 57°, trained up to 40°)');
  await turn({ pitch: 0 });
  await expect(overlay()).not.toContainText('never saw');
});

test('how alike the pictures are is not told where the student never saw the camera', async () => {
  await choice('Wipe').check();
  await expect(overlay()).toContainText('PSNR');
  await turn({ pitch: 1 });
  await expect(overlay()).toContainText('The student never saw such a camera');
  await expect(overlay()).not.toContainText('PSNR');
});

test('on a phone nothing over the picture lies over anything else', async () => {
  for (const viewport of [
    { width: 360, height: 740 },
    { width: 740, height: 360 },
  ]) {
    await startAgain(page, `${COARSE}&layout=wipe`, viewport);
    for (const pitch of [0, 1]) {
      await turn({ pitch });
      await expect(overlay()).toContainText(pitch === 0 ? 'PSNR' : 'never saw');
      const parts = overlay().locator('.handle, .label, .note');
      expect(await parts.count()).toBe(4);
      expect(await overlapping(parts), `${viewport.width}, pitch ${pitch}`).toEqual([]);
    }
  }
});

test('a student that is on its way is said to be, and not to be missing', async ({ page: own }) => {
  page = own;
  await page.route(/small-student/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await page.goto(`./#${COARSE}&renderer=convolutional`);
  await untilReady(page);
  await openRoom(page, 'Compare');
  await expect(overlay()).toContainText('Loading the convolutional renderer');
  await expect(room().getByRole('progressbar')).toBeVisible();
  await expect(page.getByText('at hand')).toHaveCount(0);
  await expect(choice('Convolutional')).toBeChecked();
  await expect(room()).toContainText('StyleGAN2 student');
  await expect(overlay()).not.toContainText('Loading');
});

test('thirty toggles leave no buffer behind', async () => {
  test.setTimeout(300_000);
  await startAgain(page, 'picture=raw&rays=16&samples=4');
  const [afterTwo, afterThirty] = await page.evaluate(async () => {
    const { studio } = document.querySelector('trifold-app')!;
    const toggle = async (times: number) => {
      for (let time = 0; time < times; time++) {
        studio.toggleRenderer();
        do await new Promise((resolve) => setTimeout(resolve, 5));
        while (!studio.isStill);
      }
      return studio.gpu!.memory.bytesInUse;
    };
    return [await toggle(2), await toggle(28)];
  });
  expect(afterTwo).toBeGreaterThan(0);
  expect(afterThirty).toBe(afterTwo);
});

test('the consistency strip fills with eleven views, can be stopped, and is saved as CSV and PNG', async () => {
  test.setTimeout(300_000);
  await page.getByRole('button', { name: 'Consistency over yaw' }).click();
  const dialog = page.getByRole('dialog', { name: 'Consistency over yaw' });
  await expect(dialog.locator('canvas')).not.toHaveCount(0);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog).toContainText('Stopped.');
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
  expect(await dialog.locator('canvas').count()).toBeLessThan(33);
  await page.keyboard.press('t');
  expect((await studioState(page)).settings.renderer).toBe('volumetric');

  await dialog.getByRole('button', { name: 'Make again' }).click();
  await expect(dialog.locator('canvas')).toHaveCount(33, { timeout: 200_000 });
  await expect(dialog.locator('circle')).toHaveCount(22);
  await expect(dialog.getByRole('progressbar')).toBeHidden();
  await dialog.getByText('Figures').click();
  await expect(dialog.getByRole('row', { name: /^0° \d+\.\d 0\.\d{3}$/ })).toBeVisible();
  const colours = await dialog.locator('canvas').evaluateAll((canvases) =>
    canvases.map((canvas) => {
      const { width, height } = canvas as HTMLCanvasElement;
      const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
      return new Set(data).size;
    }),
  );
  expect(Math.min(...colours)).toBeGreaterThan(20);

  const csv = (await contentOf(await saved('Save CSV'))).toString().trim().split('\n');
  expect(csv[0]).toBe('yaw_degrees,psnr_db,ssim');
  expect(csv.slice(1).map((line) => Number(line.split(',')[0]))).toEqual([
    -75, -60, -45, -30, -15, 0, 15, 30, 45, 60, 75,
  ]);
  const png = await saved('Save PNG');
  expect(png.suggestedFilename()).toBe('trifold-consistency-seed-0.png');
  expect(decode(await contentOf(png)).width).toBeGreaterThan(11 * 64);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Consistency over yaw' })).toBeFocused();
});

test('a strip of another face is made anew when it is opened', async () => {
  await page.getByRole('button', { name: 'Consistency over yaw' }).click();
  await expect(page.getByRole('dialog')).toContainText('Seed 0');
  await page.keyboard.press('Escape');
  await page.evaluate(() => document.querySelector('trifold-app')!.studio.setSeed(3));
  await page.getByRole('button', { name: 'Consistency over yaw' }).click();
  const dialog = page.getByRole('dialog', { name: 'Consistency over yaw' });
  await expect(dialog).toContainText('Seed 3');
  await expect(dialog.getByRole('progressbar')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect
    .poll(() => page.evaluate(() => document.querySelector('trifold-app')!.studio.state.strip?.status))
    .toBe('cancelled');
});

test('the efficiency of each renderer is measured and saved as CSV and PNG', async () => {
  test.setTimeout(300_000);
  await page.getByRole('button', { name: 'Efficiency' }).click();
  const dialog = page.getByRole('dialog', { name: 'Efficiency' });
  await expect(dialog).toContainText('not measured by the driver');
  await dialog.getByLabel('Memory budget').selectOption('0.5 GiB');
  await dialog.getByRole('button', { name: 'Measure' }).click();
  await expect(dialog.getByRole('button', { name: 'Measure again' })).toBeEnabled({ timeout: 200_000 });
  await expect(dialog).toContainText(/Measured on .*swiftshader.*, budget 0\.5 GiB/i);
  for (const name of [...VOLUMETRIC_ROWS, 'Convolutional']) {
    await expect(
      dialog.getByRole('row', { name: new RegExp(`^${name} [\\d.]+ [\\d.]+ \\d+ [\\d.]+ MB \\d+$`) }),
    ).toBeVisible();
  }
  await expect(dialog.locator('rect')).toHaveCount(15);
  const csv = (await contentOf(await saved('Save CSV'))).toString().trim().split('\n');
  expect(csv[0]).toMatch(/^renderer,quality,frames_per_second,/);
  expect(csv.slice(1).map((line) => line.split(',', 2).join(' '))).toEqual([
    'volumetric-uncached exact',
    'volumetric-uncached fast',
    'volumetric-cached exact',
    'volumetric-cached fast',
    'convolutional exact',
  ]);
  expect(decode(await contentOf(await saved('Save PNG'))).width).toBeGreaterThan(1000);
  // On a phone nothing of the table is cut off.
  await page.setViewportSize({ width: 360, height: 740 });
  const cut = await dialog.getByRole('cell').evaluateAll((cells) =>
    cells.filter((cell) => {
      const { left, right, width } = cell.getBoundingClientRect();
      return width === 0 || left < 0 || right > document.documentElement.clientWidth;
    }),
  );
  expect(cut).toEqual([]);
  await expect(dialog.getByRole('cell').first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
});

test('a student of another generator is shown, and said to be one', async ({ page: own }) => {
  page = own;
  await openStudio(page, COARSE);
  const file = readFileSync(fixturePath('small/small-student.safetensors'));
  const hash = JSON.parse(readFileSync(fixturePath('small/index.json'), 'utf8')).models[0].sha256 as string;
  file.write('0'.repeat(64), file.indexOf(hash), 'latin1');
  await modelFile().setInputFiles({ name: 'stranger.safetensors', mimeType: 'application/octet-stream', buffer: file });
  await openRoom(page, 'Compare');
  await expect(room()).toContainText('stranger.safetensors');
  await expect(room()).toContainText('distilled from another model than the one on screen');
  await choice('Convolutional').check();
  await expect(overlay()).toContainText('Convolutional, of another model');
});

test('a model without a student says so, keeps volume rendering, and is measured alone', async ({ page: own }) => {
  test.setTimeout(300_000);
  page = own;
  await openStudio(page, COARSE);
  await modelFile().setInputFiles(fixturePath('generator_tiny.safetensors'));
  await openRoom(page, 'Compare');
  await expect(room()).toContainText('No convolutional student of this model is at hand');
  await expect(choice('Convolutional')).toBeDisabled();
  await expect(choice('Wipe')).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Consistency over yaw' })).toBeDisabled();
  await page.getByRole('application').focus();
  await page.keyboard.press('t');
  await expect(page.getByText('There is no convolutional student of this model at hand')).toBeVisible();
  expect((await studioState(page)).settings.renderer).toBe('volumetric');
  // Two kinds of its own pictures can be compared in every way that two pictures can.
  await page.getByLabel('Compare with').selectOption('Depth map');
  await expect(choice('Wipe')).toBeChecked();
  await choice('Side by side').check();
  expect((await studioState(page)).settings).toMatchObject({ layout: 'side-by-side', against: 'depth' });

  await page.getByRole('button', { name: 'Efficiency' }).click();
  const dialog = page.getByRole('dialog', { name: 'Efficiency' });
  await expect(dialog).toContainText('volume rendering is measured alone');
  await dialog.getByRole('button', { name: 'Measure' }).click();
  await expect(dialog.getByRole('button', { name: 'Measure again' })).toBeEnabled({ timeout: 200_000 });
  await expect(dialog.getByRole('rowheader')).toHaveText(VOLUMETRIC_ROWS);
});

async function turn(angles: { pitch: number }): Promise<void> {
  await page.evaluate(
    (wanted) => document.querySelector('trifold-app')!.studio.moveCamera((view) => ({ ...view, ...wanted })),
    angles,
  );
  await untilStill(page);
}

/** The words of elements that lie over another one. */
function overlapping(parts: Locator): Promise<string[]> {
  return parts.evaluateAll((elements) => {
    const boxes = elements.map((element) => ({ words: element.textContent, box: element.getBoundingClientRect() }));
    return boxes
      .filter(({ box }, at) =>
        boxes.some(
          ({ box: other }, index) =>
            index !== at &&
            box.left < other.right &&
            other.left < box.right &&
            box.top < other.bottom &&
            other.top < box.bottom,
        ),
      )
      .map(({ words }) => words ?? '');
  });
}

async function saved(button: string): Promise<Download> {
  const download = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  return download;
}

async function contentOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}
