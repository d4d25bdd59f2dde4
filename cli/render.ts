/**
 * `trifold render`: one face to a PNG, or a batch of codes and cameras from a safetensors file to arrays in another.
 */
import { openAsBlob } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { encode } from 'fast-png';
import {
  ConvolutionalRenderer,
  colourBytes,
  DEFAULT_PSI,
  depthBytes,
  FaceLatents,
  type FrameRenderer,
  Generator,
  orbitLabel,
  type PictureBytes,
  type PictureKind,
  RENDERER_KINDS,
  Recorder,
  type RenderSettings,
  readSafetensors,
  Student,
  seededLatent,
  settingsOf,
  VolumetricRenderer,
  type WritableTensor,
  writeSafetensors,
} from '../src/index';
import { type PictureRgba, rgbaCutOut } from '../src/render/pictures/picture-rgba';
import { generatorConvLayers, studentConvLayers } from '../src/render/wiring';
import { pngBytes } from '../src/studio/export/picture-export';
import { type BatchInputs, type BatchRow, readBatch } from './batch';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { angleOption, choiceOption, integerOption, numberOption, parseWords, seedOption } from './options';
import { expectWritable } from './output-file';
import { convolutionalTensors, volumetricTensors } from './render-dump';
import { say } from './standard-error';
import { readStudentFile, type StudentFile } from './student-file';
import { tuneCommandLine } from './tuning';

const OPTIONS = {
  ...MODEL_OPTIONS,
  out: { type: 'string' },
  inputs: { type: 'string' },
  dump: { type: 'string' },
  seed: { type: 'string', default: '0' },
  psi: { type: 'string', default: String(DEFAULT_PSI) },
  yaw: { type: 'string', default: '0' },
  pitch: { type: 'string', default: '0' },
  output: { type: 'string', default: 'image' },
  'cut-out': { type: 'boolean', default: false },
  renderer: { type: 'string', default: 'volumetric' },
  student: { type: 'string' },
  'neural-resolution': { type: 'string' },
  'depth-samples': { type: 'string' },
  'importance-samples': { type: 'string' },
  tune: { type: 'boolean', default: false },
  halves: { type: 'boolean', default: false },
} as const;

const RAY_OPTIONS = ['neural-resolution', 'depth-samples', 'importance-samples'] as const;
const PICTURES: readonly PictureKind[] = ['image', 'raw', 'depth'];
const MOST_RAYS = 1024;
const MOST_SAMPLES = 192;

/** What a renderer made of all rows. */
interface Rendered {
  /** Of the first row. */
  picture(kind: PictureKind): PictureBytes;
  /** Of the last row, without its background; undefined where nobody was taught what is background. */
  cutOut(): Promise<PictureRgba | undefined>;
  tensors(): WritableTensor[];
}

export async function render(words: string[]): Promise<void> {
  const { path, values } = readWords(words);
  const kind = choiceOption('output', values.output, PICTURES);
  const psi = numberOption('psi', values.psi);
  const seed = seedOption('seed', values.seed);
  const angles = { yaw: angleOption('yaw', values.yaw), pitch: angleOption('pitch', values.pitch, -90, 90) };
  const overrides = settingOverrides(values);
  const studentPath = wantedStudent(values, kind);

  const checkpoint = await readModelFile(path, await givenFacts(values));
  const student = studentPath === undefined ? undefined : await readStudentFile(studentPath, path);
  const inputs = values.inputs === undefined ? undefined : await readSafetensors(await openInputs(values.inputs));
  for (const file of [values.out, values.dump]) if (file !== undefined) await expectWritable(file);
  const gpu = await openGpu(values.halves);
  try {
    const generator = Generator.create(gpu, checkpoint);
    const { mapping, camera, rendering } = generator.config;
    if (values.tune) {
      const settings = { ...settingsOf(rendering), ...overrides };
      const layers = student
        ? studentConvLayers(generator.config, student.checkpoint, gpu)
        : generatorConvLayers(checkpoint, settings, gpu);
      await tuneCommandLine(gpu, layers);
    }
    const toRadians = Math.PI / 180;
    const view = orbitLabel({ ...camera, yaw: angles.yaw * toRadians, pitch: angles.pitch * toRadians });
    const batch: BatchInputs = inputs
      ? readBatch(inputs, mapping, view)
      : { rows: [{ z: seededLatent(seed, mapping.zDim), camera: view }] };
    if (values.out !== undefined && batch.rows.length > 1) {
      throw new UsageError(`--out takes one picture, but the inputs hold ${batch.rows.length}: use --dump`);
    }
    const latents = await FaceLatents.create(generator);
    const rendered = student
      ? await renderWithStudent(latents, batch.rows, psi, student)
      : await renderVolumes(latents, batch.rows, psi, overrides);
    if (values.out !== undefined)
      await writeFile(values.out, values['cut-out'] ? await cutOutPng(rendered) : pngOf(rendered.picture(kind)));
    if (values.dump !== undefined) {
      const { format = '' } = checkpoint.metadata;
      const how = {
        format: 'trifold-render',
        renderer: values.renderer,
        ...(!student && { sampling: 'even' }),
        model: format,
      };
      await writeFile(values.dump, writeSafetensors(rendered.tensors(), how));
    }
  } finally {
    gpu.destroy();
  }
}

