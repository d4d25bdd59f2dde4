/**
 * Adaptive quality: coarse while the camera moves, full at rest, and nothing made, compiled or read back in between. The software adapter of
 * the tests is slow enough to show it all. No test says how long anything takes.
 */
import { expect, type Page } from '@playwright/test';
import type { PictureSettings } from '../../src/studio/shared/settings';
import { canvasCentre, difference, openStudio, picture, QUICK, statusFigures, test, untilStill } from './support';

/** Exact rays, so that a full picture takes any processor too long to turn with. */
const SLOW = 'quality=exact&rays=48&samples=16';

test.use({ fragment: SLOW, viewport: { width: 1000, height: 800 } });

let page: Page;

test.beforeEach(async ({ studioPage }) => {
  page = studioPage;
  await goHome(); // the frame around a picture that has the focus is in its corners
});

test('turning is coarse, rest is full, and there and back is the same picture', async () => {
  const before = await picture(page);
  const full = await canvasWidth();
  const widths = await widthsDuring(async () => {
    await drag(0.3);
    await untilStill(page);
  });
  expect(Math.min(...widths)).toBeLessThan(full / 2);
  expect(widths.at(-1)).toBe(full);
  expect(difference(await picture(page), before)).toBeGreaterThan(0.5);
  await goHome();
  expect(await canvasWidth()).toBe(full);
  expect(difference(await picture(page), before)).toBe(0);
});

test('a frame while turning is one submission of few dispatches, and makes nothing', async () => {
  await page.evaluate(countDeviceCalls);
  await drag(0.2); // whatever the first motion brings along
  const frames = await page.evaluate(async () => {
    const { studio } = document.querySelector('trifold-app')!;
    const { statistics, memory, kernels } = studio.gpu!;
    const count = () => ({
      frames: statistics.dispatches.present ?? 0,
      submits: statistics.submits,
      dispatches: Object.values(statistics.dispatches).reduce((sum, dispatches) => sum + dispatches, 0),
      stages: { ...statistics.dispatches },
      made: { ...window.deviceCalls, pipelines: kernels.pipelineCount, bytes: memory.bytesInUse },
    });
    const until = async (isDone: () => boolean) => {
      while (!isDone()) {
        studio.moveCamera((view) => ({ ...view, yaw: view.yaw + 0.01 }));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    const drawn = () => statistics.dispatches.present ?? 0;
    // A level of detail is bound to the canvas when it is first shown: there are six, and then nothing is left to make.
    let [before, after] = [count(), count()];
    for (let level = 0; level < 6; level++) {
      before = count();
      await until(() => drawn() >= before.frames + 12);
      after = count();
      if (JSON.stringify(after.made) === JSON.stringify(before.made)) break;
    }
    return { before, after };
  });
  const { before, after } = frames;
  const drawn = after.frames - before.frames;
  expect(after.submits - before.submits).toBe(drawn);
  expect((after.dispatches - before.dispatches) / drawn).toBeLessThanOrEqual(40);
  expect(after.made).toEqual(before.made);
  for (const stage of ['mapping', 'tri-planes', 'super-resolution']) {
    expect(after.stages[stage], stage).toBe(before.stages[stage]);
  }
  await untilStill(page);
});

test('a gesture gives up the full picture that is on its way', async () => {
  const full = await canvasWidth();
  const widths = await widthsDuring(async () => {
    await page.evaluate(async () => {
      const { studio } = document.querySelector('trifold-app')!;
      const { statistics } = studio.gpu!;
      const turn = () => studio.moveCamera((view) => ({ ...view, yaw: view.yaw + 0.05 }));
      const until = async (isDone: () => boolean) => {
        while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 1));
      };
      turn();
      const drawn = () => statistics.dispatches.present ?? 0;
      const first = drawn();
      await until(() => drawn() > first); // a coarse picture
      const { submits } = statistics;
      await until(() => statistics.submits > submits && drawn() === first + 1); // the first slice of the full one
      turn();
    });
    await untilStill(page);
  });
  // From coarse to full once: the first full picture never came.
  expect(widths.filter((width) => width === full)).toHaveLength(1);
  expect(widths.at(-1)).toBe(full);
});

test('the status line tells what is on the canvas and what the full picture takes', async () => {
  const status = await statusFigures(page);
  await expect(status).toContainText(/48 × 48, super-res, exact; in full [\d.]+ ms/);
  await changeSettings({ autoRotate: true });
  await expect(status).toContainText(/\d+ × \d+, (fast|draft); in full [\d.]+ ms/);
  await changeSettings({ autoRotate: false });
  await untilStill(page);
  await expect(status).toContainText('48 × 48, super-res, exact');
});

