/**
 * The device goes away while the page is open: it comes back with the same face, view and settings.
 */
import { expect, type Page } from '@playwright/test';
import {
  counts,
  difference,
  expectNewViewOnly,
  openRoom,
  openStudio,
  picture,
  QUICK,
  studioState,
  test,
  unfold,
  untilReady,
  untilStill,
} from './support';

test('a lost device is rebuilt without losing face, view or settings', async ({ page }) => {
  await openStudio(page, `${QUICK}&seed=21&psi=0.8&yaw=-25&pitch=10`);
  await untilStill(page);
  const [pictureBefore, stateBefore] = [await picture(page), await studioState(page)];
  await loseDevice(page);
  await untilReady(page);
  await untilStill(page);
  const { settings, face, view } = await studioState(page);
  expect(settings).toEqual(stateBefore.settings);
  expect(face).toEqual(stateBefore.face);
  expect(view).toEqual(stateBefore.view);
  await expect(page.getByText('has been set up again')).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  expect(difference(await picture(page), pictureBefore)).toBe(0);
  await page.getByRole('application').focus();
  await expectNewViewOnly(page, () => page.keyboard.press('ArrowRight'));
});

test('a device that is lost again and again ends in a message, and trying again helps', async ({ page }) => {
  await openStudio(page);
  await page.evaluate(() => {
    const request = GPUAdapter.prototype.requestDevice;
    let doomed = 3;
    GPUAdapter.prototype.requestDevice = async function (descriptor) {
      const device = await request.call(this, descriptor);
      if (doomed-- > 0) device.destroy();
      return device;
    };
  });
  await loseDevice(page);
  await expect(page.getByRole('alert')).toContainText('lost 4 times');
  await page.getByRole('button', { name: 'Try again' }).click();
  await untilReady(page);
  expect((await counts(page)).triPlanes).toBeGreaterThan(0);
});

test('a setting that the device refuses is taken back with a notice, and the picture stays', async ({ page }) => {
  await openStudio(page);
  await openRoom(page, 'Inspect'); // a sheet on this window, which leaves the picture less room
  await unfold(page, 'Quality');
  await untilStill(page);
  const before = await picture(page);
  await page.evaluate(() => {
    Object.defineProperty(GPUSupportedLimits.prototype, 'maxBufferSize', { get: () => 100_000 });
  });
  await page.getByLabel('Neural rendering').selectOption('128');
  await expect(page.getByText(/needs [\d.]+ MB in one buffer.*The previous setting stays/)).toBeVisible();
  await expect(page.getByLabel('Neural rendering')).toHaveValue('16');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await untilStill(page);
  expect(difference(await picture(page), before)).toBe(0);
});

/** Takes the device away, as a driver reset does, and waits until the page has noticed. */
async function loseDevice(page: Page): Promise<void> {
  await page.evaluate(() => {
    const { studio } = document.querySelector('trifold-app')!;
    return new Promise<void>((resolve) => {
      const leave = studio.store.subscribe(({ status }) => {
        if (status === 'ready') return;
        leave();
        resolve();
      });
      studio.gpu!.device.destroy();
    });
  });
}
