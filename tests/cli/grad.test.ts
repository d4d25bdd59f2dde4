/** `trifold grad`: gradients of a case of a reference file, into a file and beside those that it has. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseSafetensors, type WritableTensor, writeSafetensors } from '../../src/checkpoints/safetensors';
import { fixturePath } from '../support/fixture-path';
import { trifold } from './support';

const CASE = 'fc_lrelu_lr001';
let folder: string;
const inFolder = (name: string) => join(folder, name);

/** The case's tensors, with its gradients, as a reference file has them. */
async function caseTensors(): Promise<WritableTensor[]> {
  const files = await Promise.all(
    ['ops', 'ops-gradients'].map(async (name) => parseSafetensors(await readFile(fixturePath(`${name}.safetensors`)))),
  );
  return files.flatMap((file) =>
    file
      .names()
      .filter((name) => name.startsWith(`${CASE}.`))
      .map((name) => ({ name, shape: file.info(name).shape, data: file.floats(name) })),
  );
}

async function writeCase(file: string, tensors: readonly WritableTensor[]): Promise<string> {
  const metadata = { [CASE]: JSON.stringify({ activation: 'lrelu', lr_multiplier: 0.01 }) };
  await writeFile(inFolder(file), writeSafetensors(tensors, metadata));
  return inFolder(file);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trifold-grad-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('writes the gradients and tells how far they are from those of the file', async () => {
  const reference = await writeCase('whole.safetensors', await caseTensors());
  const { code, stdout } = await trifold(
    'grad',
    '--reference',
    reference,
    '--case',
    CASE,
    '--out',
    inFolder('out.safetensors'),
  );
  expect(code).toBe(0);
  for (const name of ['x [3,11]', 'weight [7,11]', 'bias [7]'])
    expect(stdout).toContain(`${CASE}.grad.${name}: largest error`);
  const [file, expected] = [await readFile(inFolder('out.safetensors')), await readFile(reference)].map(
    parseSafetensors,
  );
  for (const name of [`${CASE}.grad.x`, `${CASE}.grad.weight`, `${CASE}.grad.bias`]) {
    expect(file!.info(name).shape).toEqual(expected!.info(name).shape);
    const wanted = expected!.floats(name);
    file!.floats(name).forEach((value, at) => {
      expect(Math.abs(value - wanted[at]!)).toBeLessThan(1e-5);
    });
  }
});

test('ends with 1 where a gradient is too far off, and says which in JSON', async () => {
  const tensors = await caseTensors();
  const wrong = tensors.map((tensor) =>
    tensor.name.endsWith('.grad.bias') ? { ...tensor, data: tensor.data.map((value) => value * 1.01) } : tensor,
  );
  const reference = await writeCase('wrong.safetensors', wrong);
  const { code, stdout } = await trifold('grad', '--reference', reference, '--case', CASE, '--json');
  expect(code).toBe(1);
  const { gradients }: { gradients: { name: string; is_within: boolean }[] } = JSON.parse(stdout);
  expect(gradients.filter((one) => !one.is_within).map(({ name }) => name)).toEqual(['grad.bias']);
});

test('computes gradients that the file does not have', async () => {
  const tensors = (await caseTensors()).filter(({ name }) => !name.includes('.grad.'));
  const reference = await writeCase('inputs.safetensors', tensors);
  const { code, stdout } = await trifold('grad', '--reference', reference, '--case', CASE);
  expect(code).toBe(0);
  expect(stdout.match(/none to compare with/g)).toHaveLength(3);
});

test('a phase of training asks for the files of its networks', async () => {
  await writeFile(inFolder('phase.safetensors'), writeSafetensors([], { Dreg: '{"phase": "Dreg"}' }));
  const { code, stderr } = await trifold('grad', '--reference', inFolder('phase.safetensors'), '--case', 'Dreg');
  expect(code).toBe(2);
  expect(stderr).toContain('generator_tiny.safetensors');
});

test('says what is wrong with the case, the file or the call', async () => {
  const tensors = await caseTensors();
  const whole = await writeCase('whole.safetensors', tensors);
  const without = await writeCase(
    'without.safetensors',
    tensors.filter(({ name }) => !name.includes('.cot.')),
  );
  const [unknown, noCotangent, noFile, noCase] = await Promise.all([
    trifold('grad', '--reference', whole, '--case', 'cooking_3'),
    trifold('grad', '--reference', without, '--case', CASE),
    trifold('grad', '--reference', inFolder('nothing.safetensors'), '--case', CASE),
    trifold('grad', '--reference', whole),
  ]);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/no operation for the case "cooking_3".*modconv, upfirdn_/s);
  expect(noCotangent.code).toBe(1);
  expect(noCotangent.stderr).toContain(`no tensor "${CASE}.cot.y"`);
  expect(noFile.code).toBe(2);
  expect(noCase.code).toBe(2);
});
