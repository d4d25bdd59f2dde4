/** `trifold data`: a data set that a generator renders, in EG3D's form. */
import { existsSync, mkdtempSync, openAsBlob, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { filesOfZip } from '../../src/training/data/file-set';
import { openPosedPictures } from '../../src/training/data/open-posed-pictures';
import { labelOfPicture } from '../../src/training/data/posed-pictures';
import { mirroredLabel } from '../../src/training/data/training-pictures';
import { SMALL, trifold } from './support';

const folder = mkdtempSync(join(tmpdir(), 'trifold-data-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('trifold data', () => {
  it('writes pictures with exact labels, and each in the mirror', async () => {
    const out = join(folder, 'heads.zip');
    const words = ['--out', out, '--count', '3', '--side', '16', '--seed', '7', '--mirror'];
    const outcome = await trifold('data', SMALL, ...words);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('6 pictures of 16 x 16 with labels');
    const { kind, pictures } = await openPosedPictures(await filesOfZip(await openAsBlob(out)));
    expect([kind, pictures.length]).toEqual(['eg3d', 6]);
    for (const at of [0, 1, 2]) {
      expect(labelOfPicture(pictures[at + 3]!)).toEqual(mirroredLabel(labelOfPicture(pictures[at]!)));
    }
    const { width, height, channels, data } = decode(await pictures[0]!.bytes());
    expect([width, height, channels]).toEqual([16, 16, 3]);
    expect(new Set(data).size).toBeGreaterThan(20);
  });

  it('says what it cannot do before it begins', async () => {
    const out = join(folder, 'none.zip');
    for (const [words, message] of [
      [['--count', '4'], 'data needs --out'],
      [['--out', out, '--side', '20'], '--side takes one of 16, 32'],
      [['--out', out, '--count', '1'], '--count takes a whole number from 2'],
      [['--out', out, '--side', '512', '--count', '100000'], '--count takes a whole number from 2 to 2730'],
    ] as const) {
      const outcome = await trifold('data', SMALL, ...words);
      expect(outcome).toMatchObject({ code: 2 });
      expect(outcome.stderr).toContain(message);
    }
    expect(existsSync(out)).toBe(false);
  });
});
