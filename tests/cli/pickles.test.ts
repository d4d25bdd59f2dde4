/** Official pickles on the command line: described, rendered, converted, and refused when they are broken. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/checkpoints/read-checkpoint';
import { parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import { fixturePath } from '../support/fixture-path';
import { stateDictOf, torchZip } from '../support/torch-files';
import { expectClose, readFixture } from '../unit/fixtures';
import { trifold } from './support';

const folder = mkdtempSync(join(tmpdir(), 'trifold-pickles-'));
const inFolder = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

describe('official pickles', () => {
  const pickle = fixturePath('generator_small_nosrc.pkl');
  let zip = '';
  let stateDict = '';
  beforeAll(async () => {
    const bytes = new Uint8Array(readFileSync(pickle));
    zip = inFolder('small.pt');
    writeFileSync(zip, await torchZip(bytes));
    stateDict = inFolder('state-dict.pt');
    writeFileSync(stateDict, await torchZip(bytes, { pick: stateDictOf }));
  });

  it('are described', async () => {
    const json = await trifold('info', pickle, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      format: 'pickle',
      source: { network: 'G_ema', class: 'TriPlaneGenerator' },
      config: { mapping: { zDim: 16 }, superResolution: { inputResolution: 64 } },
    });
  });

  it('give the picture of the reference: the pickle, its zip-layout copy, and what convert writes', async () => {
    const vectors = readFixture('generator_tiny');
    const row = (name: string, data: Float32Array) => ({ name, shape: [1, data.length], data });
    const inputs = [
      row('z', vectors.floats('small.in.z')),
      row('c_cond', vectors.floats('in.c_cond')),
      row('c', vectors.floats('in.c_render')),
    ];
    writeFileSync(inFolder('small-in.safetensors'), writeSafetensors(inputs));
    const converted = inFolder('converted.safetensors');
    expect(await trifold('convert', pickle, converted)).toMatchObject({ code: 0 });
    for (const model of [pickle, zip, converted]) {
      const out = inFolder('small-out.safetensors');
      const words = ['--inputs', inFolder('small-in.safetensors'), '--dump', out, '--psi', '1'];
      const outcome = await trifold('render', model, ...words);
      expect(outcome.code, outcome.stderr).toBe(0);
      const dump = parseSafetensors(readFileSync(out));
      expectClose('w', dump.floats('ws').subarray(0, 512), vectors.floats('small.out.w'), 5e-4);
      expectClose('raw', dump.floats('raw'), vectors.floats('small.out.image_raw'), 5e-4);
      const image = dump.floats('image');
      const strided = Float32Array.from({ length: 3 * 64 * 64 }, (_, index) => {
        const [channel, y, x] = [Math.floor(index / 4096), Math.floor(index / 64) % 64, index % 64];
        return image[(channel * 128 + 1 + 2 * y) * 128 + 2 * x]!;
      });
      expectClose('image', strided, vectors.floats('small.out.image_strided'), 5e-4);
    }
  });

  it('become half as large with --f16, and say the same of themselves', async () => {
    const half = inFolder('half.safetensors');
    expect(await trifold('convert', pickle, half, '--f16')).toMatchObject({ code: 0 });
    expect(readFileSync(half).byteLength).toBeLessThan(readFileSync(pickle).byteLength * 0.6);
    const [before, after] = await Promise.all([trifold('info', pickle, '--json'), trifold('info', half, '--json')]);
    expect(JSON.parse(after.stdout).config).toEqual(JSON.parse(before.stdout).config);
    const [exact, rounded] = [await readCheckpoint(readFileSync(pickle)), parseSafetensors(readFileSync(half))];
    const name = 'superresolution.block0.conv1.weight';
    expect(rounded.info(name).dtype).toBe('F16');
    expectClose(name, rounded.floats(name), exact.floats(name), 4e-3); // 11 bits of numbers up to about 5
    expect(rounded.info('backbone.mapping.w_avg').dtype).toBe('F32');
  });

  it('saved as a state dict alone need facts', async () => {
    const refused = await trifold('info', stateDict);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('box_warp');
    expect(refused.stderr).toContain('ffhq, afhq or shapenet');
    const like = await trifold('info', stateDict, '--like', 'ffhq');
    expect(like.stdout).toContain('2.25 to 3.3');
    writeFileSync(inFolder('facts.json'), '{"box_warp": 3}');
    const facts = await trifold('info', stateDict, '--like', 'ffhq', '--facts', inFolder('facts.json'));
    expect(facts.stdout).toContain('box 3');
    expect(await trifold('info', stateDict, '--like', 'dogs')).toMatchObject({ code: 2 });
  });

  it('that are broken are answered with one line, and nothing is written', async () => {
    const broken = inFolder('broken.pkl');
    writeFileSync(broken, readFileSync(pickle).subarray(0, 100_000));
    const outcome = await trifold('convert', broken, inFolder('nothing.safetensors'));
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toMatch(/Pickle, byte \d+/);
    expect(outcome.stderr).not.toContain('    at ');
    expect(existsSync(inFolder('nothing.safetensors'))).toBe(false);
  });
});
