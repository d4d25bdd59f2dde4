/**
 * The bench in the browser of the tests, beside the peers:
 *
 *   npm run bench -- [--peer-models FOLDER] [--only WORD]... [--rounds 5] [--full-size] [--variants] [--no-peers] [--hardware] [--headed]
 *                    [--json FILE]
 *
 * Tables go to stdout, progress to stderr. README.md tells what is measured.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { build, loadConfigFromFile, preview } from 'vite';
import { installPackages } from '../scripts/install-packages.mjs';
import { processorTimeOf } from './processor-time.mjs';
import { measureTurning } from './turning.mjs';

const MODEL = 'public/weights/portrait-eg3d.safetensors';

const TURNING_SECONDS = 8;
const progress = (line) => console.error(line);

const { values } = parseArgs({
  options: {
    'peer-models': { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    rounds: { type: 'string', default: '5' },
    'no-peers': { type: 'boolean', default: false },
    variants: { type: 'boolean', default: false },
    headed: { type: 'boolean', default: false },
    hardware: { type: 'boolean', default: false },
    'full-size': { type: 'boolean', default: false },
    json: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds takes a whole number from 1 up, not "${values.rounds}".`);
  process.exit(2);
}
const folder = values['peer-models'];
if (folder !== undefined && !existsSync(join(folder, 'cases.json'))) {
  console.error(`--peer-models: there is no "${join(folder, 'cases.json')}".`);
  process.exit(2);
}

try {
  await installPackages('bench', progress);
} catch (error) {
  console.error(`${error.message}\n${error.remedy}`);
  process.exit(1);
}
const { config } = await loadConfigFromFile({ command: 'build', mode: 'test' }, 'playwright.config.ts');
const configFile = 'vite.bench.config.ts';
await build({ configFile });
const server = await preview({ configFile, preview: { port: 0, open: false } });
const mark = `--trifold-bench=${process.pid}`;
const { executablePath, args } = config.use.launchOptions;
// Without the flags for a software adapter the browser takes the machine's own.
const adapterFlags = /swiftshader/;
const browser = await chromium.launch({
  executablePath,
  headless: !values.headed,
  args: [...args.filter((flag) => !values.hardware || !adapterFlags.test(flag)), mark],
});
try {
  const page = await browser.newPage();
  page.on('crash', () => console.error('The page has crashed.'));
  page.on('pageerror', (error) => console.error(String(error)));
  await page.route('**/peer-models/**', (route) => {
    const path = decodeURIComponent(new URL(route.request().url()).pathname).replace('/peer-models/', '');
    if (folder === undefined || !existsSync(join(folder, path))) return route.fulfill({ status: 404 });
    return route.fulfill({ path: join(folder, path) });
  });
  await page.route('**/model', (route) => route.fulfill({ path: MODEL }));
  const processorTime = processorTimeOf(mark);
  await page.exposeFunction('trifoldProcessorTime', processorTime);
  await page.exposeFunction('trifoldProgress', progress);
  await page.goto(`${server.resolvedUrls.local[0]}page.html`);
  await page.waitForFunction(() => 'trifoldBench' in window);
  const options = {
    rounds,
    only: values.only,
    everyVariant: values.variants,
    fullSize: values['full-size'],
    peers: !values['no-peers'],
  };
  console.log(`${browser.version()}\n`);
  const { result, text } = await page.evaluate((wanted) => window.trifoldBench(wanted), options);
  console.log(`${text}\n`);
  let turning;
  if (values.only.length === 0 || values.only.includes('turning')) {
    turning = await measureTurning(browser, { seconds: TURNING_SECONDS, processorTime, progress });
    const { isSoftware } = result.adapter;
    console.log(await page.evaluate((args) => window.trifoldTurning(...args), [turning, isSoftware]));
  }
  if (values.json !== undefined) {
    await writeFile(values.json, `${JSON.stringify({ browser: browser.version(), ...result, turning }, null, 2)}\n`);
  }
} finally {
  await browser.close();
  await server.close();
}
