/**
 * The browser that every test runs in: the Chrome, Chromium or Edge that is installed on this machine, with the flags under which
 * WebGPU works headless and without a GPU. Nothing is downloaded.
 */
import { existsSync, readFileSync } from 'node:fs';

/** Where browsers usually are, in the order of preference; `prepare-browser.mjs` reads the same list. */
const CANDIDATES: readonly string[] = JSON.parse(readFileSync(new URL('./browsers.json', import.meta.url), 'utf8'));

/** Path of the first installed browser of the Chromium family; the environment variable `TRIFOLD_BROWSER` overrides it. */
export function findBrowser(): string | undefined {
  const named = process.env.TRIFOLD_BROWSER;
  if (named) return existsSync(named) ? named : undefined;
  return CANDIDATES.find((path) => existsSync(path));
}

/** Playwright's launch options for that browser. */
export function chromiumLaunch() {
  return {
    executablePath: findBrowser(),
    args: [
      '--no-sandbox',
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      '--enable-features=Vulkan',
      '--use-vulkan=swiftshader',
      '--ignore-gpu-blocklist',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
      '--no-first-run',
    ],
  };
}
