/**
 * Starts the command line (`npm run --silent trifold -- ...`): bundles it when a source file is newer than the bundle, finds a Vulkan driver
 * for Dawn, and hands over. The environment of the process must be right before Dawn loads Vulkan, so the bundle runs in a child.
 *
 * Dawn and the drivers write to standard error as they like, natively. Their lines end here, unless the call says `--verbose`: the child says its own
 * on another descriptor (standard-error.ts). What was kept back is shown when the child crashes.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vulkanEnvironment } from './vulkan-environment.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist-cli', 'trifold.js');

/** The exit codes of `errors.ts`, and what this process makes of them; whatever else comes is a crash. */
const EXIT_CODES = new Map([
  [0, 0],
  [2, 2],
  [3, 1],
]);
/** Signals with which others end a process. */
const STOPPING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGPIPE'];
const KEPT_CHARACTERS = 64_000;
const SHOWN_LINES = 30;

await bundleIfStale();
const { words, isVerbose } = takeVerbose(process.argv.slice(2));
const child = spawn(process.execPath, ['--no-warnings', bundle, ...words], {
  stdio: isVerbose ? 'inherit' : ['inherit', 'inherit', 'pipe', 2],
  env: { ...process.env, ...vulkanEnvironment(), TRIFOLD_STANDARD_ERROR: isVerbose ? '2' : '3' },
});
let kept = '';
child.stderr?.setEncoding('utf8').on('data', (text) => {
  kept = (kept + text).slice(-KEPT_CHARACTERS);
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('close', (code, signal) => {
  if (STOPPING_SIGNALS.includes(signal)) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else if (signal || !EXIT_CODES.has(code)) {
    process.exitCode = 1;
    tellCrash(signal ? `a signal, ${signal}` : `exit code ${code}`);
  } else process.exitCode = EXIT_CODES.get(code);
});

/** `--verbose` may stand anywhere before a lone `--`. */
function takeVerbose(all) {
  const end = all.indexOf('--');
  const words = all.filter((word, index) => word !== '--verbose' || (end !== -1 && index > end));
  return { words, isVerbose: words.length < all.length };
}

function tellCrash(how) {
  console.error(`trifold: it broke off with ${how}.`);
  const lines = kept.trimEnd().split('\n').slice(-SHOWN_LINES);
  if (lines[0] === '') return;
  console.error(`  The last lines of Node, Dawn or the driver follow; with --verbose you see all of them.`);
  console.error(lines.join('\n'));
}

async function bundleIfStale() {
  const newest = Math.max(
    ...['src', 'cli', 'bench', 'scripts', 'package-lock.json', 'vite.cli.config.ts', 'vite-wgsl.ts'].map((path) =>
      newestChange(join(root, path)),
    ),
  );
  if (existsSync(bundle) && statSync(bundle).mtimeMs > newest) return;
  const { build } = await import('vite');
  const parent = join(root, 'node_modules', '.cache');
  mkdirSync(parent, { recursive: true });
  const scratch = mkdtempSync(join(parent, 'trifold-'));
  try {
    // Built aside and moved into place, so that several command lines may start at once.
    await build({ root, configFile: join(root, 'vite.cli.config.ts'), logLevel: 'error', build: { outDir: scratch } });
    mkdirSync(dirname(bundle), { recursive: true });
    renameSync(join(scratch, 'trifold.js'), bundle);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function newestChange(path) {
  const status = statSync(path);
  if (!status.isDirectory()) return status.mtimeMs;
  const names = readdirSync(path).filter((name) => name !== 'node_modules');
  return Math.max(status.mtimeMs, ...names.map((name) => newestChange(join(path, name))));
}
