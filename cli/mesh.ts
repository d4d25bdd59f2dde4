/**
 * `trifold mesh`: one face as a mesh file, or its density as a volume.
 */
import { basename, extname } from 'node:path';
import {
  DEFAULT_PSI,
  type DensityGrid,
  encodeMesh,
  encodeMrc,
  extractSurface,
  type FacePlanes,
  Generator,
  LARGEST_RESOLUTION,
  LEAST_RESOLUTION,
  type LongJob,
  MESH_FORMATS,
  type MeshFormat,
  makeFacePlanes,
  meshStatistics,
  OFFICIAL_LEVEL,
  type SurfaceOptions,
  sampleDensityGrid,
  seededLatent,
  shadeMesh,
  voxelSide,
} from '../src/index';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { integerOption, numberOption, parseWords, seedOption } from './options';
import { expectWritable, writeWhole } from './output-file';
import { say } from './standard-error';

const OPTIONS = {
  ...MODEL_OPTIONS,
  out: { type: 'string' },
  seed: { type: 'string', default: '0' },
  psi: { type: 'string', default: String(DEFAULT_PSI) },
  resolution: { type: 'string', default: '256' },
  level: { type: 'string', default: String(OFFICIAL_LEVEL) },
  smooth: { type: 'string', default: '0' },
  'all-components': { type: 'boolean', default: false },
} as const;

const MOST_SMOOTHING = 1000;
const FORMATS = [...MESH_FORMATS, 'mrc'] as const;

export async function mesh(words: string[]): Promise<void> {
  const { path, out, values } = readWords(words);
  const format = formatOf(out);
  const seed = seedOption('seed', values.seed);
  const psi = numberOption('psi', values.psi);
  const resolution = integerOption('resolution', values.resolution, LEAST_RESOLUTION, LARGEST_RESOLUTION);
  const surface: SurfaceOptions = {
    level: numberOption('level', values.level),
    smoothing: integerOption('smooth', values.smooth, 0, MOST_SMOOTHING),
    allComponents: values['all-components'],
  };

  const checkpoint = await readModelFile(path, await givenFacts(values));
  await expectWritable(out);
  const gpu = await openGpu();
  try {
    const generator = Generator.create(gpu, checkpoint);
    const { planes } = await makeFacePlanes(generator, { z: seededLatent(seed, generator.config.mapping.zDim), psi });
    const grid = await sampleDensityGrid(generator, planes, resolution, progressOf('density'));
    const bytes = format === 'mrc' ? encodeMrc(grid) : await meshBytes(generator, planes, grid, surface, format, out);
    await writeWhole(out, bytes);
    say(`${out}: ${(bytes.byteLength / 1e6).toFixed(1)} MB`);
  } finally {
    gpu.destroy();
  }
}

async function meshBytes(
  generator: Generator,
  planes: FacePlanes['planes'],
  grid: DensityGrid,
  options: SurfaceOptions,
  format: MeshFormat,
  out: string,
): Promise<Uint8Array> {
  const surface = await extractSurface(grid, options, progressOf('surface'));
  const { vertices, triangles, components, isManifold, bounds } = meshStatistics(surface);
  const extent = bounds.most.map((most, axis) => (most - bounds.least[axis]!).toFixed(3)).join(' x ');
  say(
    `${vertices} vertices, ${triangles} triangles in ${components === 1 ? 'one piece' : `${components} pieces`}, ` +
      `${extent} scene units, ${isManifold ? 'closed' : 'not closed'}`,
  );
  const name = basename(out, extname(out));
  if (format === 'stl') return encodeMesh(format, surface, name); // it has no room for what shading adds
  return encodeMesh(format, await shadeMesh(generator, planes, surface, voxelSide(grid), progressOf('colours')), name);
}

/** Tells tenths of a long job on stderr. */
function progressOf(what: string): LongJob {
  let told = 0;
  return {
    onProgress: (share) => {
      const tenths = Math.floor(share * 10);
      if (tenths > told) say(`${what}: ${tenths * 10} %`);
      told = tenths;
    },
  };
}

function formatOf(out: string): MeshFormat | 'mrc' {
  const ending = extname(out).slice(1).toLowerCase();
  const format = FORMATS.find((known) => known === ending);
  if (format === undefined) {
    throw new UsageError(
      `"${out}" has no ending that mesh can write: ${FORMATS.map((known) => `.${known}`).join(', ')}`,
    );
  }
  return format;
}

function readWords(words: string[]) {
  const { values, positionals } = parseWords(words, OPTIONS);
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('mesh takes one checkpoint file');
  if (values.out === undefined) throw new UsageError('mesh needs --out FILE, for example --out head.glb');
  return { path, out: values.out, values };
}
