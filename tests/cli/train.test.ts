/** `trifold train`: a run that is interrupted and goes on ends as one that was not; what cannot be learnt from is said before the first step. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { FAILED } from '../../cli/errors';
import { duration, progressLine } from '../../cli/train/progress';
import { withChanges } from '../../cli/train/setting-changes';
import { vulkanEnvironment } from '../../cli/vulkan-environment.mjs';
import { installPackages } from '../../scripts/install-packages.mjs';
import { parseSafetensors } from '../../src/checkpoints/safetensors';
import type { TrainingRunState } from '../../src/training/loops/run-state';
import { trifold } from './support';

const USAGE = 2;
const folder = mkdtempSync(join(tmpdir(), 'trifold-train-'));
const inFolder = (name: string) => join(folder, name);
beforeAll(() => installPackages('cli', () => {}));
afterAll(() => rmSync(folder, { recursive: true }));

/** Calls in a process of their own. @param onOutput hears what is written so far */
async function trainTiny(calls: readonly string[][], onOutput: (text: string, child: ChildProcess) => void = () => {}) {
  const words = ['../support/run-in-dawn.mjs', 'train-tiny.ts'].map((file) => join(import.meta.dirname, file));
  const child = spawn(process.execPath, ['--no-warnings', ...words, JSON.stringify(calls)], {
    env: { ...process.env, ...vulkanEnvironment() },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
    onOutput(stdout, child);
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  await new Promise((resolve) => child.on('close', resolve));
  const lines = stdout.trim().split('\n');
  return { codes: JSON.parse(lines.at(-1)!), events: lines.slice(0, -1).map((line) => JSON.parse(line)), stderr };
}

const checkpointOf = (name: string) => parseSafetensors(readFileSync(join(inFolder(name), 'checkpoint.safetensors')));

it('a run that Ctrl-C has ended goes on with the same bits and curves', async () => {
  const common = ['scene', '--seed', '5', '--json', '--checkpoint-every', '7'];
  let isSignalled = false;
  const cut = await trainTiny([[...common, '--out', inFolder('cut'), '--steps', '100000']], (text, child) => {
    if (isSignalled || !text.includes('"event":"step","step":1')) return;
    isSignalled = true;
    child.kill('SIGINT');
  });
  expect(cut.codes).toEqual([FAILED]);
  expect(cut.stderr).toContain('all is saved');
  const { step } = cut.events.at(-1);
  expect(cut.events.at(-1)).toMatchObject({ event: 'stopped', files: [join(inFolder('cut'), 'tiny.bin')] });
  expect(cut.stderr).toMatch(/memory: 1 MB on the device/);
  expect(cut.stderr).toMatch(/time: .* for 100000 steps/);

  const goal = String(step + 20);
  const { codes, events, stderr } = await trainTiny([
    ['scene', '--out', inFolder('cut'), '--resume', '--steps', goal],
    [...common, '--out', inFolder('whole'), '--steps', goal],
    ['scene', '--out', inFolder('whole'), '--steps', goal],
    ['scene', '--out', inFolder('whole'), '--resume', '--seed', '6'],
    ['scene', '--out', inFolder('whole'), '--resume', '--data', 'other'],
    ['scene', '--out', inFolder('empty'), '--resume'],
    ['scene', '--out', inFolder('bad'), '--data', 'bad'],
    ['scene', '--out', inFolder('huge'), '--preset', 'huge'],
    ['scene', '--out', inFolder('set'), '--set', 'hiden=4'],
  ]);
  expect(codes).toEqual([0, 0, USAGE, USAGE, FAILED, FAILED, FAILED, FAILED, USAGE]);
  const [resumed, whole] = [checkpointOf('cut'), checkpointOf('whole')];
  for (const name of whole.names()) expect(resumed.floats(name), name).toEqual(whole.floats(name));
  expect(readFileSync(join(inFolder('cut'), 'tiny.bin'))).toEqual(readFileSync(join(inFolder('whole'), 'tiny.bin')));
  expect(lossesOf('cut')).toEqual(lossesOf('whole'));
  expect(readdirSync(join(inFolder('whole'), 'samples'))).toContain('0000020.png');
  expect(existsSync(join(inFolder('whole'), 'train.lock'))).toBe(false);
  expect(events.at(-1)).toMatchObject({ event: 'done', step: Number(goal) });
  for (const words of [
    'holds a training run: go on with --resume',
    '--seed cannot be changed by --resume',
    'what is there now is not the same',
    'holds no training run',
    'Give pictures.',
    '"planes" needs',
    'there is no "hiden"; there is hidden',
  ]) {
    expect(stderr).toContain(words);
  }
});

/** The rows of the curve that every step is in. */
function lossesOf(name: string): string[] {
  const rows = readFileSync(join(inFolder(name), 'curves.csv'), 'utf8').split('\n');
  return rows.filter((row) => row.startsWith('loss,'));
}

describe('what is wrong is said, with what to do', () => {
  it('kinds, options and presets', async () => {
    const calls = [
      ['train', 'fish'],
      ['train', 'gan'],
      ['train', 'student', '--out', inFolder('s'), '--mirror'],
      ['train', 'gan', '--out', inFolder('g'), '--preset', '33'],
      ['train', 'gan', '--out', inFolder('g'), '--data', inFolder('nothing')],
    ];
    for (const words of calls) expect((await trifold(...words)).code, words.join(' ')).toBe(USAGE);
    const { code, stdout } = await trifold('train', 'gan', '--list-presets');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^32 .* steps\.$/m);
  });

  it('pictures without cameras: how to get them', async () => {
    writeFileSync(inFolder('face.png'), readFileSync('public/weights/portrait-eg3d.png'));
    const { code, stderr } = await trifold('train', 'gan', '--out', inFolder('g'), '--data', folder);
    expect(code).toBe(1);
    expect(stderr).toContain('Find the cameras first');
    expect(existsSync(inFolder('g'))).toBe(false);
  });
});

it('the bundled scene as all three fields: each is a run and a file of a scene, and there is a table of them', async () => {
  const out = inFolder('fields');
  const small = ['rays=64', 'samples=512', 'stepsAcross=32', 'occupancy.side=8'].flatMap((change) => ['--set', change]);
  const never = ['--measure-every', '0', '--samples-every', '0'];
  const call = ['train', 'scene', '--preset', 'all', '--out', out, '--steps', '2', ...small, ...never];
  const { code, stdout, stderr } = await trifold(...call);
  expect(code, stderr).toBe(0);
  for (const field of ['tri-planes', 'voxels', 'mip-nerf']) {
    expect(JSON.parse(checkpointOf(join('fields', field)).metadata.training!).step).toBe(2);
    const scene = parseSafetensors(readFileSync(join(out, field, 'scene.safetensors')));
    expect(scene.metadata.format).toBe('trifold-scene');
  }
  expect(stdout).toMatch(/^mip-nerf +8 × 256 +594308 +2 .*\nvoxels .*\ntri-planes /m);

  const again = await trifold(...call);
  expect(again.code).toBe(USAGE);
  expect(again.stderr).toContain('holds a comparison of fields: go on with --resume');
  const resumed = await trifold('train', 'scene', '--out', out, '--resume');
  expect(resumed).toMatchObject({ code: 0, stdout });
});

test('single settings can be replaced, and by values of their own type only', () => {
  const settings = { batch: 8, schedule: { blur: 2 }, sizes: [1, 2], losses: 'full' };
  expect(withChanges(settings, ['batch=4', 'schedule.blur=0.5', 'sizes=[3]', 'losses=lr'])).toEqual({
    batch: 4,
    schedule: { blur: 0.5 },
    sizes: [3],
    losses: 'lr',
  });
  for (const word of ['batch', 'bach=4', 'schedule.blurr=1', 'batch=many', 'sizes=3', 'batch.x=1']) {
    expect(() => withChanges(settings, [word]), word).toThrow(/--set/);
  }
});

test('progress in one line', () => {
  const state = { figures: { psnr: 21.304, loss: 0.00012 }, imagesPerSecond: 3.21, secondsLeft: 720 };
  const told = { ...state, position: { seed: 0, step: 500, images: 2000 }, goal: 2000 } as unknown as TrainingRunState;
  const figureKinds = [
    { name: 'psnr', label: 'PSNR', unit: 'dB', chart: 'psnr' },
    { name: 'loss', label: 'Loss', chart: 'loss' },
  ];
  expect(progressLine(told, { kind: 'gan', figureKinds })).toBe(
    '[#####---------------] 500/2000  psnr 21.3 dB  loss 1.20e-4  3.21 images/s  12 min left',
  );
  expect([40, 101, 11_100].map(duration)).toEqual(['40 s', '2 min', '3 h 5 min']);
});
