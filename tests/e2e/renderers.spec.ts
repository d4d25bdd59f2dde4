/**
 * The convolutional renderer beside the volumetric one: the toggle, the comparisons on the canvas, the consistency strip, the measurements,
 * and what must be said about a student.
 */
import { readFileSync } from 'node:fs';
import { type Download, expect, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import { fixturePath } from '../support/fixture-path';
import { difference, openStudio, picture, startAgain, studioState, test, untilReady, untilStill } from './support';

/** The final picture, from few rays. */
const COARSE = 'rays=16&samples=4&yaw=20';

test.use({ fragment: COARSE });

let page: Page;

test.beforeEach(({ studioPage }) => {
  page = studioPage;
});

const segment = (name: string) => page.getByRole('radio', { name, exact: true });
const panel = () => page.locator('trifold-renderer');
const modelFile = () => page.locator('input[type=file][accept*=safetensors]');
const overlay = () => page.locator('trifold-compare-overlay');

test('button and key T show the other renderer; face, camera and the rest of the address stay', async ({
  page: own,
}) => {
  page = own;
  await openStudio(page, COARSE);
  const [volumetric, before] = [await picture(page), await studioState(page)];
  await expect(panel()).toContainText('is loaded when you first show it');
  await segment('Convolutional').check();
  await expect(panel()).toContainText('StyleGAN2 student, 0.12 M parameters');
  await expect(panel()).toContainText('Distilled from the model on screen.');
  await untilStill(page);
  const convolutional = await picture(page);
  expect(difference(volumetric, convolutional)).toBeGreaterThan(1);
  await expect(overlay()).toContainText('Convolutional');
  await expect(page.getByRole('application')).toHaveAccessibleName(/Final image\. Convolutional renderer\.$/);

  await page.keyboard.press('t');
  await expect(panel().getByRole('status')).toHaveText('Volumetric renderer');
  await untilStill(page);
  expect(difference(await picture(page), volumetric)).toBe(0);
  await page.getByRole('application').focus();
  await page.keyboard.press('t');
  await untilStill(page);
  expect(difference(await picture(page), convolutional)).toBeLessThan(0.2); // the focus ring touches the corners
  const after = await studioState(page);
  expect(after.view).toEqual(before.view);
  expect(after.settings).toEqual({ ...before.settings, renderer: 'convolutional' });
  await expect.poll(() => page.url()).toContain('renderer=convolutional');
  expect(page.url()).toContain('yaw=20');
});

test('T is a letter where letters are typed, and nothing with modifiers', async () => {
  const before = await studioState(page);
  await page.getByLabel('Seed', { exact: true }).press('t');
  await page.getByLabel('Neural rendering').press('t');
  await page.getByRole('application').focus();
  await page.keyboard.press('Alt+t');
  expect((await studioState(page)).settings).toEqual(before.settings);
});

test('depth is not offered while the student is shown', async () => {
  await startAgain(page, `${COARSE}&renderer=convolutional`);
  await expect(page.getByRole('radio', { name: 'Depth map' })).toBeDisabled();
  await expect(page.getByTitle('The convolutional renderer knows no depth').first()).toBeVisible();
});

test('a reload comes back to the convolutional renderer', async () => {
  await startAgain(page, `${COARSE}&renderer=convolutional`);
  await expect.poll(() => page.url()).toContain('renderer=convolutional');
  await page.reload();
  await untilReady(page);
  await expect(segment('Convolutional')).toBeChecked();
  await untilStill(page);
  await expect(overlay()).toContainText('Convolutional');
});

test('side by side shows both pictures of one camera, with the figures of the view', async () => {
  await segment('Side by side').check();
  await untilStill(page);
  const { width, height } = (await page.locator('canvas').first().boundingBox())!;
  expect(width / height).toBeCloseTo(2, 1);
  await expect(overlay()).toContainText('Volumetric');
  await expect(overlay()).toContainText('Convolutional');
  await expect(overlay()).toContainText(/PSNR \d+\.\d dB, SSIM 0\.\d{3}/);
});

test('the line of a wipe follows the hand and the keys; the camera stays', async () => {
  await segment('Wipe').check();
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
  await segment('Difference').check();
  await expect(page.getByRole('img', { name: /blue where the convolutional picture is darker/ })).toBeVisible();
  await expect(overlay()).toContainText(/darker −25 %\s*same\s*\+25 % brighter/);
  await expect(overlay()).toContainText(/PSNR \d+\.\d dB/);
  await page.keyboard.press('t');
  expect((await studioState(page)).settings).toMatchObject({ layout: 'single', renderer: 'volumetric' });
});

test('a camera far outside the training is said', async () => {
  await segment('Convolutional').check();
  await untilStill(page);
  await expect(overlay()).not.toContainText('never saw');
  await turn({ pitch: 1 });
  await expect(overlay()).toContainText('The student never saw such a camera (pitch 57°, trained up to 40°)');
  await turn({ pitch: 0 });
  await expect(overlay()).not.toContainText('never saw');
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
  await page.getByLabel('Seed', { exact: true }).fill('3');
  await page.getByLabel('Seed', { exact: true }).press('Enter');
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
  for (const name of ['Volumetric, new head each frame', 'Volumetric, tri-planes kept', 'Convolutional']) {
    await expect(
      dialog.getByRole('row', { name: new RegExp(`^${name} [\\d.]+ [\\d.]+ \\d+ [\\d.]+ MB \\d+$`) }),
    ).toBeVisible();
  }
  await expect(dialog.locator('rect')).toHaveCount(9);
  const csv = (await contentOf(await saved('Save CSV'))).toString().trim().split('\n');
  expect(csv[0]).toMatch(/^renderer,frames_per_second,/);
  expect(csv.slice(1).map((line) => line.split(',')[0])).toEqual([
    'volumetric-uncached',
    'volumetric-cached',
    'convolutional',
  ]);
  expect(decode(await contentOf(await saved('Save PNG'))).width).toBeGreaterThan(1000);
  await dialog.getByRole('button', { name: 'Close' }).click();
});

test('a student of another generator is shown, and said to be one', async ({ page: own }) => {
  page = own;
  await openStudio(page, COARSE);
  const file = readFileSync(fixturePath('small/small-student.safetensors'));
  const hash = JSON.parse(readFileSync(fixturePath('small/index.json'), 'utf8')).models[0].sha256 as string;
  file.write('0'.repeat(64), file.indexOf(hash), 'latin1');
  await modelFile().setInputFiles({ name: 'stranger.safetensors', mimeType: 'application/octet-stream', buffer: file });
  await expect(panel()).toContainText('stranger.safetensors');
  await expect(panel()).toContainText('distilled from another model than the one on screen');
  await segment('Convolutional').check();
  await expect(overlay()).toContainText('Convolutional, of another model');
});

test('a model without a student says so, and keeps volume rendering', async ({ page: own }) => {
  page = own;
  await openStudio(page, COARSE);
  await modelFile().setInputFiles(fixturePath('generator_tiny.safetensors'));
  await expect(panel()).toContainText('No convolutional student of this model is at hand');
  await expect(segment('Convolutional')).toBeDisabled();
  await expect(segment('Wipe')).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Efficiency' })).toBeDisabled();
  await page.getByRole('application').focus();
  await page.keyboard.press('t');
  await expect(page.getByText('There is no convolutional student of this model at hand')).toBeVisible();
  expect((await studioState(page)).settings.renderer).toBe('volumetric');
});

async function turn(angles: { pitch: number }): Promise<void> {
  await page.evaluate(
    (wanted) => document.querySelector('trifold-app')!.studio.moveCamera((view) => ({ ...view, ...wanted })),
    angles,
  );
  await untilStill(page);
}

async function saved(button: string): Promise<Download> {
  const download = page.waitForEvent('download');
  await page.getByRole('dialog').getByRole('button', { name: button }).click();
  return download;
}

async function contentOf(download: Download): Promise<Buffer> {
  return readFileSync(await download.path());
}
