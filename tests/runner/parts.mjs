/** What `npm test` runs, in its order; `npm run test:quick` runs the parts named in QUICK, and of gpu the single kernels. */
import { fileURLToPath } from 'node:url';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const bin = (path) => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

/** A part that reports each of its tests. Runs without a report of any test count as failed. */
export function vitestPart(name, words, more = {}) {
  const command = [bin('vitest/vitest.mjs'), 'run', ...words, '--reporter', here('vitest-reporter.mjs')];
  return { name, command, reports: true, ...more };
}

export function playwrightPart(name, words, more = {}) {
  const command = [bin('@playwright/test/cli.js'), 'test', ...words, '--reporter', here('playwright-reporter.mjs')];
  return { name, command, reports: true, ...more };
}

/** Kernels on their own, against the reference vectors. */
const SINGLE_KERNELS = ['kernels/ops-', 'kernels/ray', 'kernels/render-ops', 'kernels/stored-', 'models/mapping'].map(
  (name) => `tests/gpu/${name}`,
);

const BROWSER = { name: 'browser', command: [here('../prepare-browser.mjs')] };
const LINT = { name: 'lint', command: [bin('@biomejs/biome/bin/biome'), 'check', '.'] };
const TYPES = { name: 'types', command: [bin('typescript/bin/tsc'), '--noEmit'] };
const UNIT = vitestPart('unit', ['--project', 'unit']);
const NEEDS_BROWSER = { needs: ['browser'] };

export const PARTS = [
  BROWSER,
  LINT,
  TYPES,
  UNIT,
  vitestPart('cli', ['--project', 'cli']),
  vitestPart('gpu', ['--project', 'gpu-*'], NEEDS_BROWSER),
  { name: 'build', command: [bin('vite/bin/vite.js'), 'build', '--logLevel', 'warn'] },
  playwrightPart('e2e', [], { needs: ['browser', 'build'] }),
];

export const QUICK = [
  BROWSER,
  LINT,
  TYPES,
  UNIT,
  vitestPart('gpu', ['--project', 'gpu-*', ...SINGLE_KERNELS], NEEDS_BROWSER),
];
