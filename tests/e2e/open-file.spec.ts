/**
 * Opening other models: by the button, by dropping a file, by address, again after a reload; and everything that can go wrong while a
 * model is on screen, which must stay there.
 */
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { fixturePath } from '../support/fixture-path';
import {
  comeAgain,
  contrast,
  difference,
  expectNewViewOnly,
  FINE,
  openRoom,
  openStudio,
  picture,
  QUICK,
  seedShown,
  studioState,
  test,
  untilReady,
  untilStill,
  watch,
} from './support';

const TINY = fixturePath('generator_tiny.safetensors');
const PICKLE = fixturePath('generator_small_nosrc.pkl');
/** Where the panel is beside the picture, which so has one size whatever room is open. */
const WIDE = { width: 1000, height: 700 };
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex');

/** The bundled file as the person's own, cut short, and the like. */
function handmade(name: string, buffer: Buffer) {
  return { name, mimeType: 'application/octet-stream', buffer };
}

async function open(page: Page, file: string | ReturnType<typeof handmade>): Promise<void> {
  await page.locator('input[type=file][accept*=safetensors]').first().setInputFiles(file);
}

/** Waits until a model of that name is on screen and drawn. */
async function untilShown(page: Page, name: string): Promise<void> {
  await expect.poll(async () => (await modelFacts(page))?.name, { intervals: [100] }).toBe(name);
  await expect(page.locator('trifold-opening section')).toBeHidden();
  await untilStill(page);
}

function modelFacts(page: Page) {
  return page.evaluate(() => {
    const { model } = document.querySelector('trifold-app')!.studio.state;
    return (
      model && {
        name: model.name,
        origin: model.origin,
        fingerprint: model.fingerprint,
        ...model.config,
        ...model.weights,
      }
    );
  });
}

/** What the room Inspect says of the model, by its label. */
async function fact(page: Page, label: string): Promise<string> {
  await openRoom(page, 'Inspect');
  const row = page.locator('trifold-model dt', { hasText: new RegExp(`^${label}$`) });
  return (await row.locator('xpath=following-sibling::dd[1]').textContent())!.trim();
}

/** Drops a file of the server on the page, as from a file manager. */
async function drop(page: Page, address: string, name: string): Promise<void> {
  const data = await page.evaluateHandle(
    async ([address, name]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([await (await fetch(address!)).blob()], name!));
      return transfer;
    },
    [address, name],
  );
  const view = page.getByRole('application');
  await view.dispatchEvent('dragover', { dataTransfer: data });
  await expect(page.getByText('Drop the model file to open it')).toBeVisible();
  await view.dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByText('Drop the model file to open it')).toBeHidden();
}

