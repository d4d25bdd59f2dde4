/** `trifold video` as a script calls it: through ffmpeg where there is one, else as pictures, and what Ctrl-C leaves. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixture-path';

const ROOT = join(import.meta.dirname, '..', '..');
const SMALL = fixturePath('generator_small_nosrc.pkl');
const folder = mkdtempSync(join(tmpdir(), 'trifold-video-'));
const inFolder = (name: string) => join(folder, name);

beforeAll(() => mkdirSync(inFolder('nothing')));
afterAll(() => rmSync(folder, { recursive: true }));

interface Call {
  /** The only folder on the PATH. Default: an empty one. */
  readonly path?: string;
  readonly onText?: (child: ChildProcess, stderr: string) => void;
}

function video(words: readonly string[], { path = inFolder('nothing'), onText }: Call = {}) {
  return new Promise<{ code: number | null; stderr: string }>((resolve) => {
    const env = { ...process.env, PATH: path };
    const child = spawn(process.execPath, [join(ROOT, 'cli/launch.mjs'), 'video', SMALL, ...words], { env });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
      onText?.(child, stderr);
    });
    child.on('close', (code) => resolve({ code, stderr }));
  });
}

/** A program by the name of ffmpeg that keeps its words and what it is fed. */
function fakeFfmpeg(exitCode: number): string {
  const path = inFolder(`ffmpeg-${exitCode}`);
  mkdirSync(path);
  const code = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const words = process.argv.slice(2);
if (words[0] === '-version') process.exit(0);
if (${exitCode}) { console.error('Unknown encoder'); process.exit(${exitCode}); }
writeFileSync(words.at(-1), readFileSync(0));
writeFileSync(${JSON.stringify(join(path, 'words.json'))}, JSON.stringify(words));
`;
  writeFileSync(join(path, 'ffmpeg'), code);
  chmodSync(join(path, 'ffmpeg'), 0o755);
  return path;
}

describe('video', () => {
  it('writes pictures where there is no ffmpeg, and says how to join them', async () => {
    const out = inFolder('walk.webm');
    const words = ['--seeds', '0,1', '--seconds', '0.5', '--fps', '3', '--size', '64', '--out', out];
    const outcome = await video(words);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('frame 3 of 3\n');
    expect(outcome.stderr).toContain(
      `ffmpeg -framerate 3 -i ${inFolder('walk')}/frame-%05d.png -pix_fmt yuv420p ${out}`,
    );
    const frames = readdirSync(inFolder('walk')).sort();
    expect(frames).toEqual(['frame-00000.png', 'frame-00001.png', 'frame-00002.png']);
    const pictures = frames.map((name) => decode(readFileSync(join(inFolder('walk'), name))));
    for (const { width, height, channels } of pictures) expect([width, height, channels]).toEqual([64, 64, 3]);
    expect(pictures[0]!.data).not.toEqual(pictures[1]!.data);

    const again = await video(words);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('holds frames of another video');
  });

  it('pipes raw frames of even size through ffmpeg', async () => {
    const out = inFolder('turn.mp4');
    const path = fakeFfmpeg(0);
    const words = ['--seeds', '3', '--seconds', '1', '--fps', '2', '--turn', '360', '--size', '65', '--out', out];
    const outcome = await video(words, { path });
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(readFileSync(out).byteLength).toBe(2 * 66 * 66 * 4);
    const given: string[] = JSON.parse(readFileSync(join(path, 'words.json'), 'utf8'));
    expect(given.join(' ')).toContain('-f rawvideo -pix_fmt rgba -video_size 66x66 -framerate 2 -i -');
    expect(given.join(' ')).toContain('-c:v libx264');
    expect(readdirSync(folder)).not.toContain('turn.mp4.unfinished');
  });

  it('fails when ffmpeg does', async () => {
    const out = inFolder('none.webm');
    const words = ['--seeds', '3', '--seconds', '1', '--fps', '2', '--size', '16', '--out', out];
    const outcome = await video(words, { path: fakeFfmpeg(8) });
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain('ffmpeg ended with exit code 8');
    expect(existsSync(out)).toBe(false);
  });

  it('keeps the finished frames at Ctrl-C', async () => {
    const out = inFolder('stopped/');
    const outcome = await video(['--seeds', '0..9', '--size', '16', '--out', out], {
      onText: (child, stderr) => {
        if (stderr.includes('frame 1 of 480')) child.kill('SIGINT');
      },
    });
    expect(outcome.code).toBe(1);
    const [, count] = /Stopped after (\d+) of 480 frames; they are kept/.exec(outcome.stderr) ?? [];
    expect(readdirSync(out).length).toBe(Number(count));
    expect(Number(count)).toBeGreaterThan(0);
  });

  it.each([
    ['an ending that it does not know', ['--seeds', '0', '--out', 'walk.gif'], '.webm or .mp4'],
    ['no ending', ['--seeds', '0', '--out', 'walk'], 'ends in "/"'],
    ['no seeds', ['--out', 'walk.webm'], '--seeds'],
    ['too long a video', ['--seeds', '0..999', '--out', 'walk.webm'], 'at most 600'],
    ['a turn that does not close', ['--seeds', '0', '--turn', '500', '--out', 'walk.webm'], 'whole turns'],
    ['a folder that does not exist', ['--seeds', '0', '--out', inFolder('none/walk.webm')], 'cannot be written'],
  ])('says what is wrong with %s', async (_, words, message) => {
    const outcome = await video(words);
    expect(outcome.code, outcome.stderr).toBe(2);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
  });
});
