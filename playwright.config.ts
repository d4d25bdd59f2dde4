/**
 * End-to-end tests: the built page (`vite build` first), served as `npm start` serves it, in the installed browser with a software
 * adapter. Most are about the page and see it with the small pair of tests/fixtures; `bundled.spec.ts` is about the model that we ship. Two
 * workers, since a software adapter compiles one kernel at a time in each browser (tests/README.md).
 */
import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './tests/browser.ts';
import { fixturePath } from './tests/support/fixture-path.ts';

fixturePath('small/index.json'); // if it is not there, here is where that is told best

const SMALL = { port: 47_173, config: 'tests/e2e/small-model.config.ts' };
const BUNDLED = { port: 47_174, config: 'vite.config.ts' };
const addressOf = ({ port }: { port: number }) => `http://localhost:${port}/`;

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir: 'test-results/playwright',
  workers: 2,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: 'list',
  use: { launchOptions: chromiumLaunch(), viewport: { width: 800, height: 900 } },
  projects: [
    // The longest file first, beside which the other worker has something to do.
    { name: 'bundled', testMatch: 'bundled.spec.ts', use: { baseURL: addressOf(BUNDLED) } },
    { name: 'page', testMatch: '*.spec.ts', testIgnore: 'bundled.spec.ts', use: { baseURL: addressOf(SMALL) } },
  ],
  webServer: [SMALL, BUNDLED].map((server) => ({
    command: `npx --no-install vite preview --config ${server.config} --port ${server.port} --strictPort`,
    url: addressOf(server),
    reuseExistingServer: false,
  })),
});
