/**
 * The .pth file of `trifold convert`, opened by PyTorch itself. Runs where a python3 with torch is installed (Debian: python3-torch), and is skipped
 * elsewhere.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCheckpoint } from '../../src/checkpoints/read-checkpoint';
import { readFixture } from '../unit/fixtures';
import { PYTHON_WITH_TORCH } from './python';
import { SMALL, trifold } from './support';

const folder = mkdtempSync(join(tmpdir(), 'trifold-torch-'));
const file = join(folder, 'small.pth');

beforeAll(async () => {
  const outcome = await trifold('convert', SMALL, file);
  expect(outcome.code, outcome.stderr).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Types, shapes, contiguity and sums of all tensors, as torch sees them. */
const DESCRIBE = `
import json, sys, torch
contents = torch.load(sys.argv[1])
strict = torch.load(sys.argv[1], weights_only=True)
assert list(strict) == list(contents)
print(json.dumps({
    "keys": list(contents),
    "config": json.loads(contents["config"])["G_kwargs"]["class_name"],
    "tensors": {name: [str(t.dtype), list(t.shape), t.is_contiguous(), t.double().sum().item()]
                for name, t in contents["G_ema"].items()},
}))
`;

describe.skipIf(PYTHON_WITH_TORCH === undefined)('a .pth file', () => {
  it('is opened by torch.load, every tensor as it was', () => {
    const seen = JSON.parse(execFileSync(PYTHON_WITH_TORCH!, ['-c', DESCRIBE, file], { encoding: 'utf8' }));
    expect(seen).toMatchObject({ keys: ['G_ema', 'config'], config: 'trifold_networks.TrifoldGenerator' });
    const model = readFixture('small/small-eg3d');
    for (const name of model.names()) {
      const [dtype, shape, isContiguous, sum] = seen.tensors[name];
      expect([name, dtype, shape, isContiguous]).toEqual([name, 'torch.float32', model.info(name).shape, true]);
      const expected = model.floats(name).reduce((total, value) => total + value, 0);
      expect(sum, name).toBeCloseTo(expected, 6);
    }
    expect(seen.tensors['backbone.synthesis.b8.conv0.resample_filter'].slice(0, 2)).toEqual(['torch.float32', [4, 4]]);
  });

  it('comes back through torch.save', async () => {
    const again = join(folder, 'again.pth');
    const copy = 'import sys, torch; torch.save(torch.load(sys.argv[1]), sys.argv[2])';
    execFileSync(PYTHON_WITH_TORCH!, ['-c', copy, file, again]);
    const [first, second] = [
      await readCheckpoint(new Uint8Array(readFileSync(file))),
      await readCheckpoint(new Uint8Array(readFileSync(again))),
    ];
    expect(second.metadata).toEqual(first.metadata);
    expect(second.names()).toEqual(first.names());
    for (const name of first.names()) expect(second.bytes(name), name).toEqual(first.bytes(name));
  });
});

describe('trifold convert', () => {
  it('says what a .pth is not', async () => {
    const outcome = await trifold('convert', SMALL, join(folder, 'halves.pth'), '--f16');
    expect(outcome).toMatchObject({ code: 2 });
    expect(outcome.stderr).toContain('--f16 is for safetensors files');
  });
});