test('two pictures beside each other and a depth image are coarse while they move, and come back in full', async () => {
  await changeSettings({ layout: 'wipe', against: 'depth', quality: 'fast' });
  await goHome();
  const full = await canvasWidth();
  const before = await picture(page);
  const widths = await widthsDuring(() => drag(0.3));
  expect(Math.min(...widths)).toBeLessThan(full / 2);
  await goHome();
  expect(difference(await picture(page), before)).toBe(0);
});

test('who wants the full picture always gets it', async () => {
  await changeSettings({ layout: 'single', adapts: false });
  await untilStill(page);
  const widths = await widthsDuring(async () => {
    await drag(0.1);
    await untilStill(page);
  });
  expect(widths).toEqual([]);
  expect(page.url()).toContain('adapt=false');
});

test('what changes while the first picture is made comes after it', async ({ page: fresh }) => {
  await openStudio(fresh, `${QUICK}&yaw=20`);
  const expected = await picture(fresh);
  await fresh.goto('about:blank');
  await fresh.goto(`./#${QUICK}`);
  await fresh.waitForFunction(() => customElements.get('trifold-app'));
  const turns = await fresh.evaluate(async () => {
    const { studio } = document.querySelector('trifold-app')!;
    let steps = 0;
    while (studio.state.status !== 'ready') {
      if (studio.gpu) studio.moveCamera((view) => ({ ...view, yaw: (++steps * Math.PI) / 180 }));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    studio.moveCamera((view) => ({ ...view, yaw: (20 * Math.PI) / 180 }));
    return steps;
  });
  expect(turns).toBeGreaterThan(0);
  await untilStill(fresh);
  expect(difference(await picture(fresh), expected)).toBe(0);
});

declare global {
  interface Window {
    /** How often something was asked of the device that makes an object or reads one back. */
    deviceCalls: Record<string, number>;
  }
}

/** Runs in the page. */
function countDeviceCalls(): void {
  window.deviceCalls = {};
  const made = ['createBuffer', 'createTexture', 'createBindGroup', 'createShaderModule', 'createQuerySet'] as const;
  const compiled = ['createComputePipeline', 'createComputePipelineAsync', 'createRenderPipelineAsync'] as const;
  const spy = (prototype: object, name: string, counts: (self: unknown) => boolean) => {
    const former = Reflect.get(prototype, name);
    const counted = function (this: unknown, ...args: unknown[]) {
      if (counts(this)) window.deviceCalls[name] = (window.deviceCalls[name] ?? 0) + 1;
      return Reflect.apply(former, this, args);
    };
    Reflect.set(prototype, name, counted);
  };
  for (const name of [...made, ...compiled]) spy(GPUDevice.prototype, name, () => true);
  // Timestamps come back by themselves, and nothing waits for them.
  spy(
    GPUBuffer.prototype,
    'mapAsync',
    (buffer) => !(buffer instanceof GPUBuffer && buffer.label.startsWith('timestamps')),
  );
}

function canvasWidth(): Promise<number> {
  return page
    .locator('trifold-viewport canvas')
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).width);
}

/** The widths that the canvas takes on while something is done, in their order. */
async function widthsDuring(act: () => Promise<unknown>): Promise<number[]> {
  const canvas = page.locator('trifold-viewport canvas').first();
  const observer = await canvas.evaluateHandle((element) => {
    const widths: number[] = [];
    const note = () => widths.push((element as HTMLCanvasElement).width);
    const watching = new MutationObserver(note);
    watching.observe(element, { attributeFilter: ['width'] });
    return { widths, watching };
  });
  await act();
  return observer.evaluate(({ widths, watching }) => {
    watching.disconnect();
    return widths;
  });
}

/** Turns by a share of the canvas, beside the line of a wipe, and lets go. */
async function drag(share: number): Promise<void> {
  const { x, y, side } = await canvasCentre(page);
  const start = x + side / 4;
  await page.mouse.move(start, y);
  await page.mouse.down();
  await page.mouse.move(start - side * share, y, { steps: 8 });
  await page.mouse.up();
}

async function goHome(): Promise<void> {
  await page.getByRole('application').focus();
  await page.keyboard.press('r');
  await untilStill(page);
}

async function changeSettings(wanted: Partial<PictureSettings>): Promise<void> {
  await page.evaluate((settings) => document.querySelector('trifold-app')!.studio.changeSettings(settings), wanted);
}
