/** The convolutional student on the command line: its pictures match those of its training code, and `compare` measures what it says. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decode } from 'fast-png';
import { afterAll, describe, expect, it } from 'vitest';
import { seedsOption } from '../../cli/options';
import { parseSafetensors, writeSafetensors } from '../../src/checkpoints/safetensors';
import { readGeneratorConfig } from '../../src/models/generator-config';
import { seededLatent } from '../../src/models/latent';
import { stripCamera } from '../../src/render/pictures/compare-views';
import { psnr } from '../../src/render/pictures/picture-difference';
import { fixturePath } from '../support/fixture-path';
import { expectClose, readFixture, readModel } from '../unit/fixtures';
import { ROOT, SMALL, SMALL_STUDENT, trifold } from './support';

const PORTRAIT = join(ROOT, 'public/weights/portrait-eg3d.safetensors');
const STUDENT = join(ROOT, 'public/weights/portrait-student.safetensors');
const TINY = fixturePath('generator_tiny.safetensors');
const WITH_STUDENT = ['--renderer', 'convolutional', '--student', SMALL_STUDENT];
const PIXELS = 256 * 256;
const SMALL_PIXELS = 64 * 64;
const LOWEST_PSNR = 45;
const FEATURE_TOLERANCE = 5e-4;

const folder = mkdtempSync(join(tmpdir(), 'trifold-student-'));
const inFolder = (name: string) => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

/** Row `index` of a tensor of the reference. */
function expectedRow(name: string, index: number): Float32Array {
  const fixture = readFixture('portrait-expected');
  const values = fixture.floats(name);
  const length = values.length / fixture.info(name).shape[0]!;
  return values.slice(index * length, (index + 1) * length);
}

/** Writes codes and cameras for `render --inputs`, row by row. */
function writeInputs(name: string, rows: readonly { z: Float32Array; c: ArrayLike<number> }[]): string {
  const tensor = (key: 'z' | 'c') => {
    const data = Float32Array.from(rows.flatMap((row) => [...Array.from(row[key])]));
    return { name: key, shape: [rows.length, data.length / rows.length], data };
  };
  writeFileSync(inFolder(name), writeSafetensors([tensor('z'), tensor('c')]));
  return inFolder(name);
}

describe('render --renderer convolutional', () => {
  it('gives the feature image and the picture of the reference, as arrays and as a PNG', async () => {
    const inputs = writeInputs('in.safetensors', [{ z: expectedRow('z', 1), c: expectedRow('c', 1) }]);
    const [out, png] = [inFolder('out.safetensors'), inFolder('out.png')];
    const outcome = await trifold(
      'render',
      PORTRAIT,
      '--renderer',
      'convolutional',
      '--student',
      STUDENT,
      '--inputs',
      inputs,
      '--dump',
      out,
      '--out',
      png,
      ...['--psi', '1'],
    );
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stderr).not.toContain('distilled');
    const dump = parseSafetensors(readFileSync(out));
    expect(dump.names().map((name) => `${name} ${dump.info(name).shape}`)).toEqual([
      'ws 1,14,256',
      'student_ws 1,12,256',
      'feature 1,32,128,128',
      'raw 1,3,128,128',
      'image 1,3,256,256',
    ]);
    expectClose('feature', dump.floats('feature'), expectedRow('student.feature', 1), FEATURE_TOLERANCE);
    expectClose('raw', dump.floats('raw'), dump.floats('feature').subarray(0, 3 * 128 * 128), 0);
    const image = dump.floats('image');
    expect(psnr(image, expectedRow('student.image', 1))).toBeGreaterThan(LOWEST_PSNR);
    const picture = decode(readFileSync(png));
    const fromPng = Float32Array.from(image, (_, index) => {
      const [channel, pixel] = [Math.floor(index / PIXELS), index % PIXELS];
      return (picture.data[pixel * 3 + channel]! - 127.5) / 127.5;
    });
    expect(psnr(fromPng, image)).toBeGreaterThan(LOWEST_PSNR); // rounding to 8 bits leaves 58 dB
  });

  it('warns of a student of another generator, and refuses one with another w', async () => {
    const outcome = await trifold('render', TINY, ...WITH_STUDENT, '--out', inFolder('x.png'));
    expect(outcome.stderr).toMatch(/warning: ".*student.*" was distilled from another file than ".*tiny.*"/);
    expect(outcome.stderr).toContain('"w_dim" = 64');
    expect(outcome.code).toBe(1);
  });

  it.each([
    ['no student', ['render', SMALL, '--out', 'x.png', '--renderer', 'convolutional'], 2, 'needs --student'],
    [
      'a student that is not asked',
      ['render', SMALL, '--out', 'x.png', '--student', SMALL_STUDENT],
      2,
      'no use for --student',
    ],
    ['an unknown renderer', ['render', SMALL, '--out', 'x.png', '--renderer', 'magic'], 2, 'volumetric, convolutional'],
    ['a wanted depth', ['render', SMALL, '--out', 'x.png', ...WITH_STUDENT, '--output', 'depth'], 2, 'knows no depth'],
    [
      'samples',
      ['render', SMALL, '--out', 'x.png', ...WITH_STUDENT, '--depth-samples', '8'],
      2,
      'leave out --depth-samples',
    ],
    [
      'a student alone',
      ['render', SMALL_STUDENT, '--out', 'x.png'],
      1,
      'holds a convolutional student, not a generator',
    ],
    ['a student to convert', ['convert', SMALL_STUDENT, 'x.safetensors'], 1, 'nothing to convert'],
    ['a generator as student', ['compare', SMALL, '--student', SMALL], 1, 'this is no student'],
    ['nothing to compare with', ['compare', SMALL], 2, 'needs --student'],
    ['no seeds', ['compare', SMALL, '--student', SMALL_STUDENT, '--seeds', 'all'], 2, '0-3 or 0..3'],
    [
      'no views',
      ['compare', SMALL, '--student', SMALL_STUDENT, '--views', '0'],
      2,
      '--views takes a whole number from 1',
    ],
  ])('says what is wrong with %s', async (_, words, code, message) => {
    const outcome = await trifold(...words);
    expect(outcome.code).toBe(code);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stderr).not.toContain('    at ');
  });
});

