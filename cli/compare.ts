/**
 * `trifold compare`: how far a convolutional student is from the volume rendering of its generator, over many faces and over the yaw
 * (NeRF-GAN distillation, section 4.5: 3D consistency), as JSON. The cameras are those of the page's consistency strip.
 */
import {
  ConvolutionalRenderer,
  compareView,
  encodePicture,
  FaceLatents,
  type FrameRenderer,
  Generator,
  Recorder,
  STRIP_VIEWS,
  Student,
  seededLatent,
  stripCamera,
  stripYaws,
  type TeacherMatch,
  VolumetricRenderer,
} from '../src/index';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { integerOption, numberOption, parseWords, seedsOption } from './options';
import { expectWritable, writeWhole } from './output-file';
import { say } from './standard-error';
import { readStudentFile } from './student-file';

const OPTIONS = {
  ...MODEL_OPTIONS,
  student: { type: 'string' },
  seeds: { type: 'string', default: '0..63' },
  views: { type: 'string', default: String(STRIP_VIEWS) },
  psi: { type: 'string', default: '1' },
  out: { type: 'string' },
} as const;

const MOST_VIEWS = 361;
const DEGREES = 180 / Math.PI;

/** How alike the two renderers' pictures of one face from one yaw are. */
interface Measurement {
  readonly seed: number;
  readonly yawDegrees: number;
  /** Decibels. */
  readonly psnr: number;
  readonly ssim: number;
}

interface Report {
  readonly checkpoint: string;
  readonly student: string;
  /** Whether the student names the checkpoint file as its teacher; 'unknown' if it names none. */
  readonly teacher_match: TeacherMatch;
  readonly adapter: string;
  readonly psi: number;
  readonly seeds: readonly number[];
  readonly yaws_degrees: readonly number[];
  readonly mean: { readonly psnr: number; readonly ssim: number };
  /** Mean and standard deviation over the seeds. */
  readonly by_yaw: readonly {
    readonly yaw: number;
    readonly psnr_mean: number;
    readonly psnr_std: number;
    readonly ssim_mean: number;
    readonly ssim_std: number;
  }[];
  /** Mean over the yaws. */
  readonly by_seed: readonly { readonly seed: number; readonly psnr: number; readonly ssim: number }[];
  /** Wall clock of rendering, tri-planes and reading back included. */
  readonly seconds: { readonly volumetric: number; readonly convolutional: number };
}

export async function compare(words: string[]): Promise<void> {
  const { path, studentPath, values } = readWords(words);
  const seeds = seedsOption('seeds', values.seeds);
  const yaws = stripYaws(integerOption('views', values.views, 1, MOST_VIEWS));
  const psi = numberOption('psi', values.psi);

  const checkpoint = await readModelFile(path, await givenFacts(values));
  const student = await readStudentFile(studentPath, path);
  if (values.out !== undefined) await expectWritable(values.out);
  const gpu = await openGpu();
  try {
    const generator = Generator.create(gpu, checkpoint);
    const latents = await FaceLatents.create(generator);
    const volumetric = await VolumetricRenderer.create(latents);
    const convolutional = await ConvolutionalRenderer.create(latents, Student.create(gpu, student.checkpoint));
    const measured: Measurement[] = [];
    const seconds = { volumetric: 0, convolutional: 0 };
    const picture = async (renderer: FrameRenderer, yaw: number) => {
      const start = performance.now();
      encodePicture(renderer, stripCamera(generator.config.camera, yaw), new Recorder(gpu)).submit();
      const image = await renderer.readImage();
      seconds[renderer.kind] += (performance.now() - start) / 1000;
      return image;
    };
    for (const [index, seed] of seeds.entries()) {
      await latents.setFace({ z: seededLatent(seed, generator.config.mapping.zDim), psi });
      for (const yaw of yaws) {
        const view = compareView(yaw, await picture(volumetric, yaw), await picture(convolutional, yaw));
        measured.push({ seed, yawDegrees: inDegrees(yaw), psnr: view.psnr, ssim: view.ssim });
      }
      tellProgress(measured.slice(-yaws.length), index + 1, seeds.length);
    }
    const report: Report = {
      checkpoint: path,
      student: studentPath,
      teacher_match: student.teacherMatch,
      adapter: gpu.adapter.name,
      psi,
      seeds,
      yaws_degrees: yaws.map(inDegrees),
      ...statisticsOf(measured),
      seconds,
    };
    const json = `${JSON.stringify(report, null, 2)}\n`;
    if (values.out === undefined) process.stdout.write(json);
    else await writeWhole(values.out, json);
  } finally {
    gpu.destroy();
  }
}

function statisticsOf(measured: readonly Measurement[]): Pick<Report, 'mean' | 'by_yaw' | 'by_seed'> {
  const yaws = [...new Set(measured.map(({ yawDegrees }) => yawDegrees))];
  const seeds = [...new Set(measured.map(({ seed }) => seed))];
  return {
    mean: meansOf(measured),
    by_yaw: yaws.map((yaw) => {
      const views = measured.filter(({ yawDegrees }) => yawDegrees === yaw);
      const { psnr, ssim } = meansOf(views);
      const psnr_std = deviationOf(views.map((view) => view.psnr));
      const ssim_std = deviationOf(views.map((view) => view.ssim));
      return { yaw, psnr_mean: psnr, psnr_std, ssim_mean: ssim, ssim_std };
    }),
    by_seed: seeds.map((seed) => ({ seed, ...meansOf(measured.filter((view) => view.seed === seed)) })),
  };
}

/** The mean of PSNR is that of the decibels, as papers report it, not the PSNR of the mean error. */
function meansOf(views: readonly Measurement[]): { psnr: number; ssim: number } {
  return { psnr: meanOf(views.map(({ psnr }) => psnr)), ssim: meanOf(views.map(({ ssim }) => ssim)) };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Standard deviation of the values themselves, taken as the whole population. */
function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}

function tellProgress(views: readonly Measurement[], done: number, all: number): void {
  const { psnr, ssim } = meansOf(views);
  const numbers = `${psnr.toFixed(2)} dB, SSIM ${ssim.toFixed(4)}`;
  say(`seed ${views[0]!.seed}: ${numbers} (${done} of ${all})`);
}

/** Without the last digits, which are noise of the conversion. */
function inDegrees(radians: number): number {
  return Number((radians * DEGREES).toFixed(6));
}

function readWords(words: string[]) {
  const { values, positionals } = parseWords(words, OPTIONS);
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('compare takes one checkpoint file');
  if (values.student === undefined) throw new UsageError('compare needs --student FILE');
  return { path, studentPath: values.student, values };
}
