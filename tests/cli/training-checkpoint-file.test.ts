/** A training run in Node that is killed while it saves, and goes on: the file is a whole checkpoint at any time, and a damaged one is told as such. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { vulkanEnvironment } from '../../cli/vulkan-environment.mjs';
import { installPackages } from '../../scripts/install-packages.mjs';
import { parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import type { TrainingJob, TrainingOutcome } from './training-run';

const folder = mkdtempSync(join(tmpdir(), 'trifold-training-'));
const inFolder = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const WORDS = (jobs: readonly TrainingJob[]) => [
  '--no-warnings',
  join(import.meta.dirname, '../support/run-in-dawn.mjs'),
  join(import.meta.dirname, 'training-run.ts'),
  JSON.stringify(jobs),
];
const environment = () => ({ ...process.env, ...vulkanEnvironment() });

async function run(jobs: readonly TrainingJob[]): Promise<TrainingOutcome[]> {
  const { stdout } = await promisify(execFile)(process.execPath, WORDS(jobs), { env: environment() });
  return JSON.parse(stdout);
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const STOPPING_MILLISECONDS = 20;

/** Kills a process while it writes what is to replace a file. It is stopped first, so that it cannot have done so in the meantime. */
async function killWhileReplacing(child: ChildProcess, file: string): Promise<void> {
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (child.exitCode === null) {
    if (sizeOf(file) > 0 && sizeOf(`${file}.unfinished`) > 0) {
      child.kill('SIGSTOP');
      await setTimeout(STOPPING_MILLISECONDS);
      if (sizeOf(`${file}.unfinished`) > 0) break;
      child.kill('SIGCONT');
    }
    await nextTurn();
  }
  child.kill('SIGKILL');
  await ended;
}

it('a run that is killed while it saves goes on from the checkpoint before, with the same bits', async () => {
  await installPackages('cli', () => {});
  const file = inFolder('run.safetensors');
  const words = WORDS([{ file, until: 1000 }]);
  await killWhileReplacing(spawn(process.execPath, words, { env: environment(), stdio: 'ignore' }), file);
  expect(sizeOf(`${file}.unfinished`)).toBeGreaterThan(0);
  const former = readFileSync(file);
  const { step } = JSON.parse(parseSafetensors(former).metadata.training!);
  expect(step).toBeGreaterThan(0);

  const [cut, other, absent] = [inFolder('cut.safetensors'), inFolder('other.safetensors'), inFolder('absent')];
  writeFileSync(cut, former.subarray(0, former.length / 2));
  writeFileSync(other, writeSafetensors([{ name: 'x', shape: [1], data: new Float32Array(1) }]));
  const whole = inFolder('whole.safetensors');
  const until = step + 1;
  const outcomes = await run([
    { file, from: file, until },
    { file: whole, until },
    ...[cut, other, absent].map((from) => ({ file: from, from, until })),
  ]);
  expect(outcomes.slice(0, 2)).toEqual([{ step: until }, { step: until }]);
  expect(readFileSync(file).equals(readFileSync(whole))).toBe(true);
  expect(sizeOf(`${file}.unfinished`)).toBe(0);
  for (const [index, path] of [cut, other, absent].entries()) {
    const outcome = outcomes[2 + index];
    console.info(JSON.stringify(outcome));
    expect(outcome).toMatchObject({ code: 'unusable-training-file', message: expect.stringContaining(path) });
  }
});
