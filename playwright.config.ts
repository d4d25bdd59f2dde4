/**
 * End-to-end tests: the built page (`vite build` first), served as `npm start` serves it, in the installed browser with a software
 * adapter. One worker: two software renderers at once would only slow each other down.
 */
import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from './tests/browser.ts';

const PORT = 47_173;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: `http://localhost:${PORT}/`,
    launchOptions: chromiumLaunch(),
    viewport: { width: 800, height: 900 },
  },
  webServer: {
    command: `npx --no-install vite preview --port ${PORT} --strictPort`,
    url: `http://localhost:${PORT}/`,
    reuseExistingServer: false,
  },
});
