/**
 * Where the frames of a video go: through ffmpeg into a video file, or as numbered PNG pictures into a folder. Node has no video encoder.
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { TrifoldError } from '../src/errors';
import { evenPicture, type PictureRgba } from '../src/render/pictures/picture-rgba';
import { OutOfRoomError } from '../src/studio/export/export-errors';
import { frameFileName } from '../src/studio/export/frames-zip';
import { pngBytes } from '../src/studio/export/picture-export';
import type { VideoFormat } from '../src/studio/export/video-file';
import { UsageError } from './errors';
import { writeWhole } from './output-file';
import { STANDARD_ERROR } from './standard-error';

/** Takes the frames of a video one after the other. */
export interface FrameOutput {
  add(picture: PictureRgba): Promise<void>;
  /** Makes the result of the frames that have come so far. */
  finish(): Promise<void>;
  /** Throws away what is half done. */
  discard(): Promise<void>;
}

/** Constant quality: no traces of compression to the eye. */
const ENCODERS: Readonly<Record<VideoFormat, readonly string[]>> = {
  webm: ['-c:v', 'libvpx-vp9', '-crf', '18', '-b:v', '0', '-f', 'webm'],
  mp4: ['-c:v', 'libx264', '-crf', '16', '-movflags', '+faststart', '-f', 'mp4'],
};

/** ffmpeg gave up. */
class FfmpegError extends TrifoldError {
  override readonly code = 'ffmpeg';

  constructor(readonly exitCode: number | null) {
    super(
      exitCode === null ? 'ffmpeg was ended.' : `ffmpeg ended with exit code ${exitCode}.`,
      'See what ffmpeg says above; or write PNG pictures, with --out and a folder that ends in "/".',
    );
  }
}

export function hasFfmpeg(): boolean {
  return spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
}

/** A video file, written aside by ffmpeg and moved into place when it is finished. */
export function ffmpegOutput(file: string, format: VideoFormat, fps: number): FrameOutput {
  const unfinished = `${file}.unfinished`;
  let ffmpeg: ChildProcess | undefined;
  let ended: Promise<number | null> | undefined;

  const start = ({ width, height }: PictureRgba) => {
    const words = [
      ...['-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-video_size', `${width}x${height}`],
      ...['-framerate', String(fps), '-i', '-'],
      // What players expect of a video, said explicitly: else red and green shift a little from player to player.
      ...['-vf', 'scale=out_color_matrix=bt709:out_range=tv', '-pix_fmt', 'yuv420p'],
      ...['-colorspace', 'bt709', '-color_primaries', 'bt709', '-color_trc', 'bt709'],
      ...[...ENCODERS[format], '-y', unfinished],
    ];
    // In a process group of its own, Ctrl-C does not reach it: it gets to finish the video.
    const child = spawn('ffmpeg', words, { stdio: ['pipe', 'ignore', STANDARD_ERROR], detached: true });
    ended = new Promise((resolve) => child.on('close', resolve).on('error', () => resolve(null)));
    child.stdin?.on('error', () => undefined); // a broken pipe: its exit code tells
    return child;
  };

  return {
    async add(picture) {
      const even = evenPicture(picture);
      ffmpeg ??= start(even);
      const { stdin } = ffmpeg;
      const written = new Promise<void>((resolve) => stdin!.write(even.data, () => resolve()));
      await Promise.race([written, ended]);
      if (ffmpeg.exitCode !== null || ffmpeg.signalCode !== null) throw new FfmpegError(ffmpeg.exitCode);
    },
    async finish() {
      ffmpeg?.stdin?.end();
      const exitCode = await ended;
      if (exitCode !== 0) throw new FfmpegError(exitCode ?? null);
      await rename(unfinished, file);
    },
    async discard() {
      ffmpeg?.kill('SIGKILL');
      await ended;
      await rm(unfinished, { force: true });
    },
  };
}

/**
 * Numbered PNG pictures in a folder, which is made.
 * @throws UsageError for a folder that holds frames already: they would mix
 */
export async function folderOutput(folder: string): Promise<FrameOutput> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).includes(frameFileName(0))) {
    throw new UsageError(`"${folder}" holds frames of another video: remove them, or name another --out`);
  }
  let frames = 0;
  let bytes = 0;
  return {
    async add(picture) {
      const png = pngBytes(picture);
      try {
        await writeWhole(join(folder, frameFileName(frames)), png);
      } catch (error) {
        const isFull = error instanceof Error && 'code' in error && error.code === 'ENOSPC';
        throw isFull ? new OutOfRoomError(bytes, error) : error;
      }
      frames++;
      bytes += png.byteLength;
    },
    finish: async () => undefined,
    discard: async () => undefined, // finished frames are of use
  };
}
