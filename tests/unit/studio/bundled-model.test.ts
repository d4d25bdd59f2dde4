/** Opening the bundled model while index and files are of different versions: a deployment, a cache on the way, a folder that is not whole. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, test, vi } from 'vitest';
import { readGeneratorConfig, type TensorDirectory } from '../../../src/models/generator-config';
import { KeptFiles } from '../../../src/studio/model/kept-files';
import { openModel } from '../../../src/studio/model/open-model';
import { WeightsHashError, WeightsMissingError } from '../../../src/studio/model/weights-errors';
import { fixturePath } from '../../support/fixture-path';

const FILE = new Uint8Array(readFileSync(fixturePath('small/small-eg3d.safetensors')));
const INDEX = JSON.parse(readFileSync(fixturePath('small/index.json'), 'utf8'));
const [ENTRY] = INDEX.models;
/** As it was before: no first view, another hash. */
const OLD_INDEX = { ...INDEX, models: [{ ...ENTRY, sha256: '0'.repeat(64), first: undefined }] };

afterEach(() => vi.unstubAllGlobals());

/** @param index the index that is answered with, by how the browser's cache takes part */
function open(index: (cache: RequestCache | undefined) => object, files: Record<string, Uint8Array<ArrayBuffer>>) {
  vi.stubGlobal('caches', undefined);
  vi.stubGlobal('fetch', async (address: URL, { cache }: RequestInit = {}) => {
    const name = address.pathname.split('/').at(-1)!;
    if (name === 'index.json') return Response.json(index(cache));
    return files[name] ? new Response(files[name]) : new Response('Not found', { status: 404 });
  });
  const heads: TensorDirectory[] = [];
  const folder = new URL('https://here.test/weights/');
  const source = { folder, page: folder, kept: new KeptFiles(new URL('https://here.test/kept/')) };
  const options = {
    signal: new AbortController().signal,
    onProgress: () => {},
    onHead: (head: TensorDirectory) => heads.push(head),
  };
  return { opened: openModel(source, { kind: 'bundled' }, options), heads };
}

test('tells the head of the file, which has the configuration, before the model is there', async () => {
  const { opened, heads } = open(() => INDEX, { [ENTRY.file]: FILE });
  const model = await opened;
  if (model.kind !== 'generator') throw new Error('expected a generator');
  expect(heads.map((head) => readGeneratorConfig(head))).toEqual([model.config]);
});

test('an index without a first view will do', async () => {
  const { opened } = open(() => ({ models: [{ ...ENTRY, first: undefined }] }), { [ENTRY.file]: FILE });
  await expect(opened).resolves.toMatchObject({ sha256: ENTRY.sha256, first: undefined });
});

test('an old index beside a new file is read once more, past the caches', async () => {
  const asked: (RequestCache | undefined)[] = [];
  const { opened } = open(
    (cache) => {
      asked.push(cache);
      return cache === 'reload' ? INDEX : OLD_INDEX;
    },
    { [ENTRY.file]: FILE },
  );
  await expect(opened).resolves.toMatchObject({ sha256: ENTRY.sha256 });
  expect(asked).toEqual(['no-cache', 'reload']);
});

test('an index that stays old says what to do', async () => {
  const refused = await open(() => OLD_INDEX, { [ENTRY.file]: FILE }).opened.catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WeightsHashError);
  expect(refused).toMatchObject({ remedy: expect.stringContaining('upload the folder "weights" again') });
});

test('a folder without the file says which is missing', async () => {
  const refused = await open(() => INDEX, {}).opened.catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WeightsMissingError);
  expect(refused).toMatchObject({ message: expect.stringContaining(ENTRY.file), status: 404 });
});

test('a folder without the student opens: it is asked for when it is wanted', async () => {
  const { opened } = open(() => INDEX, { [ENTRY.file]: FILE });
  await expect(opened).resolves.toMatchObject({ student: { file: ENTRY.student.file } });
  const { opened: alone } = open(() => ({ models: [{ ...ENTRY, student: undefined }] }), { [ENTRY.file]: FILE });
  await expect(alone).resolves.toMatchObject({ student: undefined });
});
