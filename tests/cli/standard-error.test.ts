/** What arrives on standard error when drivers talk, and when the command line breaks off. The Vulkan loader talks as much as any driver when it is told to. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, trifoldWith } from './support';

/** Opens a device and does nothing with it. */
const OPEN = ['bench', '--only', 'nothing'];

/** Runs `code` in the process that the launcher starts, before the command line. */
const inChild = (code: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(`if (process.env.TRIFOLD_STANDARD_ERROR) { ${code} }`)}`,
});

describe('drivers that talk', () => {
  const talk = { VK_LOADER_DEBUG: 'all' };

  it('are not heard', async () => {
    const outcome = await trifoldWith(talk, ...OPEN);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toMatch(/^(installing .*\n)?adapter: .*\n$/);
  });

  it('are heard with --verbose', async () => {
    const outcome = await trifoldWith(talk, ...OPEN, '--verbose');
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toMatch(/^adapter: /m);
    expect(outcome.stderr).toMatch(/vulkan/i);
  });
});

describe('a crash', () => {
  it('of a driver is told with its last words', async () => {
    const outcome = await trifoldWith(inChild(`console.error('last words'); process.abort();`), 'help');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('it broke off with a signal, SIGABRT');
    expect(outcome.stderr).toContain('--verbose');
    expect(outcome.stderr).toContain('last words');
  });

  it('of our own code is told with its stack', async () => {
    const outcome = await trifoldWith(inChild(`setTimeout(() => { throw new Error('not caught'); });`), 'help');
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('it broke off with exit code 1');
    expect(outcome.stderr).toMatch(/Error: not caught\n {4}at /);
  });

  it('is none when somebody ends it: the launcher ends in the same way and says nothing', async () => {
    const outcome = await new Promise((resolve) => {
      const child = spawn(process.execPath, [join(ROOT, 'cli/launch.mjs'), 'help'], {
        env: { ...process.env, ...inChild('setInterval(() => undefined, 1000);') },
      });
      let stderr = '';
      child.stderr.on('data', (text) => {
        stderr += text;
      });
      child.stdout.once('data', () => child.kill('SIGTERM'));
      child.on('close', (code, signal) => resolve({ code, signal, stderr }));
    });
    expect(outcome).toEqual({ code: null, signal: 'SIGTERM', stderr: '' });
  });
});