async function renderVolumes(
  latents: FaceLatents,
  rows: readonly BatchRow[],
  psi: number,
  overrides: Partial<RenderSettings>,
): Promise<Rendered> {
  const { config } = latents.generator;
  const renderer = await VolumetricRenderer.create(latents, { ...settingsOf(config.rendering), ...overrides });
  const results = await renderRows(latents, renderer, rows, psi);
  const first = results[0]!;
  return {
    picture: (kind) => {
      if (kind === 'depth') return depthBytes(first);
      return kind === 'raw' ? colourBytes(first.feature, config.rendering.decoderOutputs) : colourBytes(first.image, 3);
    },
    cutOut: () => cutOutOf(renderer, config.imageResolution),
    tensors: () => volumetricTensors(results, config, renderer.settings),
  };
}

/** A wanted depth has been refused before. */
async function renderWithStudent(
  latents: FaceLatents,
  rows: readonly BatchRow[],
  psi: number,
  { checkpoint, config }: StudentFile,
): Promise<Rendered> {
  const student = Student.create(latents.generator.host, checkpoint);
  const renderer = await ConvolutionalRenderer.create(latents, student);
  const results = await renderRows(latents, renderer, rows, psi);
  const { feature, image } = results[0]!;
  return {
    picture: (kind) =>
      kind === 'raw' ? colourBytes(feature, config.superResolution.inputChannels) : colourBytes(image, 3),
    cutOut: () => cutOutOf(renderer, latents.generator.config.imageResolution),
    tensors: () => convolutionalTensors(results, config),
  };
}

async function cutOutOf(renderer: FrameRenderer, side: number): Promise<PictureRgba | undefined> {
  const cutOut = await renderer.readCutOut();
  return cutOut && rgbaCutOut(cutOut, side);
}

async function renderRows<Arrays>(
  latents: FaceLatents,
  renderer: FrameRenderer & { read(): Promise<Arrays> },
  rows: readonly BatchRow[],
  psi: number,
): Promise<Arrays[]> {
  const results: Arrays[] = [];
  for (const row of rows) {
    if (row.ws) latents.setWs(row.ws);
    else await latents.setFace({ z: row.z!, psi, ...(row.conditioning && { conditioning: row.conditioning }) });
    renderer.setCamera(row.camera);
    const recorder = new Recorder(latents.generator.host);
    renderer.encode(recorder);
    recorder.submit();
    results.push(await renderer.read());
    if (rows.length > 1) say(`rendered ${results.length} of ${rows.length}`);
  }
  return results;
}

async function openInputs(path: string): Promise<Blob> {
  return openAsBlob(path).catch(() => {
    throw new UsageError(`there is no file "${path}"`);
  });
}

function readWords(words: string[]) {
  const { values, positionals } = parseWords(words, OPTIONS);
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('render takes one checkpoint file');
  if (values['cut-out'] && (values.out === undefined || values.output !== 'image')) {
    throw new UsageError('--cut-out is for the image that --out writes');
  }
  if (values.out === undefined && values.dump === undefined) {
    throw new UsageError('render needs --out FILE.png for a picture or --dump FILE.safetensors for arrays');
  }
  return { path, values };
}

type Values = ReturnType<typeof readWords>['values'];

/**
 * The student's file of the convolutional renderer, undefined for the volumetric one.
 * @throws UsageError for what the wanted renderer lacks, or would not heed
 */
function wantedStudent(values: Values, kind: PictureKind): string | undefined {
  const { student } = values;
  if (choiceOption('renderer', values.renderer, RENDERER_KINDS) === 'volumetric') {
    if (student === undefined) return undefined;
    throw new UsageError(
      'the volumetric renderer has no use for --student: add --renderer convolutional, or leave it out',
    );
  }
  if (student === undefined) throw new UsageError('the convolutional renderer needs --student FILE');
  if (kind === 'depth') throw new UsageError('the convolutional renderer knows no depth: --output takes image or raw');
  for (const name of RAY_OPTIONS) {
    if (values[name] !== undefined)
      throw new UsageError(`the convolutional renderer casts no rays: leave out --${name}`);
  }
  return student;
}

function settingOverrides(values: Values): Partial<RenderSettings> {
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

/** @throws UsageError where the background cannot be told from the head */
async function cutOutPng(rendered: Rendered): Promise<Uint8Array> {
  const picture = await rendered.cutOut();
  if (!picture) throw new UsageError('this model does not tell its background from the head: leave out --cut-out');
  return pngBytes(picture);
}

function pngOf({ side, data }: PictureBytes): Uint8Array {
  return encode({ width: side, height: side, data, channels: 3, depth: 8 });
}
