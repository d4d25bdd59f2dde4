/**
 * Starts the command line (`npm run --silent trifold -- ...`): bundles it when a source file is newer than the bundle, finds a Vulkan driver
 * for Dawn, and hands over. The environment of the process must be right before Dawn loads Vulkan, so the bundle runs in a child.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'dist-cli', 'trifold.js');

await bundleIfStale();
const child = spawn(process.execPath, ['--no-warnings', bundle, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, ...vulkanEnvironment() },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));

async function bundleIfStale() {
  const newest = Math.max(
    ...['src', 'cli', 'bench', 'package-lock.json', 'vite.cli.config.ts'].map((path) => newestChange(join(root, path))),
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
  return Math.max(status.mtimeMs, ...readdirSync(path).map((name) => newestChange(join(path, name))));
}

/**
 * On Linux, Dawn needs the Vulkan loader and a driver. Where the system has none, the ones that ship with Chromium serve; a system's own
 * drivers, hardware first, keep precedence because Chromium's is only added to the loader's list.
 */
function vulkanEnvironment() {
  if (process.platform !== 'linux') return {};
  const environment = {};
  const browser = [
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    '/opt/microsoft/msedge',
  ].find((folder) => existsSync(join(folder, 'vk_swiftshader_icd.json')));
  if (!browser) return environment;
  const libraryFolders = [
    '/usr/lib',
    '/usr/lib64',
    '/usr/local/lib',
    '/lib',
    ...['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu`),
  ];
  const hasLoader = libraryFolders.some((folder) => existsSync(join(folder, 'libvulkan.so.1')));
  if (!hasLoader && existsSync(join(browser, 'libvulkan.so.1'))) {
    environment.LD_LIBRARY_PATH = [process.env.LD_LIBRARY_PATH, browser].filter(Boolean).join(delimiter);
  }
  if (!process.env.VK_DRIVER_FILES && !process.env.VK_ICD_FILENAMES) {
    const added = [process.env.VK_ADD_DRIVER_FILES, join(browser, 'vk_swiftshader_icd.json')];
    environment.VK_ADD_DRIVER_FILES = added.filter(Boolean).join(delimiter);
  }
  return environment;
}
