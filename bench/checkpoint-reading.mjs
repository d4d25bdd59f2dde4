/**
 * How fast a pickle of full size is read, and how much memory that takes: G_ema out of G, D and G_ema.
 *
 *   node bench/checkpoint-reading.mjs [FILE.pkl] [--runs 5]     without a file, one is made (official-file.mjs)
 *
 * Prints megabytes of the file a second (the other networks are stepped over, so this exceeds the disk's speed) and the largest JavaScript
 * memory seen: the heap and all array buffers, beyond what the process had before, read at every piece that arrives. The goals are 100 MB/s
 * and 1.3 times the bytes of G_ema plus 100 MB. The file is read through a Blob, as in the page.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openAsBlob, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { writeOfficialFile } from './official-file.mjs';

const MOST_MEMORY_FACTOR = 1.3;
const MOST_MEMORY_EXTRA = 100e6;

const script = fileURLToPath(import.meta.url);
const root = join(dirname(script), '..');
const outDir = join(root, 'node_modules', '.cache', 'trifold-bench');
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '5' }, one: { type: 'boolean' } },
  allowPositionals: true,
});

if (values.one) await measure(positionals[0]);
else {
  const folder = mkdtempSync(join(tmpdir(), 'trifold-bench-'));
  try {
    const path = positionals[0] ?? join(folder, 'official.pkl');
    if (positionals[0] === undefined) writeOfficialFile(path);
    await bundleReader();
    console.log(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB`);
    // A process for each run, so that none finds another's memory.
    for (let run = 0; run < Number(values.runs); run++) {
      spawnSync(process.execPath, ['--expose-gc', script, path, '--one'], { stdio: 'inherit' });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(path) {
  const { readCheckpoint } = await import(pathToFileURL(join(outDir, 'read-checkpoint.js')).href);
  const fileBytes = statSync(path).size;
  globalThis.gc();
  const before = memory();
  let peak = before;
  const watch = () => {
    peak = Math.max(peak, memory());
  };
  const start = performance.now();
  const checkpoint = await readCheckpoint(await openAsBlob(path), { onProgress: watch });
  const milliseconds = performance.now() - start;
  watch();
  let wanted = 0;
  for (const name of checkpoint.names()) wanted += checkpoint.info(name).byteLength;
  const limit = MOST_MEMORY_FACTOR * wanted + MOST_MEMORY_EXTRA;
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `${milliseconds.toFixed(0)} ms, ${(fileBytes / 1e3 / milliseconds).toFixed(0)} MB/s; G_ema ${megabytes(wanted)}, ` +
      `peak memory ${megabytes(peak - before)} (at most ${megabytes(limit)})`,
  );
}

function memory() {
  const { heapUsed, external } = process.memoryUsage(); // `external` includes array buffers
  return heapUsed + external;
}

async function bundleReader() {
  await build({
    root,
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    build: { ssr: 'src/checkpoints/read-checkpoint.ts', outDir, target: 'node20', emptyOutDir: true },
  });
}
