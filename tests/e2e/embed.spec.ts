/** `<trifold-viewer>` on its demonstration page: two at once, each with its own face, device and events. */
import { expect, type Page } from '@playwright/test';
import { decode } from 'fast-png';
import type { TrifoldViewer } from '../../src/ui/trifold-viewer';
import { expectNoAxeFinding } from './axe';
import { contrast, difference, type Picture, test, watch } from './support';

test.describe.configure({ mode: 'serial' });

type Name = 'first' | 'second';

interface Heard {
  readonly type: string;
  readonly seed?: number;
  readonly camera?: { readonly yaw: number };
  readonly message?: string;
  readonly remedy?: string;
}

let page: Page;
let watched: ReturnType<typeof watch>;

test.beforeAll(async ({ browser }) => {
  const context = await browser.newContext({ viewport: { width: 900, height: 1100 } });
  page = await context.newPage();
  watched = watch(page);
  await page.addInitScript(() => {
    const heard: unknown[] = [];
    Object.assign(globalThis, { heard });
    for (const type of ['trifold-ready', 'trifold-error', 'trifold-change']) {
      const note = (event: Event) => {
        const detail: unknown = event instanceof CustomEvent ? event.detail : null;
        heard.push({ target: event.target instanceof Element ? event.target.id : '', type, ...Object(detail) });
      };
      document.addEventListener(type, note, { capture: true });
    }
  });
  await page.goto('./embed.html');
});

test.afterAll(async () => {
  watched.check();
  await page.context().close();
});

/** Events of a viewer since the page was opened. */
function heard(name: Name): Promise<Heard[]> {
  return page.evaluate((target) => {
    const all: unknown = Reflect.get(globalThis, 'heard');
    return (all as (Heard & { target: string })[]).filter((event) => event.target === target);
  }, name);
}

async function lastHeard(name: Name): Promise<Heard | undefined> {
  return (await heard(name)).at(-1);
}

async function untilReady(name: Name): Promise<void> {
  await expect.poll(async () => (await heard(name)).map(({ type }) => type)).toContain('trifold-ready');
}

async function untilStill(name: Name): Promise<void> {
  const isStill = () => page.evaluate((id) => document.querySelector<TrifoldViewer>(id)?.studio?.isStill, `#${name}`);
  await expect.poll(isStill).toBe(true);
  await page.waitForTimeout(250);
  await expect.poll(isStill).toBe(true);
}

async function pictureOf(name: Name): Promise<Picture> {
  await untilStill(name);
  return pixelsIn(await page.locator(`#${name} canvas`).screenshot());
}

function pixelsIn(png: Uint8Array): Picture {
  const { data, width, height, channels } = decode(png);
  const pixels = new Uint8Array(width * height * 3).map((_, at) => data[Math.floor(at / 3) * channels + (at % 3)]!);
  return { width, height, pixels };
}

function setAttribute(name: Name, attribute: string, value: string): Promise<void> {
  return page.locator(`#${name}`).evaluate((viewer, set) => viewer.setAttribute(set.attribute, set.value), {
    attribute,
    value,
  });
}

test('two viewers show two faces, each on a device of its own, and say when', async () => {
  await untilReady('first');
  await untilReady('second');
  await page.locator('#second').evaluate((viewer) => viewer.removeAttribute('autorotate'));
  const [first, second] = [await pictureOf('first'), await pictureOf('second')];
  for (const shown of [first, second]) expect(contrast(shown)).toBeGreaterThan(15);
  expect(difference(first, second)).toBeGreaterThan(5);
  const areOwn = await page.evaluate(() => {
    const [a, b] = [...document.querySelectorAll('trifold-viewer')].map((viewer) => viewer.studio?.gpu);
    return a !== undefined && b !== undefined && a !== b;
  });
  expect(areOwn).toBe(true);
  expect((await heard('first')).map(({ type }) => type)).toEqual(['trifold-ready']);
});

test('seed, psi and camera change the picture, and are told', async () => {
  let former = await pictureOf('first');
  for (const [attribute, value] of [
    ['seed', '8'],
    ['psi', '0.3'],
    ['camera', '40 -10 0.8'],
  ] as const) {
    await setAttribute('first', attribute, value);
    const now = await pictureOf('first');
    expect(difference(now, former), attribute).toBeGreaterThan(2);
    former = now;
  }
  await expect
    .poll(() => lastHeard('first'))
    .toMatchObject({
      type: 'trifold-change',
      seed: 8,
      camera: { yaw: expect.closeTo(40, 3), pitch: expect.closeTo(-10, 3), distance: expect.closeTo(0.8, 4) },
    });
});