test.describe('one page, one file after the other', () => {
  test.describe.configure({ mode: 'serial' });
  let page: Page;
  let watched: ReturnType<typeof watch>;

  test.beforeAll(async ({ browser }) => {
    page = await browser.newPage({ viewport: { width: 800, height: 900 } });
    watched = watch(page);
    await comeAgain(page);
    await openStudio(page, `${FINE}&yaw=30`);
    await untilStill(page);
  });

  test.afterAll(async () => {
    watched.check();
    await page.close();
  });

  test('the button opens a file: the facts are its own, face and view stay', async () => {
    expect(await fact(page, 'Source')).toBe('comes with this page');
    expect(await fact(page, 'Tri-planes')).toBe('32 × 32 × 96');
    const [stateBefore, pictureBefore] = [await studioState(page), await picture(page)];
    const device = await page.evaluateHandle(() => document.querySelector('trifold-app')!.studio.gpu!.device);
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: 'Open file…' }).click();
    await (await chooser).setFiles(TINY);
    await untilShown(page, 'generator_tiny.safetensors');
    expect(await fact(page, 'Source')).toBe('file from this device');
    expect(await fact(page, 'Tri-planes')).not.toBe('32 × 32 × 96');
    expect(await fact(page, 'Weights')).toMatch(/^F32, file of 11 MB$/);
    expect(await fact(page, 'GPU memory')).toMatch(/^about [\d.]+ MB, weights [\d.]+ MB$/);
    const stateAfter = await studioState(page);
    expect(stateAfter.settings).toMatchObject({ picture: 'raw', neuralResolution: 32, depthSamples: 8 });
    expect(stateAfter.face.sources).toEqual(stateBefore.face.sources);
    expect(stateAfter.view.yaw).toBeCloseTo(stateBefore.view.yaw, 5);
    const { camera } = (await modelFacts(page))!;
    expect(stateAfter.view.home).toMatchObject({ ...camera });
    expect(difference(await picture(page), pictureBefore)).toBeGreaterThan(1);
    await expectNewViewOnly(page, () => page.getByRole('application').press('ArrowRight'));
    const isSame = (former: GPUDevice) => document.querySelector('trifold-app')!.studio.gpu!.device === former;
    expect(await device.evaluate(isSame)).toBe(true); // one device for all models
  });

  const served = readFileSync(fixturePath('small/small-eg3d.safetensors'));
  for (const [what, file, message] of [
    ['a file that was cut short', handmade('half.safetensors', served.subarray(0, 150_000)), /cut short/],
    ['a picture renamed to .pkl', handmade('face.pkl', PNG), /a PNG picture/],
    ['an empty file', handmade('empty.pt', Buffer.alloc(0)), /empty/],
  ] as const) {
    test(`${what} is refused with a message, and the model on screen stays`, async () => {
      await untilStill(page);
      const before = await picture(page);
      await open(page, file);
      const alert = page.getByRole('alert');
      await expect(alert).toContainText(`${file.name} could not be opened`);
      await expect(alert).toContainText(message);
      expect((await studioState(page)).status).toBe('ready');
      expect(await fact(page, 'Name')).toBe('generator_tiny.safetensors');
      await page.getByRole('button', { name: 'Dismiss' }).click();
      await expect(alert).toBeHidden();
      expect(difference(await picture(page), before)).toBeLessThan(0.2); // the focus ring touches the corners
    });
  }

  test('a model that is too large for the device is refused with the numbers before anything is uploaded', async () => {
    await page.evaluate(() => {
      const { maxBufferSize } = Object.getOwnPropertyDescriptors(GPUSupportedLimits.prototype);
      Object.assign(window, { maxBufferSize });
      Object.defineProperty(GPUSupportedLimits.prototype, 'maxBufferSize', { configurable: true, get: () => 100_000 });
    });
    await open(page, TINY);
    await expect(page.getByRole('alert')).toContainText(/needs [\d.]+ MB in one buffer; this device allows 0\.1 MB/);
    await page.evaluate(() => {
      if (!('maxBufferSize' in window)) throw new Error('no former limit');
      Object.defineProperty(GPUSupportedLimits.prototype, 'maxBufferSize', window.maxBufferSize as PropertyDescriptor);
    });
    await expectNewViewOnly(page, () => page.getByRole('application').press('ArrowLeft'));
  });

  test('reading can be cancelled, also while the present model turns', async () => {
    await page.evaluate(() => {
      const post = Worker.prototype.postMessage;
      Worker.prototype.postMessage = function (...message: unknown[]) {
        Worker.prototype.postMessage = post;
        setTimeout(() => Reflect.apply(post, this, message), 60_000);
      };
    });
    await open(page, TINY);
    const opening = page.locator('trifold-opening section');
    await expect(opening).toContainText('Opening generator_tiny.safetensors');
    await expectNewViewOnly(page, () => page.getByRole('application').press('ArrowRight'));
    await opening.getByRole('button', { name: 'Cancel' }).click();
    await expect(opening).toBeHidden();
    await expect(page.getByRole('alert')).toBeHidden();
  });

  test('nothing is kept without being asked; a full disk is told', async () => {
    await page.evaluate(() => {
      Cache.prototype.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    });
    await expect.poll(async () => (await modelFacts(page))?.fingerprint).toBeDefined();
    expect(await page.evaluate(async () => (await (await caches.open('trifold-files')).keys()).length)).toBe(0);
    await openRoom(page, 'Inspect');
    const keep = page.getByLabel('Keep opened files on this device');
    await keep.check();
    await expect(page.getByText('There is no room to keep the file')).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await keep.uncheck();
  });

  test('an official pickle is a model like any other', async () => {
    await open(page, PICKLE);
    await untilShown(page, 'generator_small_nosrc.pkl');
    expect(contrast(await picture(page))).toBeGreaterThan(1);
    expect(await fact(page, 'Parameters')).toMatch(/^[\d.]+ M$/);
  });

  test('then a good file, dropped on the picture, is opened', async () => {
    await drop(page, 'weights/small-eg3d.safetensors', 'mine.safetensors');
    await untilShown(page, 'mine.safetensors');
    expect(await fact(page, 'Tri-planes')).toBe('32 × 32 × 96');
    expect(contrast(await picture(page))).toBeGreaterThan(20);
  });

  test('a lost device comes back with the opened file', async () => {
    await page.evaluate(() => document.querySelector('trifold-app')!.studio.gpu!.device.destroy());
    await expect(page.getByText('has been set up again')).toBeVisible();
    expect((await modelFacts(page))?.name).toBe('mine.safetensors');
  });
});

