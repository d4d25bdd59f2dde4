/**
 * From the first byte to the first picture: progress, storage, visits without a network, and everything that can go wrong on the way.
 */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { fixturePath } from '../support/fixture-path';
import { contrast, difference, openStudio, picture, QUICK, test, untilReady, untilStill } from './support';

const WEIGHTS = '**/weights/*.safetensors';
const weightFile = fixturePath('small/small-eg3d.safetensors');

test('counts the bytes of the download and can be cancelled and started again', async ({ page }) => {
  await throttle(page, 100_000);
  await page.goto(`./#${QUICK}`);
  const bar = page.getByRole('progressbar');
  await expect(bar).toBeVisible();
  await expect(page.getByText(/0\.[1-9] of 0\.4 MB/)).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('alert')).toContainText('Loading stopped');
  const again = page.getByRole('button', { name: 'Try again' });
  await expect(again).toBeFocused();
  await throttle(page, -1);
  await again.click();
  await untilReady(page);
  expect(contrast(await picture(page))).toBeGreaterThan(20);
});

test('a reload without a network shows the same face from the same side', async ({ page, context }) => {
  const downloads: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('.safetensors')) downloads.push(request.url());
  });
  await openStudio(page, `${QUICK}&seed=5&yaw=40`);
  await untilStill(page);
  const before = await picture(page);
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined));
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await page.reload();
  await untilReady(page);
  await untilStill(page);
  expect(difference(await picture(page), before)).toBe(0);
  expect(downloads.length).toBe(1);
});

test('a damaged file in the cache is found out and downloaded again', async ({ page }) => {
  await openStudio(page);
  const damaged = await page.evaluate(async () => {
    const cache = await caches.open('trifold-weights');
    const [request] = await cache.keys();
    const bytes = new Uint8Array(await (await cache.match(request!))!.arrayBuffer());
    bytes[200_000]! ^= 1;
    await cache.put(request!, new Response(bytes));
    return request!.url;
  });
  expect(damaged).toContain('sha256=');
  const download = page.waitForRequest(WEIGHTS);
  await page.reload();
  await download;
  await untilReady(page);
});

test('where nothing can be kept the page works and says so', async ({ page }) => {
  await page.addInitScript(() => {
    CacheStorage.prototype.open = () => Promise.reject(new DOMException('The operation is insecure.', 'SecurityError'));
  });
  await openStudio(page);
  const notice = page.getByText('will be downloaded again next time');
  await expect(notice).toBeVisible();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toBeHidden();
});

test.describe('messages that say what to do', () => {
  const body = readFileSync(weightFile);
  const damaged = Buffer.from(body);
  damaged[200_000]! ^= 0xff;
  const html = { body: '<!doctype html><title>Welcome</title>', contentType: 'text/html' };

  for (const [what, answer, message] of [
    ['a missing file', { status: 404, body: 'Not found' }, /status 404/],
    ['a web page instead of the file', html, /sent a web page/],
    [
      'a short file',
      { body: body.subarray(0, 200_000) },
      new RegExp(`ended early: 200,000 of ${body.length.toLocaleString('en')} bytes`),
    ],
    ['other bytes', { body: damaged }, /not the published file/],
  ] as const) {
    test(what, async ({ page }) => {
      await page.route(WEIGHTS, (route) => route.fulfill(answer));
      await page.goto(`./#${QUICK}`);
      const alert = page.getByRole('alert');
      await expect(alert).toContainText('The model could not be loaded');
      await expect(alert).toContainText(message);
      await expect(alert).toContainText(/upload/i);
      if (what !== 'other bytes') return;
      await page.unroute(WEIGHTS);
      await page.getByRole('button', { name: 'Try again' }).click();
      await untilReady(page);
    });
  }

  test('a server that does not answer', async ({ page }) => {
    await page.route(WEIGHTS, (route) => route.abort('connectionrefused'));
    await page.goto('./');
    await expect(page.getByRole('alert')).toContainText('Check the network connection');
  });

  test('no WebGPU', async ({ page }) => {
    await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'gpu', { value: undefined }));
    await page.goto('./');
    await expect(page.getByRole('alert')).toContainText('WebGPU is not available');
    await expect(page.getByRole('alert')).toContainText('Open the page in a current Chrome, Edge, Firefox or Safari');
  });

  test('no adapter', async ({ page }) => {
    await page.addInitScript(() => {
      GPU.prototype.requestAdapter = () => Promise.resolve(null);
    });
    await page.goto('./');
    await expect(page.getByRole('alert')).toContainText('No graphics adapter');
    await expect(page.getByRole('alert')).toContainText('Turn on hardware acceleration');
  });

  test('buffers that are too small for the model', async ({ page }) => {
    await limitBuffers(page, 100_000);
    await page.goto('./');
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('Too much for this device');
    await expect(alert).toContainText(/needs [\d.]+ MB in one buffer; this device allows 0\.1 MB/);
    await expect(page.getByRole('button', { name: "Use the model's own quality" })).toBeVisible();
  });
});

test('where the buffers are too small for floats, convolutions store halves', async ({ page }) => {
  await limitBuffers(page, 600_000);
  await openStudio(page);
  await expect(page.getByRole('contentinfo', { name: 'Device and timing' })).toContainText('stored as f16');
  expect(contrast(await picture(page))).toBeGreaterThan(10);
});

/** Lets a download take its time; -1 for full speed. */
async function throttle(page: Page, bytesPerSecond: number): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: bytesPerSecond,
    uploadThroughput: -1,
  });
}

/** Makes the device claim that no buffer may be larger. */
async function limitBuffers(page: Page, bytes: number): Promise<void> {
  await page.addInitScript((limit) => {
    for (const name of ['maxBufferSize', 'maxStorageBufferBindingSize']) {
      Object.defineProperty(GPUSupportedLimits.prototype, name, { get: () => limit });
    }
    const request = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = function (descriptor) {
      return request.call(this, { ...descriptor, requiredLimits: {} });
    };
  }, bytes);
}
