/** `trifold mesh` as a script calls it: a mesh, a volume, and what it says when it cannot. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { validateBytes } from 'gltf-validator';
import { afterAll, describe, expect, it } from 'vitest';
import { SMALL, trifold } from './support';

const folder = mkdtempSync(join(tmpdir(), 'trifold-mesh-'));
const inFolder = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

describe('mesh', () => {
  it('writes a GLB that the validator has nothing to say about', async () => {
    const out = inFolder('head.glb');
    const words = ['mesh', SMALL, '--seed', '3', '--resolution', '32', '--level', '10', '--smooth', '2'];
    const outcome = await trifold(...words, '--out', out);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).toContain('density: 100 %');
    expect(outcome.stderr).toMatch(/\d+ vertices, \d+ triangles in one piece, .* closed\n/);
    const { issues, info } = await validateBytes(readFileSync(out));
    expect(issues.messages).toEqual([]);
    expect(info.totalTriangleCount).toBeGreaterThan(1000);
    expect(outcome.stderr).toContain(`${info.totalTriangleCount} triangles`);
  });

  it('writes the density itself', async () => {
    const out = inFolder('head.MRC');
    const outcome = await trifold('mesh', SMALL, '--resolution', '20', '--out', out);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(readFileSync(out).byteLength).toBe(1024 + 4 * 20 ** 3);
  });

  it.each([
    ['an ending that it does not know', ['--out', 'head.fbx'], 2, '.glb, .ply, .obj, .stl, .mrc'],
    ['no ending', ['--out', 'head'], 2, '.glb'],
    ['no file to write', [], 2, '--out'],
    ['a folder that does not exist', ['--out', inFolder('none/head.glb')], 2, 'cannot be written'],
    ['too large a resolution', ['--out', 'head.glb', '--resolution', '1024'], 2, 'from 2 to 512'],
    ['a level that is no number', ['--out', 'head.glb', '--level', 'high'], 2, '--level'],
    [
      'a level without a surface',
      ['--out', inFolder('no.glb'), '--resolution', '16', '--level', '1e4'],
      1,
      'runs from',
    ],
  ])('says what is wrong with %s', async (_, words, code, message) => {
    const outcome = await trifold('mesh', SMALL, ...words);
    expect(outcome.code, outcome.stderr).toBe(code);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
    expect(existsSync(inFolder('no.glb'))).toBe(false);
  });
});
