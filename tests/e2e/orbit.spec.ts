/**
 * Turning the head, with everything that can turn it. No gesture may run mapping or backbone: the tri-planes are made once a face.
 */
import { expect, type Page } from '@playwright/test';
import {
  canvasCentre,
  contrast,
  corner,
  counts,
  expectNewViewOnly,
  ground,
  picture,
  QUICK,
  startAgain,
  studioState,
  test,
  untilStill,
} from './support';

test.use({ viewport: { width: 480, height: 800 } });

let page: Page;

test.beforeEach(({ studioPage }) => {
  page = studioPage;
});

test('the page shows a head that stands on its own ground', async () => {
  await untilStill(page);
  const shown = await picture(page);
  expect(contrast(shown)).toBeGreaterThan(20);
  expect(corner(shown)).toBe(await ground(page));
});

test('a still scene draws no frame', async () => {
  await untilStill(page);
  const before = await counts(page);
  await page.waitForTimeout(1000);
  expect(await counts(page)).toEqual(before);
});

test('mouse drag turns, and lets go with a swing', async () => {
  const { x, y, side } = await canvasCentre(page);
  const { view: before } = await studioState(page);
  await expectNewViewOnly(page, async () => {
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - side / 4, y + side / 20, { steps: 4 });
    await page.mouse.up();
  });
  const { view } = await studioState(page);
  expect(view.yaw).toBeGreaterThan(before.yaw + Math.PI / 4 - 0.01);
  expect(view.pitch).toBeGreaterThan(before.pitch);
  expect(view.radius).toBe(before.radius);
  expect(view.held).toBe(false);
});

test('right drag and Shift drag move', async () => {
  const { x, y, side } = await canvasCentre(page);
  for (const [key, button] of [
    [undefined, 'right'],
    ['Shift', 'left'],
  ] as const) {
    const { view: before } = await studioState(page);
    await expectNewViewOnly(page, async () => {
      if (key) await page.keyboard.down(key);
      await page.mouse.move(x, y);
      await page.mouse.down({ button });
      await page.mouse.move(x + side / 10, y, { steps: 2 });
      await page.mouse.up({ button });
      if (key) await page.keyboard.up(key);
    });
    const { view } = await studioState(page);
    expect(view.pivot).not.toEqual(before.pivot);
    expect([view.yaw, view.pitch]).toEqual([before.yaw, before.pitch]);
  }
});

test('the wheel zooms', async () => {
  const { x, y } = await canvasCentre(page);
  const { view: before } = await studioState(page);
  await page.mouse.move(x, y);
  await expectNewViewOnly(page, () => page.mouse.wheel(0, -300));
  expect((await studioState(page)).view.radius).toBeLessThan(before.radius * 0.8);
});

test('a double click goes home', async () => {
  await startAgain(page, `${QUICK}&yaw=30`);
  const { x, y } = await canvasCentre(page);
  await expectNewViewOnly(page, () => page.mouse.dblclick(x, y));
  const { view } = await studioState(page);
  expect([view.yaw, view.pitch, view.radius]).toEqual([0, 0, view.home.radius]);
});

test('keys turn, zoom and reset', async () => {
  await page.getByRole('application').focus();
  await expectNewViewOnly(page, () => page.keyboard.press('Shift+ArrowLeft'));
  const { view: turned } = await studioState(page);
  expect(turned.yaw).toBeCloseTo((15 * Math.PI) / 180, 3);
  await expectNewViewOnly(page, () => page.keyboard.press('Shift+ArrowDown'));
  await expectNewViewOnly(page, () => page.keyboard.press('Shift+-'));
  expect((await studioState(page)).view.radius).toBeGreaterThan(turned.radius);
  await expectNewViewOnly(page, () => page.keyboard.press('r'));
  expect((await studioState(page)).view.yaw).toBe(0);
});

test('one finger turns', async () => {
  const touch = await fingers();
  const { x, y, side } = await canvasCentre(page);
  const { view: before } = await studioState(page);
  await expectNewViewOnly(page, async () => {
    await touch('touchStart', [[x, y]]);
    for (let step = 1; step <= 4; step++) await touch('touchMove', [[x + (step * side) / 16, y]]);
    await touch('touchEnd', []);
  });
  const { view } = await studioState(page);
  expect(view.yaw).toBeLessThan(before.yaw - 0.7);
});

test('two fingers pinch and pan', async () => {
  const touch = await fingers();
  const { x, y, side } = await canvasCentre(page);
  const { view: before } = await studioState(page);
  await expectNewViewOnly(page, async () => {
    await touch('touchStart', [[x - 30, y]]);
    await touch('touchStart', [
      [x - 30, y],
      [x + 30, y],
    ]);
    for (let step = 1; step <= 4; step++) {
      const apart = 30 + step * 5;
      const shift = (step * side) / 60;
      await touch('touchMove', [
        [x - apart, y + shift],
        [x + apart, y + shift],
      ]);
    }
    await touch('touchEnd', []);
  });
  const { view } = await studioState(page);
  expect(view.radius).toBeCloseTo((before.radius * 30) / 50, 1);
  expect(view.pivot[1]).toBeGreaterThan(before.pivot[1]);
  expect(view.yaw).toBeCloseTo(before.yaw, 5);
});

test('the address remembers the view, and a visit to it brings it back', async () => {
  await page.getByRole('application').focus();
  await page.keyboard.press('r');
  await page.keyboard.press('ArrowLeft');
  await untilStill(page);
  await expect.poll(() => new URL(page.url()).hash).toBe('#seed=0&picture=raw&samples=8&yaw=5');
  await page.evaluate(() => {
    location.hash = 'picture=raw&samples=8&yaw=-30';
  });
  await expect.poll(async () => (await studioState(page)).view.yaw).toBeCloseTo((-30 * Math.PI) / 180, 5);
});

type TouchKind = 'touchStart' | 'touchMove' | 'touchEnd';

/** Lets fingers touch the page, as Chromium's own tests do. */
async function fingers() {
  const cdp = await page.context().newCDPSession(page);
  return (type: TouchKind, points: readonly (readonly [number, number])[]) =>
    cdp.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
}
