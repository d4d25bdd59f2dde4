/**
 * `trifold video`: a smooth walk from face to face and back to the first, as a video or as numbered pictures.
 *
 * The path is that of the official video script: a spline through the ws of the seeds, and a camera that sways once during the video.
 */

import { extname } from 'node:path';
import { intrinsicsFromFocal } from '../src/camera/intrinsics';
import { videoPose } from '../src/camera/trajectories';
import { TrifoldError } from '../src/errors';
import {
  type CameraLabel,
  DEFAULT_PSI,
  encodePicture,
  FaceLatents,
  Generator,
  loopThroughKeyframes,
  makeLabel,
  orbitLabel,
  Recorder,
  seededLatent,
  VolumetricRenderer,
} from '../src/index';
import type { CameraConfig } from '../src/models/config';
import { truncated } from '../src/models/faces/composition';
import { PICTURE_SIDES, rgbaPicture } from '../src/render/pictures/picture-rgba';
import { joiningCommand } from '../src/studio/export/frames-zip';
import type { VideoFormat } from '../src/studio/export/video-file';
import { type CameraMotion, planVideo, VIDEO_LIMITS, type VideoFrame } from '../src/studio/export/video-plan';
import { givenFacts, MODEL_OPTIONS, readModelFile } from './checkpoint-file';
import { UsageError } from './errors';
import { openGpu } from './gpu';
import { angleOption, integerOption, numberOption, parseWords, seedsOption } from './options';
import { expectWritable } from './output-file';
import { say, sayInPlace } from './standard-error';
import { type FrameOutput, ffmpegOutput, folderOutput, hasFfmpeg } from './video-output';

const OPTIONS = {
  ...MODEL_OPTIONS,
  out: { type: 'string' },
  seeds: { type: 'string' },
  seconds: { type: 'string', default: '2' },
  fps: { type: 'string', default: '24' },
  psi: { type: 'string', default: String(DEFAULT_PSI) },
  turn: { type: 'string' },
  size: { type: 'string' },
} as const;

const FULL_TURN = 360;

const FORMATS: readonly VideoFormat[] = ['webm', 'mp4'];

/** What the words ask for. */
interface Wanted {
  readonly like: string | undefined;
  readonly facts: string | undefined;
  readonly seeds: readonly number[];
  /** Of the whole video. */
  readonly seconds: number;
  readonly fps: number;
  readonly psi: number;
  /** Undefined for the sway of the official script. */
  readonly motion: CameraMotion | undefined;
  /** Pixels; undefined for the model's own. */
  readonly side: number | undefined;
}

/** Ctrl-C. */
class StoppedError extends TrifoldError {
  override readonly code = 'stopped';

  constructor(
    readonly frames: number,
    total: number,
  ) {
    super(
      `Stopped after ${frames} of ${total} frames${frames > 0 ? '; they are kept' : ''}.`,
      'Run the command again for the whole video.',
    );
  }
}

export async function video(words: string[]): Promise<void> {
  const { path, out, wanted } = readWords(words);
  const checkpoint = await readModelFile(path, await givenFacts(wanted));
  const { output, saved } = await outputOf(out, wanted.fps);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal); // to the end: a second Ctrl-C shall not break what the first one lets finish
  try {
    const gpu = await openGpu();
    try {
      await renderVideo(Generator.create(gpu, checkpoint), wanted, output, stop.signal);
    } finally {
      gpu.destroy();
    }
    say(saved);
  } catch (error) {
    if (error instanceof StoppedError && error.frames > 0) say(saved);
    else await output.discard();
    throw error;
  }
}

/** @throws StoppedError, after what there was so far has been finished */
async function renderVideo(
  generator: Generator,
  { seeds, psi, side = generator.config.imageResolution, ...wanted }: Wanted,
  output: FrameOutput,
  signal: AbortSignal,
): Promise<void> {
  const { frames, cameraAt } = planOf(seeds.length, wanted, generator.config.camera);
  const latents = await FaceLatents.create(generator);
  const renderer = await VolumetricRenderer.create(latents);
  const path = loopThroughKeyframes(await keyframesOf(latents, seeds, psi));
  for (const [index, { walkPosition = 0 }] of frames.entries()) {
    if (signal.aborted) {
      if (index > 0) await output.finish();
      throw new StoppedError(index, frames.length);
    }
    if (index === 0 || seeds.length > 1) latents.setWs(path(walkPosition));
    encodePicture(renderer, cameraAt(index), new Recorder(generator.host)).submit();
    await output.add(rgbaPicture(await renderer.readImage(), side));
    sayInPlace(`frame ${index + 1} of ${frames.length}`);
  }
  await output.finish();
}