test('a kept file is opened again after a reload, until it is removed', async ({ page }) => {
  await page.setViewportSize(WIDE);
  await openStudio(page);
  await openRoom(page, 'Inspect');
  await page.getByLabel('Keep opened files on this device').check();
  await open(page, TINY);
  await untilShown(page, 'generator_tiny.safetensors');
  const recent = page.getByRole('list', { name: 'Recent files' });
  await expect(recent).toContainText('generator_tiny.safetensors');
  await expect.poll(() => page.url()).toMatch(/#model=[0-9a-f]{16}&/);
  const before = await picture(page);

  await page.reload();
  await untilReady(page);
  await untilShown(page, 'generator_tiny.safetensors');
  expect(difference(await picture(page), before)).toBe(0);
  await expect(page.getByLabel('Keep opened files on this device')).toBeChecked();

  await page.getByRole('button', { name: 'Remove generator_tiny.safetensors from this device' }).click();
  await expect(recent).toBeHidden();
  await page.evaluate(() => {
    location.hash = '#model=0123456789abcdef';
  });
  await expect(page.getByRole('alert')).toContainText('is not kept on this device');
  expect((await modelFacts(page))?.name).toBe('generator_tiny.safetensors');
});

test('a file that is not kept is asked for by its name after a reload, and comes back with face and view', async ({
  page,
}) => {
  await page.setViewportSize(WIDE);
  await openStudio(page, `${QUICK}&seed=7&yaw=30`);
  await open(page, TINY);
  await untilShown(page, 'generator_tiny.safetensors');
  await expect.poll(() => page.url()).toMatch(/#model=[0-9a-f]{16}&/);
  const [model] = /model=[0-9a-f]{16}/.exec(page.url())!;
  const before = await picture(page);

  for (const visit of ['first', 'second']) {
    await page.reload();
    await untilReady(page);
    const alert = page.getByRole('alert');
    await expect(alert, visit).toContainText('"generator_tiny.safetensors" is not kept on this device');
    expect((await modelFacts(page))?.origin).toBe('bundled');
    // The address goes on naming it, whatever is done meanwhile.
    await page.getByRole('button', { name: 'New face' }).click();
    await expect.poll(() => page.url()).not.toMatch(/seed=7(?!\d)/);
    expect(page.url()).toContain(model);
    await page.goBack();
    await expect.poll(() => page.url()).toMatch(/seed=7(?!\d)/);
  }

  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Open it again…' }).click();
  await (await chooser).setFiles(TINY);
  await untilShown(page, 'generator_tiny.safetensors');
  await expect(page.getByRole('alert')).toBeHidden();
  expect(await seedShown(page)).toBe(7);
  expect(difference(await picture(page), before)).toBeLessThan(0.01); // angles in links are rounded
  expect(page.url()).toContain(model);
});

test('a file that nobody wants back is forgotten by the address', async ({ page }) => {
  await openStudio(page, `${QUICK}&seed=7&model=0123456789abcdef`);
  await expect(page.getByRole('alert')).toContainText('The model file that this address names is not kept');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect.poll(() => page.url()).not.toContain('model=');
  expect(page.url()).toContain('seed=7');
});

test.describe('?model=', () => {
  test('opens a file of this server; the address forgets it when another model is opened', async ({ page }) => {
    await page.goto(`./?model=weights/small-eg3d.safetensors#${QUICK}`);
    await untilReady(page);
    expect(await modelFacts(page)).toMatchObject({ name: 'small-eg3d.safetensors', origin: 'url' });
    expect(await fact(page, 'Source')).toBe('file from this server');
    await page.getByRole('button', { name: 'New face' }).click();
    await expect.poll(() => page.url()).toContain('seed=');
    expect(page.url()).toContain('?model=weights/small-eg3d.safetensors#');
    await openRoom(page, 'Inspect');
    await page.getByRole('button', { name: 'Back to the bundled model' }).click();
    await untilShown(page, 'Small');
    expect(await fact(page, 'Source')).toBe('comes with this page');
    await expect(page.getByRole('button', { name: 'Back to the bundled model' })).toBeHidden();
    await expect.poll(() => page.url()).not.toContain('model=');
  });

  test('another server is not asked; the bundled model is there instead', async ({ page }) => {
    await page.goto(`./?model=https://models.example/eg3d.pkl#${QUICK}`);
    await untilReady(page);
    const alert = page.getByRole('alert');
    await expect(alert).toContainText('is on another server, and this page asks no server but its own');
    await expect(alert).toContainText('drop it on the page');
    expect((await modelFacts(page))?.origin).toBe('bundled');
  });
});
