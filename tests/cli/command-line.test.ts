/** The command line as a script calls it: exit codes, messages, pictures, and arrays that match the reference vectors. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import { fixturePath } from '../support/fixture-path';
import { expectClose, readFixture } from '../unit/fixtures';
import { ROOT, SMALL, trifold } from './support';

const TINY = fixturePath('generator_tiny.safetensors');
const PORTRAIT = join(ROOT, 'public/weights/portrait-eg3d.safetensors');
const folder = mkdtempSync(join(tmpdir(), 'trifold-cli-'));
const inFolder = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

describe('info', () => {
  it('tells what a model is, for people and for scripts', async () => {
    const text = await trifold('info', PORTRAIT);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    expect(text.stdout).toContain('4.13 M parameters');
    const json = await trifold('info', TINY, '--json');
    expect(JSON.parse(json.stdout).config.backbone.resolution).toBe(256);
  });
});

describe('render', () => {
  it('gives the arrays of the reference for codes and cameras from a file', async () => {
    const vectors = readFixture('generator_tiny');
    const row = (name: string, data: Float32Array) => ({ name, shape: [1, data.length], data });
    const inputs = [
      row('z', vectors.floats('in.z1')),
      row('c_cond', vectors.floats('in.c_cond')),
      row('c', vectors.floats('in.c_render')),
    ];
    writeFileSync(inFolder('in.safetensors'), writeSafetensors(inputs));
    const outcome = await trifold(
      'render',
      TINY,
      '--inputs',
      inFolder('in.safetensors'),
      '--dump',
      inFolder('out.safetensors'),
      ...['--psi', '1'],
    );
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toMatch(/^adapter: .+/);
    const dump = parseSafetensors(readFileSync(inFolder('out.safetensors')));
    expect(dump.names().map((name) => `${name} ${dump.info(name).shape}`)).toEqual([
      'ws 1,14,512',
      'planes 1,96,256,256',
      'feature 1,32,32,32',
      'raw 1,3,32,32',
      'depth 1,1,32,32',
      'image 1,3,128,128',
    ]);
    const compare = (name: string, reference: string) =>
      expectClose(`dump ${name}`, dump.floats(name), vectors.floats(reference), 5e-4);
    compare('ws', 'ws.out.z1');
    compare('feature', 'base_even.out.feature');
    compare('raw', 'base_even.out.image_raw');
    compare('depth', 'base_even.out.depth');
    compare('image', 'base_even.out.image');
    const planes = dump.floats('planes');
    const strided = vectors.floats('base_record.out.planes_strided');
    const found = strided.map((_, index) => {
      const [channel, y, x] = [Math.floor(index / 256), Math.floor(index / 16) % 16, index % 16];
      return planes[(channel * 256 + 3 + 16 * y) * 256 + 5 + 16 * x]!;
    });
    expectClose('dump planes', found, strided, 5e-4);

    const again = [
      { name: 'ws', shape: [1, 14, 512], data: dump.floats('ws') },
      row('c', vectors.floats('in.c_render')),
    ];
    writeFileSync(inFolder('ws.safetensors'), writeSafetensors(again));
    await trifold('render', TINY, '--inputs', inFolder('ws.safetensors'), '--dump', inFolder('again.safetensors'));
    const second = parseSafetensors(readFileSync(inFolder('again.safetensors')));
    expectClose('from ws', second.floats('image'), dump.floats('image'), 1e-6);
  });

  it('stores halves when told so, which changes numbers and no picture', async () => {
    const vectors = readFixture('generator_tiny');
    const z = vectors.floats('in.z1');
    writeFileSync(inFolder('z.safetensors'), writeSafetensors([{ name: 'z', shape: [1, z.length], data: z }]));
    const imageOf = async (file: string, ...options: string[]) => {
      const few = ['--neural-resolution', '24', '--depth-samples', '6', '--importance-samples', '0'];
      const call = ['--inputs', inFolder('z.safetensors'), '--dump', inFolder(file), ...few, ...options];
      const outcome = await trifold('render', TINY, ...call);
      expect(outcome.code, outcome.stderr).toBe(0);
      return parseSafetensors(readFileSync(inFolder(file))).floats('image');
    };
    const floats = await imageOf('floats.safetensors');
    const halves = await imageOf('halves.safetensors', '--halves');
    expect(halves).not.toEqual(floats);
    expectClose('image with halves', halves, floats, 1 / 64); // two of 255 steps from -1 to 1
  });

  it.each(['image', 'raw', 'depth'])('writes a PNG of the %s', async (output) => {
    const out = inFolder(`${output}.png`);
    const small = ['--neural-resolution', '24', '--depth-samples', '6', '--importance-samples', '0'];
    const outcome = await trifold(
      'render',
      SMALL,
      '--out',
      out,
      '--seed',
      '3',
      '--yaw',
      '20',
      '--output',
      output,
      ...small,
    );
    expect(outcome.code, outcome.stderr).toBe(0);
    const picture = decode(readFileSync(out));
    expect(picture.width).toBe(output === 'image' ? 64 : 24);
    expect(new Set(picture.data).size).toBeGreaterThan(20);
  });

  it.each([
    ['no command', ['paint'], 2, 'no command "paint"'],
    ['no file name', ['render', '--out', 'x.png'], 2, 'one checkpoint file'],
    ['no result wanted', ['render', TINY], 2, '--out'],
    ['no such file', ['render', 'nothing.safetensors', '--out', 'x.png'], 2, 'nothing.safetensors'],
    ['an unknown option', ['render', TINY, '--colour', 'red'], 2, '--colour'],
    ['a seed that is no number', ['render', TINY, '--out', 'x.png', '--seed', 'one'], 2, '--seed'],
    ['a seed beyond 32 bits', ['render', TINY, '--out', 'x.png', '--seed', '4294967296'], 2, '4294967295'],
    ['an unknown picture', ['render', TINY, '--out', 'x.png', '--output', 'smell'], 2, 'image, raw, depth'],
    ['a folder that does not exist', ['render', TINY, '--out', inFolder('none/x.png')], 2, 'cannot be written'],
    ['a file that is no checkpoint', ['render', join(ROOT, 'README.md'), '--out', 'x.png'], 1, 'header'],
  ])('says what is wrong with %s', async (_, words, code, message) => {
    const outcome = await trifold(...words);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
  });

  it('names the tensor of the inputs that does not fit', async () => {
    const data = new Float32Array(7);
    writeFileSync(inFolder('bad.safetensors'), writeSafetensors([{ name: 'z', shape: [1, 7], data }]));
    const outcome = await trifold(
      'render',
      TINY,
      '--inputs',
      inFolder('bad.safetensors'),
      '--dump',
      inFolder('x.safetensors'),
    );
    expect(outcome.code).toBe(2);
    expect(outcome.stderr).toContain('"z" in the inputs has shape [1,7]; this model takes [N, 512]');
  });
});
