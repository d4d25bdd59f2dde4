/**
 * From the first byte to the first picture: progress, storage, visits without a network, and everything that can go wrong on the way.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { fixturePath } from '../support/fixture-path';
import {
  contrast,
  difference,
  openStudio,
  picture,
  QUICK,
  statusFigures,
  studioState,
  test,
  untilReady,
  untilStill,
} from './support';

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
  await expect(await statusFigures(page)).toContainText('stored as f16');
  expect(contrast(await picture(page))).toBeGreaterThan(10);
});

test('one bar goes through files, kernels, head and picture, and never back', async ({ page }) => {
  await page.addInitScript(() => {
    const seen: { phase: string; share: number }[] = [];
    Object.assign(globalThis, { seen });
    customElements.whenDefined('trifold-app').then(() => {
      document.querySelector('trifold-app')!.studio.store.subscribe(({ progress }) => {
        if (progress) seen.push({ phase: progress.phase, share: progress.share ?? -1 });
      });
    });
  });
  await openStudio(page);
  const seen = await page.evaluate(
    () => (globalThis as unknown as { seen: readonly { phase: string; share: number }[] }).seen,
  );
  const phases = seen.map(({ phase }) => phase);
  for (const phase of ['download', 'kernels', 'picture']) expect(phases).toContain(phase);
  expect(phases.at(-1)).toBe('picture');
  const shares = seen.map(({ share }) => share).filter((share) => share >= 0);
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
});

test.describe('the poster of the first face', () => {
  const poster = readFileSync(new URL('../../public/weights/portrait-eg3d.png', import.meta.url));
  const first = { seed: 34, yaw: 25, pitch: 4 };
  const place = (page: Page) => page.locator('.first-picture');

  /** Gives the small pair a first view and a poster; holds what is named back until the function is called that comes back. */
  async function withPoster(page: Page, held: string, view: object = { ...first, poster: 'first.png' }) {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const index = JSON.parse(readFileSync(fixturePath('small/index.json'), 'utf8'));
    index.models[0].first = view;
    await page.route('**/weights/index.json', (route) => route.fulfill({ json: index }));
    await page.route('**/weights/first.png*', (route) => route.fulfill({ body: poster, contentType: 'image/png' }));
    await page.route(held, async (route) => {
      await released;
      await route.continue();
    });
    return release;
  }

  for (const width of [360, 800, 1440]) {
    test(`is there before the script, just where the picture will be, ${width} pixels`, async ({ page }) => {
      await page.setViewportSize({ width, height: width < 500 ? 740 : 900 });
      const release = await withPoster(page, '**/assets/trifold-viewport-*.js');
      await page.goto('./', { waitUntil: 'commit' });
      await expect(place(page).locator('img')).toBeVisible();
      expect(await page.evaluate(() => customElements.get('trifold-app'))).toBeUndefined();
      // Nothing is drawn before the style sheet is there, but an element has a box all the same.
      await page.waitForFunction(
        () => getComputedStyle(document.querySelector('.first-picture')!).aspectRatio !== 'auto',
      );
      const before = (await place(page).boundingBox())!;
      release();
      const canvas = page.locator('trifold-viewport canvas');
      await expect(canvas).toBeAttached();
      await expect(page.getByRole('progressbar')).toBeVisible();
      for (const after of [(await place(page).boundingBox())!, (await canvas.boundingBox())!]) {
        for (const side of ['x', 'y', 'width', 'height'] as const) expect(after[side]).toBeCloseTo(before[side], 0);
      }
      await untilReady(page);
      await expect(place(page)).toHaveCount(0);
      expect((await canvas.boundingBox())!.width).toBeCloseTo(before.width, 0);
      expect(contrast(await picture(page))).toBeGreaterThan(10);
    });
  }

  test('comes back with the first view, which the page has written into its address', async ({ page }) => {
    const release = await withPoster(page, WEIGHTS);
    await page.goto('./#seed=34&yaw=25&pitch=4');
    await expect(place(page).locator('img')).toBeVisible();
    release();
  });

  test('is not shown for a link to another face', async ({ page }) => {
    const release = await withPoster(page, WEIGHTS);
    const asked = page.waitForRequest(WEIGHTS); // the list of models has been read by then
    await page.goto('./#seed=5');
    await asked;
    await expect(page.getByRole('progressbar')).toBeVisible();
    await expect(page.locator('.first-picture img')).toHaveCount(0);
    release();
    await untilReady(page);
    expect((await studioState(page)).face.sources).toMatchObject([{ seed: 5 }]);
  });

  test('goes as soon as the address asks for another face', async ({ page }) => {
    const release = await withPoster(page, WEIGHTS);
    await page.goto('./');
    await expect(place(page).locator('img')).toBeVisible();
    await page.evaluate(() => {
      location.hash = '#seed=5';
    });
    await expect(page.locator('.first-picture img')).toHaveCount(0);
    release();
    await untilReady(page);
    expect((await studioState(page)).face.sources).toMatchObject([{ seed: 5 }]);
  });

  test('is missing where the folder of weights has none, and the page opens', async ({ page }) => {
    (await withPoster(page, '**/nothing', first))();
    await page.goto('./');
    await untilReady(page);
    await expect(page.locator('.first-picture img')).toHaveCount(0);
    expect((await studioState(page)).face.sources).toMatchObject([{ seed: 34 }]);
  });
});

