/**
 * How fast the page reads an official pickle of full size, and what that takes in memory: G_ema out of G, D and G_ema.
 *
 *   npm run build && node bench/opening-in-page.mjs [FILE.pkl] [--runs 3]     without a file, one is made (official-file.mjs)
 *
 * The file is picked as a person picks it. The clock runs from the change of the file field to the moment when the checkpoint has arrived
 * from the worker; what follows (upload and picture) is cancelled. Memory is the resident memory of the browser's page process beyond what
 * it had before, sampled every 20 ms: more than JavaScript's own, since it holds what the engine has not given back. Linux only.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { loadConfigFromFile, preview } from 'vite';
import { writeOfficialFile } from './official-file.mjs';

const SAMPLE_MILLISECONDS = 20;
const G_EMA_BYTES_FACTOR = 1.3;
const EXTRA_BYTES = 100e6;

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), 'trifold-bench-'));
const path = positionals[0] ?? join(folder, 'official.pkl');
if (positionals[0] === undefined) writeOfficialFile(path);
const fileBytes = statSync(path).size;

const { config } = await loadConfigFromFile({ command: 'build', mode: 'test' }, 'playwright.config.ts');
const server = await preview({ preview: { port: 0 }, logLevel: 'error' });
const browser = await chromium.launch(config.use.launchOptions);
try {
  console.log(`${browser.version()}; ${path}: ${(fileBytes / 1e6).toFixed(1)} MB`);
  for (let run = 0; run < Number(values.runs); run++) await measure();
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true });
}

async function measure() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${server.resolvedUrls.local[0]}#rays=32&samples=12`);
  const isStill = () => document.querySelector('trifold-app')?.studio?.isStill;
  await page.waitForFunction(isStill, null, { timeout: 120_000 });
  await page.evaluate(() => {
    const { studio } = document.querySelector('trifold-app');
    globalThis.opening = new Promise((resolve) => {
      let begun;
      document
        .querySelector('trifold-app')
        .shadowRoot.addEventListener('change', () => (begun ??= performance.now()), true);
      studio.store.subscribe(({ opening }) => {
        if (opening?.phase !== 'prepare') return;
        resolve(performance.now() - begun);
        studio.cancelOpening();
      });
    });
  });
  const processes = pageProcesses();
  const before = residentBytes(processes);
  let peak = before;
  const sampling = setInterval(() => {
    peak = Math.max(peak, residentBytes(processes));
  }, SAMPLE_MILLISECONDS);
  await page.locator('input[type=file]').setInputFiles(path);
  const milliseconds = await page.evaluate(() => globalThis.opening);
  clearInterval(sampling);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `${milliseconds.toFixed(0)} ms, ${(fileBytes / 1e3 / milliseconds).toFixed(0)} MB/s, ` +
      `resident memory of the page's processes + ${megabytes(peak - before)} ` +
      `(goal: ${G_EMA_BYTES_FACTOR} x G_ema + ${megabytes(EXTRA_BYTES)})`,
  );
  await context.close();
}

/** Processes of the browser that run pages; the worker lives in the same one as its page. */
function pageProcesses() {
  const lines = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8', maxBuffer: 1 << 26 }).split('\n');
  return lines.filter((line) => /chrom.*--type=renderer/.test(line)).map((line) => Number.parseInt(line, 10));
}

function residentBytes(processes) {
  let sum = 0;
  for (const pid of processes) {
    try {
      sum += Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
    } catch {
      // The process has ended.
    }
  }
  return sum;
}