/** The ws of each seed, truncated. */
async function keyframesOf(latents: FaceLatents, seeds: readonly number[], psi: number): Promise<Float32Array[]> {
  const { zDim } = latents.generator.config.mapping;
  const keyframes: Float32Array[] = [];
  for (const seed of seeds) {
    keyframes.push(truncated(await latents.map({ z: seededLatent(seed, zDim) }), latents.space, psi));
  }
  return keyframes;
}

function planOf(
  sources: number,
  { seconds, fps, motion }: Pick<Wanted, 'seconds' | 'fps' | 'motion'>,
  camera: CameraConfig,
): { frames: readonly VideoFrame[]; cameraAt: (index: number) => CameraLabel } {
  const from = { ...camera, yaw: 0, pitch: 0 };
  const orbit = motion ?? { kind: 'still' };
  const { frames } = planVideo({ kind: 'latent-walk', seconds, fps, from, motion: orbit, sources });
  const sway = (index: number) =>
    makeLabel(videoPose(index, { frames: frames.length, ...camera }), intrinsicsFromFocal(camera.focal));
  return { frames, cameraAt: motion ? (index) => orbitLabel(frames[index]!.pose) : sway };
}

/** Where the frames go, and what to say when they are there. */
async function outputOf(out: string, fps: number): Promise<{ output: FrameOutput; saved: string }> {
  const extension = extname(out);
  const format = FORMATS.find((known) => `.${known}` === extension.toLowerCase());
  if (!format && (extension !== '' || !/[/\\]$/.test(out))) {
    throw new UsageError(`"${out}" is no video that can be written: use .webm or .mp4, or a folder that ends in "/"`);
  }
  await expectWritable(out);
  if (format && hasFfmpeg()) return { output: ffmpegOutput(out, format, fps), saved: `video: ${out}` };
  const folder = format ? out.slice(0, -extension.length) : out;
  const reason = format ? 'there is no ffmpeg on the PATH; ' : '';
  return {
    output: await folderOutput(folder),
    saved: `${reason}frames: ${folder}; to join them: ${joiningCommand(fps, folder, format ? out : 'video.mp4')}`,
  };
}

function readWords(words: string[]) {
  const { values, positionals } = parseWords(words, OPTIONS);
  const [path] = positionals;
  if (path === undefined || positionals.length > 1) throw new UsageError('video takes one checkpoint file');
  const { out } = values;
  if (out === undefined) throw new UsageError('video needs --out: walk.webm, walk.mp4, or frames/');
  if (values.seeds === undefined) throw new UsageError('video needs --seeds, for example --seeds 0-3');
  const seeds = seedsOption('seeds', values.seeds);
  const limits = VIDEO_LIMITS;
  const seconds = seeds.length * numberOption('seconds', values.seconds, limits.seconds.least, limits.seconds.most);
  if (seconds > limits.seconds.most) {
    throw new UsageError(`${seeds.length} seeds make ${seconds} seconds; a video has at most ${limits.seconds.most}`);
  }
  const wanted: Wanted = {
    like: values.like,
    facts: values.facts,
    seeds,
    seconds,
    fps: numberOption('fps', values.fps, limits.fps.least, limits.fps.most),
    psi: numberOption('psi', values.psi),
    motion: values.turn === undefined ? undefined : motionOption(values.turn),
    side:
      values.size === undefined
        ? undefined
        : integerOption('size', values.size, PICTURE_SIDES.least, PICTURE_SIDES.most),
  };
  return { path, out, wanted };
}

/** Full turns go round; less is a swing from side to side, so that the video closes. */
function motionOption(text: string): CameraMotion {
  const most = FULL_TURN * VIDEO_LIMITS.turns.most;
  const degrees = angleOption('turn', text, -most, most);
  if (degrees % FULL_TURN === 0) return { kind: 'turn', turns: degrees / FULL_TURN };
  if (Math.abs(degrees) < FULL_TURN) return { kind: 'swing', yaw: (Math.abs(degrees) * Math.PI) / FULL_TURN, pitch: 0 };
  throw new UsageError(`--turn takes less than 360 degrees for a swing, or whole turns (360, 720), not "${text}"`);
}
