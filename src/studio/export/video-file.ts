/**
 * A video file out of single pictures: the browser's own encoders (WebCodecs) compress them, `mediabunny` writes the container. Frame-exact:
 * every picture becomes one frame, frame k is shown from k / fps on (WebM stores times as whole milliseconds), however long it took to render.
 *
 * MP4 holds H.264, which plays everywhere but which not every build of a browser can write; WebM holds VP9, VP8 or AV1. Codecs store colour
 * at half the resolution, so sides are even: an odd picture gets its last row and column twice. Videos are opaque; alpha is not kept.
 */
import {
  BufferTarget,
  getFirstEncodableVideoCodec,
  Mp4OutputFormat,
  Output,
  Quality,
  type VideoCodec,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
} from 'mediabunny';
import type { LongJob } from '../../geometry/long-job';
import { evenPicture, evenSide, type PictureRgba } from '../../render/pictures/picture-rgba';
import { isOutOfRoom, NoVideoEncoderError, OutOfRoomError, VideoEncodingError } from './export-errors';
import { readableBlob } from './readable-blob';

export type VideoFormat = 'mp4' | 'webm';

/** In the order of preference. */
export const VIDEO_CODECS: Readonly<Record<VideoFormat, readonly VideoCodec[]>> = {
  mp4: ['avc'],
  webm: ['vp9', 'vp8', 'av1'],
};

const MIME_TYPES: Readonly<Record<VideoFormat, string>> = { mp4: 'video/mp4', webm: 'video/webm' };

/** A player can jump to these; more of them make the file larger. */
const SECONDS_BETWEEN_KEY_FRAMES = 2;

export interface VideoEncodingRequest extends LongJob {
  readonly format: VideoFormat;
  /** Width and height of every frame in pixels; odd ones grow by one. */
  readonly side: number;
  readonly fps: number;
  /** 1 or more. */
  readonly frameCount: number;
  /** Bits a second. Default: what the codec needs to show no traces at that size. */
  readonly bitrate?: number | undefined;
  /** Renders frame `index`, 0..frameCount-1; asked for one at a time, in order. */
  readonly frame: (index: number) => Promise<PictureRgba>;
}

/** What an export gives: something to save. */
export interface ExportedFile {
  readonly blob: Blob;
  readonly mimeType: string;
  /** Without a dot. */
  readonly extension: string;
}

export interface VideoFile extends ExportedFile {
  readonly codec: VideoCodec;
  /** Of the encoded picture: even. */
  readonly side: number;
  readonly frameCount: number;
}

/** The codec that this browser would take, undefined if it has no encoder for that size. */
export async function videoCodecFor(
  format: VideoFormat,
  { side, fps, bitrate }: Pick<VideoEncodingRequest, 'side' | 'fps' | 'bitrate'>,
): Promise<VideoCodec | undefined> {
  const size = { width: evenSide(side), height: evenSide(side) };
  const options = { ...size, frameRate: fps, quality: qualityOf(bitrate) };
  return (await getFirstEncodableVideoCodec([...VIDEO_CODECS[format]], options)) ?? undefined;
}

/**
 * Encodes a video, frame by frame; holds the compressed file in memory, and one picture.
 * @throws NoVideoEncoderError (before any frame is rendered), VideoEncodingError, OutOfRoomError, what `frame` throws, and the signal's
 * reason if it is stopped
 */
export async function encodeVideo(request: VideoEncodingRequest): Promise<VideoFile> {
  const { format, side, fps, frameCount, bitrate, frame, signal, onProgress } = request;
  signal?.throwIfAborted();
  const codec = await videoCodecFor(format, request);
  if (!codec) throw new NoVideoEncoderError(format === 'mp4' ? 'MP4' : 'WebM', VIDEO_CODECS[format], evenSide(side));

  const target = new BufferTarget();
  const output = new Output({ format: format === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat(), target });
  let bytes = 0;
  const source = new VideoSampleSource({
    codec,
    quality: qualityOf(bitrate),
    keyFrameInterval: SECONDS_BETWEEN_KEY_FRAMES,
    onEncodedPacket: (packet) => {
      bytes += packet.byteLength;
    },
  });
  output.addVideoTrack(source, { frameRate: fps });
  /** Runs a piece of encoding and gives its errors a name. */
  const encoding = async <T>(index: number, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw isOutOfRoom(error) ? new OutOfRoomError(bytes, error) : new VideoEncodingError(codec, index, error);
    }
  };
  try {
    await encoding(0, () => output.start());
    for (let index = 0; index < frameCount; index++) {
      const picture = evenPicture(await frame(index));
      signal?.throwIfAborted();
      await encoding(index, () => addFrame(source, picture, index / fps, 1 / fps));
      onProgress?.((index + 1) / frameCount);
      signal?.throwIfAborted();
    }
    await encoding(frameCount - 1, () => output.finalize());
  } catch (error) {
    await output.cancel().catch(() => undefined); // the first error is the one to tell
    throw error;
  }
  const mimeType = MIME_TYPES[format];
  const blob = await readableBlob([target.buffer!], mimeType);
  return { blob, mimeType, extension: format, codec, side: evenSide(side), frameCount };
}

async function addFrame(
  source: VideoSampleSource,
  { width, height, data }: PictureRgba,
  timestamp: number,
  duration: number,
): Promise<void> {
  const sample = new VideoSample(data, {
    format: 'RGBA',
    codedWidth: width,
    codedHeight: height,
    timestamp,
    duration,
  });
  try {
    await source.add(sample);
  } finally {
    sample.close();
  }
}

function qualityOf(bitrate: number | undefined): Quality {
  return new Quality(bitrate === undefined ? 'very-high' : { bitrate });
}