describe('compare', () => {
  const seeds = [0, 1];
  const yawsDegrees = [-75, 75];

  it('measures the pictures that render makes, and says when a student names no teacher', async () => {
    const report = inFolder('compare.json');
    const words = ['--student', studentWithoutTeacher(), '--seeds', '0..1', '--views', '2', '--out', report];
    const outcome = await trifold('compare', SMALL, ...words);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome).toMatchObject({ stdout: '', stderr: expect.stringContaining('does not name the generator') });
    const found = JSON.parse(readFileSync(report, 'utf8'));
    expect(found).toMatchObject({ teacher_match: 'unknown', psi: 1, seeds, yaws_degrees: yawsDegrees });
    expect(found.by_yaw.map(({ yaw }: { yaw: number }) => yaw)).toEqual(yawsDegrees);
    expect(found.by_seed.map(({ seed }: { seed: number }) => seed)).toEqual(seeds);
    for (const { psnr: decibels, ssim } of [found.mean, ...found.by_seed]) {
      // Nobody has distilled the small student; tests/gpu/models/portrait-student.test.ts compares the bundled one with its teacher.
      expect(decibels).toBeGreaterThan(8);
      expect(decibels).toBeLessThan(40);
      expect(ssim).toBeGreaterThan(0.2);
      expect(ssim).toBeLessThan(1);
    }

    const { camera } = readGeneratorConfig(readFixture('small/small-eg3d'));
    const c = stripCamera(camera, (75 * Math.PI) / 180);
    const inputs = writeInputs(
      'side.safetensors',
      seeds.map((seed) => ({ z: seededLatent(seed, 64), c })),
    );
    const images = async (...options: string[]) => {
      const out = inFolder('side-out.safetensors');
      const rendered = await trifold('render', SMALL, ...options, '--inputs', inputs, '--dump', out, '--psi', '1');
      expect(rendered.code, rendered.stderr).toBe(0);
      return parseSafetensors(readFileSync(out)).floats('image');
    };
    const volumetric = await images();
    const convolutional = await images(...WITH_STUDENT);
    const [first, second] = seeds.map((_, row) => {
      const picture = (values: Float32Array) => values.subarray(row * 3 * SMALL_PIXELS, (row + 1) * 3 * SMALL_PIXELS);
      return psnr(picture(volumetric), picture(convolutional));
    });
    const { psnr_mean: mean, psnr_std: deviation } = found.by_yaw[1];
    expect(mean).toBeCloseTo((first! + second!) / 2, 2);
    expect(deviation).toBeCloseTo(Math.abs(first! - second!) / 2, 2);
  }, 400_000); // 12 pictures, which take a software adapter on a busy machine many seconds each

  it('takes seeds as ranges and lists', () => {
    expect(seedsOption('seeds', '0..3')).toEqual([0, 1, 2, 3]);
    expect(seedsOption('seeds', '7, 0..2,1,4294967295')).toEqual([7, 0, 1, 2, 4294967295]);
    expect(seedsOption('seeds', '1..10000')).toHaveLength(10_000);
    for (const [text, problem] of [
      ['0..10000', 'at most 10000'],
      ['3..1', 'ends before it begins'],
      ['4294967296', 'from 0 to 4294967295'],
      ['1..', '0-3 or 0..3'],
      ['-1', '0-3 or 0..3'],
      ['', '0-3 or 0..3'],
    ] as const) {
      expect(() => seedsOption('seeds', text), text).toThrow(problem);
    }
  });
});

describe('info', () => {
  it('tells what a student is, for people and for scripts', async () => {
    const text = await trifold('info', STUDENT);
    expect(text).toMatchObject({ code: 0, stderr: '' });
    const { teacher_sha256: teacher } = readModel('portrait-student').metadata;
    for (const fact of ['a convolutional student', '3.30 M', 'StyleGAN2, 128 x 128 x 32', '128 to 256', teacher!]) {
      expect(text.stdout).toContain(fact);
    }
    const json = JSON.parse((await trifold('info', STUDENT, '--json')).stdout);
    expect(json).toMatchObject({ kind: 'student', config: { teacherSha256: teacher, neuralResolution: 128 } });
  });
});

/** The small student, but that it does not say whose it is. */
function studentWithoutTeacher(): string {
  const student = readFixture('small/small-student');
  const { teacher_sha256: _, ...metadata } = student.metadata;
  const tensors = student.names().map((name) => {
    return { name, shape: student.info(name).shape, data: student.floats(name), dtype: 'F16' as const };
  });
  writeFileSync(inFolder('orphan.safetensors'), writeSafetensors(tensors, metadata));
  return inFolder('orphan.safetensors');
}