test('pointer and keys turn; what they do is told once at rest, and the properties follow', async () => {
  const before = (await heard('first')).length;
  await page.locator('#first').getByRole('application').focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await untilStill('first');
  const box = (await page.locator('#first').boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.wheel(0, 200);
  await untilStill('first');
  const after = await heard('first');
  expect(after.slice(before).map(({ type }) => type)).toEqual(['trifold-change', 'trifold-change']);
  const { camera } = await page.locator('#first').evaluate((viewer: TrifoldViewer) => ({
    camera: viewer.camera,
  }));
  expect(camera).toEqual(after.at(-1)!.camera);
  expect(camera).toMatchObject({ yaw: expect.closeTo(55, 2), pitch: expect.closeTo(-10, 2) });
});

test('a viewer without controls is a picture with a name', async () => {
  await expect(page.locator('#second trifold-viewport')).toHaveAttribute('inert');
  await expect(page.getByRole('img', { name: 'Generated head, seed 11' })).toBeVisible();
  const before = await pictureOf('second');
  const box = (await page.locator('#second').boundingBox())!;
  await page.mouse.move(box.x + 50, box.y + 100);
  await page.mouse.down();
  await page.mouse.move(box.x + 150, box.y + 100, { steps: 3 });
  await page.mouse.up();
  expect(difference(await pictureOf('second'), before)).toBe(0);
});

test('the head stands on the page, or on a background of its own', async () => {
  const corner = async () => {
    const { width, height, pixels } = await pictureOf('first');
    const at = (Math.round(height * 0.06) * width + Math.round(width * 0.06)) * 3;
    return [...pixels.subarray(at, at + 3)];
  };
  await page.locator('#first').evaluate((viewer: TrifoldViewer) => {
    viewer.style.background = 'rgb(10, 200, 60)';
  });
  for (const [background, colour] of [
    ['page', [10, 200, 60]],
    ['#204080', [32, 64, 128]],
    ['white', [255, 255, 255]],
    ['black', [0, 0, 0]],
    ['transparent', [10, 200, 60]],
  ] as const) {
    await setAttribute('first', 'background', background);
    await expect.poll(corner, background).toEqual(colour);
  }
  await page.locator('#first').evaluate((viewer: TrifoldViewer) => {
    viewer.style.background = '';
  });
});

test('it turns by itself only while it is in sight', async () => {
  const yaw = () => page.evaluate(() => document.querySelector<TrifoldViewer>('#second')!.studio!.state.view.yaw);
  const before = await yaw();
  await setAttribute('second', 'autorotate', '');
  await expect.poll(yaw).not.toBe(before);
  await page.locator('main').evaluate((main) => {
    main.style.marginTop = '3000px';
  });
  await expect
    .poll(() => page.evaluate(() => document.querySelector<TrifoldViewer>('#second')!.studio!.isStill))
    .toBe(true);
  const paused = await yaw();
  await page.waitForTimeout(400);
  expect(await yaw()).toBe(paused);
  await page.locator('main').evaluate((main) => {
    main.style.marginTop = '';
  });
  await expect.poll(yaw).not.toBe(paused);
  await page.locator('#second').evaluate((viewer) => viewer.removeAttribute('autorotate'));
});

test('newFace and toBlob', async () => {
  const before = await pictureOf('first');
  await page.getByRole('button', { name: 'Another face' }).click();
  expect(difference(await pictureOf('first'), before)).toBeGreaterThan(1);
  await expect(page.locator('#events')).toContainText('trifold-change: seed');
  const bytes = await page.locator('#first').evaluate(async (viewer: TrifoldViewer) => {
    const blob = await viewer.toBlob(128);
    return { type: blob.type, bytes: [...new Uint8Array(await blob.arrayBuffer())] };
  });
  expect(bytes.type).toBe('image/png');
  const made = pixelsIn(Uint8Array.from(bytes.bytes));
  expect([made.width, made.height]).toEqual([128, 128]);
  expect(contrast(made)).toBeGreaterThan(15);
});

test('nonsense in an attribute is told and changes nothing', async () => {
  const before = await pictureOf('first');
  for (const [attribute, value] of [
    ['seed', 'seven'],
    ['seed', '-5'],
    ['seed', '1.5'],
    ['seed', '4294967296'],
    ['psi', 'much'],
    ['background', 'zebra'],
    ['camera', 'left'],
    ['camera', '1 2 3 4'],
  ] as const) {
    await setAttribute('first', attribute, value);
    await expect
      .poll(() => lastHeard('first'))
      .toMatchObject({
        type: 'trifold-error',
        message: expect.stringContaining(`${attribute}="${value}"`),
        remedy: expect.stringMatching(/^Use /),
      });
    expect(difference(await pictureOf('first'), before)).toBe(0);
  }
});

test('a model that is not there is told, and another address is tried', async () => {
  await setAttribute('first', 'src', 'weights/nobody.safetensors');
  await expect
    .poll(() => lastHeard('first'))
    .toMatchObject({ type: 'trifold-error', remedy: expect.stringMatching(/\.$/) });
  await expect(page.locator('#first').getByRole('alert')).toBeVisible();
  await setAttribute('first', 'src', 'weights/small-eg3d.safetensors');
  await expect.poll(() => lastHeard('first')).toMatchObject({ type: 'trifold-ready' });
  expect(contrast(await pictureOf('first'))).toBeGreaterThan(15);
});

test('axe finds nothing, and 360 pixels are enough', async () => {
  for (const width of [360, 900]) {
    await page.setViewportSize({ width, height: 1100 });
    const room = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    expect(await page.evaluate(room)).toBe(0);
    await expectNoAxeFinding(page);
  }
});

test('a viewer that is removed frees its device, and one that comes back has a new one', async () => {
  const reason = await page.evaluate(async () => {
    const viewer = document.querySelector<TrifoldViewer>('#first')!;
    const gpu = viewer.studio!.gpu!;
    viewer.remove();
    Object.assign(globalThis, { removed: viewer });
    return (await gpu.device.lost).reason;
  });
  expect(reason).toBe('destroyed');
  await page.evaluate(() => document.querySelector('.demo')!.prepend(Reflect.get(globalThis, 'removed')));
  await expect.poll(async () => (await heard('first')).filter(({ type }) => type === 'trifold-ready').length).toBe(3);
  expect(contrast(await pictureOf('first'))).toBeGreaterThan(15);
});
