/**
 * How long the density grid of a face takes, which is most of the way to a mesh.
 *
 *   node bench/density-grid.mjs [RESOLUTION ...] [--runs 3]     default: 64 128
 *
 * Samples the bundled model in the browser of the tests, from the sources. The first, small grid, which compiles the kernels, is not counted. Prints
 * the time of each run, the longest wait between two reports of progress (what a hand on the page feels), and the load of the machine beforehand.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, loadConfigFromFile } from 'vite';

const MODEL = 'public/weights/portrait-eg3d.safetensors';
const ORIGIN = 'http://localhost:1'; // nothing listens there: all requests are answered by the routes below
const WARM_UP_RESOLUTION = 16;

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const resolutions = positionals.length > 0 ? positionals.map(Number) : [64, 128];

const { config } = await loadConfigFromFile({ command: 'serve', mode: 'test' }, 'playwright.config.ts');
const { config: page } = await loadConfigFromFile({ command: 'build', mode: 'production' }, 'vite.config.ts');
const [{ output }] = await build({
  configFile: false,
  publicDir: false,
  plugins: page.plugins.filter(({ name }) => name === 'trifold:wgsl'),
  logLevel: 'error',
  build: { lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'trifold' }, write: false, target: 'es2022' },
});
const browser = await chromium.launch(config.use.launchOptions);
try {
  const page = await browser.newPage();
  await page.route(`${ORIGIN}/`, (route) => route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }));
  await page.route(`${ORIGIN}/model`, (route) => route.fulfill({ path: MODEL }));
  for (const { fileName, code } of output.filter(({ type }) => type === 'chunk')) {
    await page.route(`${ORIGIN}/${fileName}`, (route) => route.fulfill({ contentType: 'text/javascript', body: code }));
  }
  await page.goto(`${ORIGIN}/`);
  const adapter = await page.evaluate(prepare, WARM_UP_RESOLUTION);
  console.log(`${browser.version()}; ${adapter}`);
  for (const resolution of resolutions) {
    for (let run = 0; run < Number(values.runs); run++) {
      const load = loadavg()[0];
      const { milliseconds, longestWait } = await page.evaluate((side) => globalThis.sample(side), resolution);
      console.log(
        `${resolution}^3: ${milliseconds.toFixed(0)} ms, ${((milliseconds * 1e3) / resolution ** 3).toFixed(2)} us a voxel, ` +
          `longest wait ${longestWait.toFixed(0)} ms (load ${load.toFixed(1)})`,
      );
    }
  }
} finally {
  await browser.close();
}

/** Runs in the page: opens the model, makes a face, and leaves `sample` behind. */
async function prepare(warmUpResolution) {
  const trifold = await import('/trifold.js');
  const gpu = await trifold.Gpu.request();
  const checkpoint = await trifold.readSafetensors(await (await fetch('/model')).arrayBuffer());
  const generator = trifold.Generator.create(gpu, checkpoint);
  const z = trifold.seededLatent(0, generator.config.mapping.zDim);
  const { planes } = await trifold.makeFacePlanes(generator, { z, psi: 1 });
  globalThis.sample = async (resolution) => {
    const start = performance.now();
    let last = start;
    let longestWait = 0;
    const onProgress = () => {
      const now = performance.now();
      longestWait = Math.max(longestWait, now - last);
      last = now;
    };
    await trifold.sampleDensityGrid(generator, planes, resolution, { onProgress });
    return { milliseconds: performance.now() - start, longestWait };
  };
  await globalThis.sample(warmUpResolution);
  const { vendor, architecture, description } = gpu.device.adapterInfo;
  return [vendor, architecture, description].filter(Boolean).join(' ');
}
