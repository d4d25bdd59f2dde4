/** A training run in a folder that is killed while it saves, and goes on: the checkpoint is whole at any time, and a damaged one is told as such. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn, setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { lockFolder } from '../../cli/train/run-folder';
import { vulkanEnvironment } from '../../cli/vulkan-environment.mjs';
import { installPackages } from '../../scripts/install-packages.mjs';
import { parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import { AlreadyTrainingError } from '../../src/training/loops/run-store';
import type { TrainingJob, TrainingOutcome } from './training-run';

const folder = mkdtempSync(join(tmpdir(), 'trifold-run-folder-'));
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

const CHECKPOINT = 'checkpoint.safetensors';

/** A copy of a run, with another checkpoint. */
function copyWith(from: string, to: string, checkpoint: Uint8Array): string {
  cpSync(from, inFolder(to), { recursive: true });
  writeFileSync(join(inFolder(to), CHECKPOINT), checkpoint);
  return inFolder(to);
}

it('a run that is killed while it saves goes on from the checkpoint before, with the same bits', async () => {
  await installPackages('cli', () => {});
  const killed = inFolder('killed');
  const file = join(killed, CHECKPOINT);
  const words = WORDS([{ folder: killed, until: 1000 }]);
  await killWhileReplacing(spawn(process.execPath, words, { env: environment(), stdio: 'ignore' }), file);
  expect(sizeOf(`${file}.unfinished`)).toBeGreaterThan(0);
  const former = readFileSync(file);
  const { step } = JSON.parse(parseSafetensors(former).metadata.training!);

  const cut = copyWith(killed, 'cut', former.subarray(0, former.length / 2));
  const other = copyWith(killed, 'other', writeSafetensors([{ name: 'x', shape: [1], data: new Float32Array(1) }]));
  const whole = inFolder('whole');
  const until = step + 1;
  const outcomes = await run([
    { folder: killed, resumes: true, until },
    { folder: whole, until },
    ...[cut, other, inFolder('absent')].map((folder) => ({ folder, resumes: true, until })),
    { folder: whole, until },
  ]);
  expect(outcomes.slice(0, 2)).toEqual([{ step: until }, { step: until }]);
  const [resumed, uninterrupted] = [killed, whole].map((folder) =>
    parseSafetensors(readFileSync(join(folder, CHECKPOINT))),
  );
  for (const name of uninterrupted!.names()) expect(resumed!.floats(name), name).toEqual(uninterrupted!.floats(name));
  expect(sizeOf(`${file}.unfinished`)).toBe(0);
  expect(readFileSync(join(killed, 'curves.csv'), 'utf8')).toBe(readFileSync(join(whole, 'curves.csv'), 'utf8'));
  expect(outcomes.slice(2)).toMatchObject([
    { code: 'unusable-training-file', message: expect.stringContaining(join(cut, CHECKPOINT)) },
    { code: 'unusable-training-file', message: expect.stringContaining(join(other, CHECKPOINT)) },
    { code: 'run-store', message: expect.stringContaining('holds no training run') },
    { code: 'run-store', message: expect.stringContaining('holds a training run already') },
  ]);
});

it('two processes do not train in one folder; what a dead one has left counts for nothing', async () => {
  const unlock = await lockFolder(folder);
  await expect(lockFolder(folder)).rejects.toThrow(AlreadyTrainingError);
  await unlock();
  writeFileSync(inFolder('train.lock'), '999999999');
  await (await lockFolder(folder))();
  expect(sizeOf(inFolder('train.lock'))).toBe(0);
});
