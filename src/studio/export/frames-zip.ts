/**
 * A video as numbered PNG pictures in a zip, for browsers without an encoder and for people who edit. Written as it comes: of the pictures
 * only the compressed ones are kept, as blobs, which a browser may put on the disk.
 */
import { strToU8, Zip, ZipPassThrough } from 'fflate';
import { betweenSlabs, type LongJob } from '../../geometry/long-job';
import type { PictureRgba } from '../../render/pictures/picture-rgba';
import { isOutOfRoom, OutOfRoomError } from './export-errors';
import { pngBytes } from './picture-export';
import { readableBlob } from './readable-blob';
import type { ExportedFile } from './video-file';

const NUMBER_LENGTH = 5;

export interface FramesRequest extends LongJob {
  readonly fps: number;
  /** 1 or more. */
  readonly frameCount: number;
  /** Renders frame `index`, 0..frameCount-1; asked for one at a time, in order. */
  readonly frame: (index: number) => Promise<PictureRgba>;
}

/** "frame-00012.png" of the frame 12. */
export function frameFileName(index: number): string {
  return `frame-${String(index).padStart(NUMBER_LENGTH, '0')}.png`;
}

/**
 * The call of ffmpeg that joins such frames.
 * @param folder where they are, "" for the present one
 * @param out the video's file
 */
export function joiningCommand(fps: number, folder: string, out: string): string {
  const frames = `${folder && `${folder.replace(/[/\\]$/, '')}/`}frame-%0${NUMBER_LENGTH}d.png`;
  const quoted = (path: string) => (/[^\w./%-]/.test(path) ? JSON.stringify(path) : path);
  return `ffmpeg -framerate ${fps} -i ${quoted(frames)} -pix_fmt yuv420p ${quoted(out)}`;
}

/**
 * Puts frames into a zip, beside a text that says how to make a video of them.
 * @throws OutOfRoomError, what `frame` throws, and the signal's reason if it is stopped
 */
export async function zipFrames({ fps, frameCount, frame, signal, onProgress }: FramesRequest): Promise<ExportedFile> {
  const parts: Blob[] = [];
  let bytes = 0;
  let failure: unknown;
  const zip = new Zip((error, chunk) => {
    if (error) failure = error;
    bytes += chunk.byteLength;
    parts.push(new Blob([new Uint8Array(chunk)]));
  });
  const add = (name: string, contents: () => Uint8Array) => {
    try {
      const entry = new ZipPassThrough(name); // a PNG is compressed already
      zip.add(entry);
      entry.push(contents(), true);
    } catch (error) {
      failure ??= error;
    }
    if (failure) throw isOutOfRoom(failure) ? new OutOfRoomError(bytes, failure) : failure;
  };
  const mimeType = 'application/zip';
  try {
    for (let index = 0; index < frameCount; index++) {
      signal?.throwIfAborted();
      const picture = await frame(index);
      add(frameFileName(index), () => pngBytes(picture));
      await betweenSlabs({ signal, onProgress }, (index + 1) / frameCount);
    }
    add('how-to-join.txt', () => strToU8(`${joiningCommand(fps, '', 'video.mp4')}\n`));
    zip.end();
  } catch (error) {
    zip.terminate();
    throw error;
  }
  return { blob: await readableBlob(parts, mimeType), mimeType, extension: 'zip' };
}
