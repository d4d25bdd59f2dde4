/**
 * Turning the head in the finished page: a drag of some seconds, what every frame of it hands to the device, and how long the full picture takes
 * after the hand has let go.
 */
import { build, preview } from 'vite';

const OUT = 'node_modules/.cache/trifold-bench-page';
const VIEWPORT = { width: 800, height: 900 };
/** Pointers report about so often. */
const MOVE_MILLISECONDS = 16;
/** The hand goes to and fro over this share of the canvas to either side, in this time. */
const REACH = 0.3;
const SWING_MILLISECONDS = 2500;
/** A hand that rests before it lets go leaves no swing behind. */
const REST_MILLISECONDS = 120;
const PATIENCE_MILLISECONDS = 300_000;

/**
 * @param browser from playwright
 * @param {{ seconds: number, processorTime: () => number | null, progress: (line: string) => void }} options
 * @returns counts of a frame, bytes, and times in milliseconds (`Turning` of targets.ts)
 */
export async function measureTurning(browser, { seconds, processorTime, progress }) {
  progress('turning: builds and opens the page');
  await build({ logLevel: 'error', build: { outDir: OUT, emptyOutDir: true } });
  const server = await preview({ build: { outDir: OUT }, preview: { port: 0, open: false }, logLevel: 'error' });
  const page = await browser.newPage({ viewport: VIEWPORT });
  try {
    await page.addInitScript(await spyScript());
    const opened = performance.now();
    await page.goto(server.resolvedUrls.local[0]);
    await untilStill(page);
    const untilFirst = performance.now() - opened;
    const hand = await handOver(page.locator('canvas').first(), page);
    // A first drag, so that whatever is made when it is first wanted is there.
    await hand.take();
    await hand.swing(1);
    await hand.letGo();
    await untilStill(page);

    progress(`turning: drags for ${seconds} seconds`);
    const look = async () => ({ ...(await counts(page)), processor: processorTime(), time: performance.now() });
    await hand.take();
    const before = await look();
    await hand.swing(seconds);
    const after = await look();
    await hand.letGo();
    const released = performance.now();
    await untilStill(page);
    const untilFull = performance.now() - released;

    const frames = after.canvasFrames - before.canvasFrames;
    const grown = (name) => after[name] - before[name];
    return {
      frames,
      framesPerSecond: (frames * 1e3) / grown('time'),
      processorPerFrame: after.processor === null ? undefined : grown('processor') / frames,
      dispatchesPerFrame: grown('dispatches') / frames,
      drawsPerFrame: grown('draws') / frames,
      submitsPerFrame: grown('submits') / frames,
      readBacks: grown('readBacks'),
      pipelines: grown('pipelines'),
      allocations: grown('allocations'),
      bytes: after.bytes,
      weightBytes: await page.evaluate(
        () => document.querySelector('trifold-app').studio.state.model?.memory.weightsBytes,
      ),
      untilFull,
      untilFirst,
    };
  } finally {
    await page.close();
    await server.close();
  }
}

/** device-spy.ts as a script that runs before the page's own. */
async function spyScript() {
  const [{ output }] = await build({
    configFile: false,
    logLevel: 'error',
    build: {
      lib: { entry: 'bench/device-spy.ts', name: 'deviceSpy', formats: ['iife'], fileName: 'spy' },
      write: false,
      target: 'es2022',
    },
  });
  return { content: `${output[0].code}\nglobalThis.deviceSpy = deviceSpy;\ndeviceSpy.spyOnDevice();` };
}

const counts = (page) => page.evaluate(() => globalThis.deviceSpy.deviceCounts());

function untilStill(page) {
  const isStill = () => document.querySelector('trifold-app')?.studio?.isStill;
  return page.waitForFunction(isStill, null, { timeout: PATIENCE_MILLISECONDS, polling: 20 });
}

/** A mouse over the middle of the canvas. */
async function handOver(canvas, page) {
  const box = await canvas.boundingBox();
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  return {
    async take() {
      await page.mouse.move(x, y);
      await page.mouse.down();
    },
    async swing(seconds) {
      const begun = performance.now();
      for (let elapsed = 0; elapsed < seconds * 1e3; elapsed = performance.now() - begun) {
        const phase = (2 * Math.PI * elapsed) / SWING_MILLISECONDS;
        await page.mouse.move(x + REACH * box.width * Math.sin(phase), y + 0.1 * box.height * Math.sin(phase / 3));
        await pause(MOVE_MILLISECONDS);
      }
    },
    async letGo() {
      await pause(REST_MILLISECONDS);
      await page.mouse.up();
    },
  };
}