test.describe('a folder of weights without the student', () => {
  const notice = (page: Page) => page.locator('trifold-notices');

  test('of which the list knows nothing: the page opens and says so when the student is wanted', async ({ page }) => {
    const index = JSON.parse(readFileSync(fixturePath('small/index.json'), 'utf8'));
    index.models[0].student = undefined;
    await page.route('**/weights/index.json', (route) => route.fulfill({ json: index }));
    await openStudio(page);
    await page.getByRole('application').focus();
    await page.keyboard.press('t');
    await expect(notice(page)).toContainText('There is no convolutional student of this model at hand');
    expect((await studioState(page)).settings.renderer).toBe('volumetric');
  });

  test('that the list names: the page opens, and names the file when the student is wanted', async ({ page }) => {
    await page.route('**/weights/small-student.safetensors', (route) =>
      route.fulfill({ status: 404, body: 'Not found' }),
    );
    await openStudio(page);
    await page.getByRole('application').focus();
    await page.keyboard.press('t');
    await expect(notice(page)).toContainText('The server has no file "small-student.safetensors" (status 404)');
    await expect(notice(page)).toContainText(/upload the whole folder/i);
    expect((await studioState(page)).settings.renderer).toBe('volumetric');
  });
});

test('a worker that serves a former page gives way to this one, and the former pair to this one’s', async ({
  page,
}) => {
  const server = new FormerServer();
  await server.start();
  try {
    await page.goto(server.address);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    server.isFormer = false;
    await page.reload();
    await expect(page).toHaveTitle('Former'); // that worker asks nobody, and the browser finds the new one meanwhile
    // Not sooner: with every visit the browser puts off its look for a new worker by a second.
    await expect
      .poll(
        async () => {
          await page.reload();
          return page.title();
        },
        { intervals: [4000] },
      )
      .toBe('Trifold');
    await untilReady(page);
    const { sha256 } = JSON.parse(readFileSync(fixturePath('small/index.json'), 'utf8')).models[0];
    const kept = await page.evaluate(async () => {
      const weights = await (await caches.open('trifold-weights')).keys();
      return {
        names: await caches.keys(),
        weights: weights.map(({ url }) => new URL(url)).map(({ search }) => search),
      };
    });
    expect(kept.names).not.toContain('trifold-shell-former');
    expect(kept.weights).toEqual([`?sha256=${sha256}`]);
  } finally {
    server.stop();
  }
});

/** Serves a former page, whose worker answers all from its cache, and then the built page in its place, with the small pair. */
class FormerServer {
  isFormer = true;
  readonly #server: Server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname.slice(1) || 'index.html';
    const [type, body] = (this.isFormer ? formerFile(path) : presentFile(path)) ?? ['text/plain', undefined];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type, 'cache-control': 'no-cache' });
    response.end(body ?? 'Not found');
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, 'localhost', resolve));
  }

  get address(): string {
    return `http://localhost:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

type ServedFile = readonly [type: string, body: string | Buffer];

const FORMER_FILES: Readonly<Record<string, ServedFile>> = {
  'index.html': [
    'text/html',
    `<!doctype html><title>Former</title><script>
      navigator.serviceWorker.register('service-worker.js');
      caches.open('trifold-weights').then(async (cache) => {
        for (const name of ['small-eg3d', 'small-student']) {
          await cache.put('weights/' + name + '.safetensors?sha256=' + '0'.repeat(64), new Response('former'));
        }
      });
    </script>`,
  ],
  'weights/index.json': ['application/json', '{"models": []}'],
  'service-worker.js': [
    'text/javascript',
    `addEventListener('install', (event) => event.waitUntil((async () => {
      await (await caches.open('trifold-shell-former')).addAll(['./', 'weights/index.json']);
      await skipWaiting();
    })()));
    addEventListener('activate', (event) => event.waitUntil(clients.claim()));
    addEventListener('fetch', (event) => event.respondWith((async () => (await caches.match(event.request)) ?? fetch(event.request))()));`,
  ],
};

function formerFile(path: string): ServedFile | undefined {
  return FORMER_FILES[path];
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
};

function presentFile(path: string): ServedFile | undefined {
  const [, weights] = /^weights\/([\w.-]+)$/.exec(path) ?? [];
  const small = weights && fixturePath('small/index.json').replace('index.json', weights);
  const built = join(import.meta.dirname, '../../dist', path);
  const file = small && existsSync(small) ? small : built;
  if (!existsSync(file) || !statSync(file).isFile()) return undefined;
  return [TYPES[path.split('.').at(-1)!] ?? 'application/octet-stream', readFileSync(file)];
}

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
