/**
 * `trifold render`: one face to a PNG, or a batch of codes and cameras from a safetensors file to arrays in another.
 */
import { openAsBlob } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import {
  type Checkpoint,
  Generator,
  orbitLabel,
  type PictureKind,
  pictureBytes,
  Recorder,
  type RenderedArrays,
  type RenderSettings,
  readSafetensors,
  seededLatent,
  settingsOf,
  VolumetricRenderer,
  type WritableTensor,
  writeSafetensors,
} from '../src/index';
import { type BatchInputs, readBatch } from './batch';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { choiceOption, integerOption, numberOption } from './options';

const OPTIONS = {
  ...MODEL_OPTIONS,
  out: { type: 'string' },
  inputs: { type: 'string' },
  dump: { type: 'string' },
  seed: { type: 'string', default: '0' },
  psi: { type: 'string', default: '1' },
  yaw: { type: 'string', default: '0' },
  pitch: { type: 'string', default: '0' },
  output: { type: 'string', default: 'image' },
  'neural-resolution': { type: 'string' },
  'depth-samples': { type: 'string' },
  'importance-samples': { type: 'string' },
} as const;

const PICTURES: readonly PictureKind[] = ['image', 'raw', 'depth'];
const LARGEST_SEED = 2 ** 32 - 1;
const MOST_RAYS = 1024;
const MOST_SAMPLES = 192;

export async function render(words: string[]): Promise<void> {
  const { path, values } = parseWords(words);
  const kind = choiceOption('output', values.output, PICTURES);
  const psi = numberOption('psi', values.psi);
  const seed = integerOption('seed', values.seed, 0, LARGEST_SEED);
  const angles = { yaw: numberOption('yaw', values.yaw), pitch: numberOption('pitch', values.pitch, -90, 90) };
  const overrides = settingOverrides(values);

  const checkpoint = await readModelFile(path, await givenFacts(values));
  const inputs = values.inputs === undefined ? undefined : await readSafetensors(await openInputs(values.inputs));
  for (const file of [values.out, values.dump]) if (file !== undefined) await expectWritable(file);
  const gpu = await openGpu();
  try {
    const generator = Generator.create(gpu, checkpoint);
    const { mapping, camera, rendering } = generator.config;
    const toRadians = Math.PI / 180;
    const view = orbitLabel({ ...camera, yaw: angles.yaw * toRadians, pitch: angles.pitch * toRadians });
    const batch: BatchInputs = inputs
      ? readBatch(inputs, mapping, view)
      : { rows: [{ z: seededLatent(seed, mapping.zDim), camera: view }] };
    if (values.out !== undefined && batch.rows.length > 1) {
      throw new UsageError(`--out takes one picture, but the inputs hold ${batch.rows.length}: use --dump`);
    }
    const renderer = await VolumetricRenderer.create(generator, { ...settingsOf(rendering), ...overrides });
    const results: RenderedArrays[] = [];
    for (const [index, row] of batch.rows.entries()) {
      if (row.ws) renderer.setLatents(row.ws);
      else renderer.setFace({ z: row.z!, psi, ...(row.conditioning && { conditioning: row.conditioning }) });
      renderer.setCamera(row.camera);
      const recorder = new Recorder(gpu);
      renderer.encode(recorder);
      recorder.submit();
      results.push(await renderer.read());
      if (batch.rows.length > 1) process.stderr.write(`rendered ${index + 1} of ${batch.rows.length}\n`);
    }
    if (values.out !== undefined) await writeFile(values.out, pngOf(kind, results[0]!));
    if (values.dump !== undefined)
      await writeFile(values.dump, dumpOf(results, generator, renderer.settings, checkpoint));
  } finally {
    gpu.destroy();
  }
}

/** A result that cannot be written should be known before the work, not after it. */
async function expectWritable(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  await access(folder, constants.W_OK).catch(() => {
    throw new UsageError(`"${file}" cannot be written: the folder "${folder}" does not exist or is read-only`);
  });
}

async function openInputs(path: string): Promise<Blob> {
  return openAsBlob(path).catch(() => {
    throw new UsageError(`there is no file "${path}"`);
  });
}

function parseWords(words: string[]) {
  let parsed: ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: words, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  const { values, positionals } = parsed;
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('render takes one checkpoint file');
  if (values.out === undefined && values.dump === undefined) {
    throw new UsageError('render needs --out FILE.png for a picture or --dump FILE.safetensors for arrays');
  }
  return { path, values };
}

function settingOverrides(values: {
  'neural-resolution'?: string;
  'depth-samples'?: string;
  'importance-samples'?: string;
}): Partial<RenderSettings> {
  const resolution = values['neural-resolution'];
  const depth = values['depth-samples'];
  const importance = values['importance-samples'];
  return {
    ...(resolution !== undefined && { neuralResolution: integerOption('neural-resolution', resolution, 1, MOST_RAYS) }),
    ...(depth !== undefined && { depthSamples: integerOption('depth-samples', depth, 2, MOST_SAMPLES) }),
    ...(importance !== undefined && {
      importanceSamples: integerOption('importance-samples', importance, 0, MOST_SAMPLES),
    }),
  };
}

function pngOf(kind: PictureKind, arrays: RenderedArrays): Uint8Array {
  const { side, data } = pictureBytes(kind, arrays);
  return encode({ width: side, height: side, data, channels: 3, depth: 8 });
}

/** The results of all rows as one file, f32 and channels first, as PyTorch would hold them. */
function dumpOf(
  results: readonly RenderedArrays[],
  { config }: Generator,
  { neuralResolution }: RenderSettings,
  checkpoint: Checkpoint,
): Uint8Array {
  const { mapping, backbone, imageResolution } = config;
  const images = (
    name: string,
    channels: number,
    side: number,
    pick: (row: RenderedArrays) => Float32Array,
  ): WritableTensor => ({
    name,
    shape: [results.length, channels, side, side],
    data: concatenate(results.map((row) => channelsFirst(pick(row), side * side, channels))),
  });
  return writeSafetensors(
    [
      {
        name: 'ws',
        shape: [results.length, mapping.numWs ?? 1, mapping.wDim],
        data: concatenate(results.map(({ ws }) => ws)),
      },
      images('planes', backbone.imageChannels, backbone.resolution, ({ planes }) => planes),
      images('feature', config.rendering.decoderOutputs, neuralResolution, ({ feature }) => feature),
      images('raw', 3, neuralResolution, ({ feature }) => firstChannels(feature, config.rendering.decoderOutputs, 3)),
      images('depth', 1, neuralResolution, ({ depth }) => depth),
      images('image', 3, imageResolution, ({ image }) => image),
    ],
    { format: 'trifold-render', sampling: 'even', model: checkpoint.metadata.format ?? '' },
  );
}

/** [pixels, channels] to [channels, pixels]. */
function channelsFirst(values: Float32Array, pixels: number, channels: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      result[channel * pixels + pixel] = values[pixel * channels + channel]!;
    }
  }
  return result;
}

/** The first `count` of each pixel's channels. */
function firstChannels(values: Float32Array, channels: number, count: number): Float32Array {
  return values.filter((_, index) => index % channels < count);
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
