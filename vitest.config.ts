/**
 * Three kinds of tests: `unit` and `cli` in Node, and on a device in the installed browser. The last are two projects, so that there are two
 * browsers: a software adapter compiles one kernel at a time in each, and takes far longer for that than to run it.
 */
import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';
import { chromiumLaunch } from './tests/browser.ts';
import { wgslModules } from './vite-wgsl.ts';

function onDevice(name: string, folder: string): TestProjectConfiguration {
  return {
    plugins: [wgslModules()],
    // Found on the way, they would make Vite reload a test that runs.
    optimizeDeps: {
      include: [
        'comlink',
        'idb-keyval',
        'ml-matrix',
        'mediabunny',
        'fast-png',
        'fflate',
        '@gltf-transform/core',
        'fast-check',
      ],
    },
    test: {
      name,
      include: [`${folder}/**/*.test.ts`],
      testTimeout: 180_000,
      hookTimeout: 60_000,
      fileParallelism: false,
      // One page for all files: they share the device of tests/gpu/support.ts, and with it the kernels that it has compiled.
      isolate: false,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: chromiumLaunch() }),
        instances: [{ browser: 'chromium' }],
      },
    },
  };
}

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { plugins: [wgslModules()], test: { name: 'unit', include: ['tests/unit/**/*.test.ts'], environment: 'node' } },
      {
        plugins: [wgslModules()],
        test: { name: 'cli', include: ['tests/cli/**/*.test.ts'], environment: 'node', testTimeout: 180_000 },
      },
      onDevice('gpu-kernels', 'tests/gpu/kernels'),
      onDevice('gpu-models', 'tests/gpu/models'),
    ],
  },
});
