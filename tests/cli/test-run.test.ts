/**
 * The runner of `npm test` on a small set of parts that really run: a unit test that fails, one that cannot be loaded, end-to-end tests
 * after them, a tool that crashes, and one that cannot begin.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, ROOT } from './support';

const RUNNER = join(ROOT, 'tests/run.mjs');
// Inside the repository, where the parts find their tools.
mkdirSync(join(ROOT, 'node_modules/.cache'), { recursive: true });
const folder = mkdtempSync(join(ROOT, 'node_modules/.cache/test-run-'));
const inFolder = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

/** The runner in the folder, free of what Vitest tells its children. */
function start(words: readonly string[]) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')));
  return spawn(process.execPath, [RUNNER, ...words], { cwd: folder, env: { ...env, NODE_ENV: 'test' } });
}

function ended(child: ReturnType<typeof start>): Promise<Outcome> {
  return new Promise((resolve) => {
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const FILES = {
  'good.test.mjs': `import { expect, it } from 'vitest';
it('is well', () => { console.info('an error of 1e-7'); expect(1).toBe(1); });
it.skip('is left out', () => {});`,
  'bad.test.mjs': `import { expect, it } from 'vitest';
it('adds up', () => expect(1 + 1).toBe(3));`,
  'unreadable.test.mjs': `import './nothing.mjs';`,
  'vitest.config.mjs': `export default { test: { include: ['*.test.mjs'] } };`,
  'page.spec.mjs': `import { expect, test } from '@playwright/test';
test('runs after a failure', () => { console.log('noise'); expect(2).toBe(2); });`,
  'playwright.config.mjs': `export default { testMatch: '*.spec.mjs', outputDir: 'traces' };`,
  'crash.mjs': `console.error('out of memory'); process.exit(3);`,
  'wait.mjs': `import { writeFileSync } from 'node:fs'; writeFileSync('waiting', ''); setInterval(() => {}, 1000);`,
  'parts.mjs': `import { playwrightPart, vitestPart } from '${join(ROOT, 'tests/runner/parts.mjs')}';
export const PARTS = [
  vitestPart('unit', []),
  { name: 'build', command: ['crash.mjs'] },
  { name: 'deploy', command: ['crash.mjs'], needs: ['build'] },
  playwrightPart('e2e', []),
];
export const QUICK = [{ name: 'slow', command: ['wait.mjs'] }, { name: 'later', command: ['crash.mjs'] }];`,
};

beforeAll(() => {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(inFolder(name), text);
});

describe('npm test', () => {
  it('goes on to the end-to-end tests after a failing unit test, exits with an error, and names the failure last', async () => {
    const { code, stdout, stderr } = await ended(start(['--parts', 'parts.mjs']));
    expect(stderr).toBe('');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^e2e: 1 passed in \d+:\d\d$/m);
    expect(stdout).toMatch(/^unit +1 +2 +1 +\d:\d\d$/m);
    expect(stdout).toMatch(/^deploy +not run: build failed$/m);
    expect(stdout).toMatch(/\n2 passed, 3 failed, 1 skipped; not run: deploy\n$/);
    // Nothing of those that passed, and every failure after the table.
    for (const quiet of ['is well', '1e-7', 'runs after', 'noise']) expect(stdout).not.toContain(quiet);
    const [, afterTable = ''] = stdout.split(/^e2e +1 .*$/m);
    expect(afterTable).toContain('FAILED unit > bad.test.mjs > adds up');
    expect(afterTable).toContain('expected 2 to be 3');
    expect(afterTable).toMatch(/at .*bad\.test\.mjs:2:\d+/);
    expect(afterTable).toContain('FAILED unit > unreadable.test.mjs');
    expect(afterTable).toContain('nothing.mjs');
    expect(afterTable).toMatch(/FAILED build\n {4}It ended with exit code 3\.\n {4}out of memory\n/);
    expect(readFileSync(inFolder('test-results/largest-errors.txt'), 'utf8')).toBe('an error of 1e-7\n');
  });

  it('runs single parts, and is well when they are', async () => {
    const { code, stdout } = await ended(start(['--parts', 'parts.mjs', '--only', 'e2e']));
    expect(code).toBe(0);
    expect(stdout).toMatch(/\n1 passed, 0 failed, 0 skipped\n$/);
    const wrong = await ended(start(['--parts', 'parts.mjs', '--only', 'lunch']));
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('unit, build, deploy, e2e') });
  });

  it('stops what runs at Ctrl-C', async () => {
    const child = start(['--parts', 'parts.mjs', '--quick']);
    const end = ended(child);
    while (!existsSync(inFolder('waiting'))) await sleep(20);
    child.kill('SIGINT');
    const { code, stdout } = await end;
    expect(code).toBe(130);
    expect(stdout).toContain('FAILED slow\n    Stopped.');
    expect(stdout).toMatch(/^later +not run: the run was stopped$/m);
  });
});
