/**
 * Videos that the browser encodes, decoded again: the right size, length and number of frames, and in frame k the colours that were drawn
 * into it. A browser without an encoder (H.264 is missing from some builds of Chromium) must say so.
 */
import { ALL_FORMATS, BlobSource, Input, type VideoSample, VideoSampleSink } from 'mediabunny';
import { describe, expect, it } from 'vitest';
import type { PictureRgba } from '../../../src/render/pictures/picture-rgba';
import { NoVideoEncoderError } from '../../../src/studio/export/export-errors';
import { encodeVideo, type VideoFile, type VideoFormat, videoCodecFor } from '../../../src/studio/export/video-file';

const SIDE = 96;
const FPS = 24;
const SECONDS = 5;
const FRAMES = SECONDS * FPS;
/** Largest difference of a flat area's mean, in 255ths: 8 bits of luma and chroma in a limited range, and quantisation. */
const COLOUR_TOLERANCE = 6;
/** WebM stores whole milliseconds. */
const TIME_TOLERANCE = 5e-4;

/** The left half goes from black to white, the right half through reds and blues. */
function coloursOf(index: number): readonly [readonly number[], readonly number[]] {
  const share = index / (FRAMES - 1);
  const grey = Math.round(255 * share);
  return [
    [grey, grey, grey],
    [Math.round(200 - 180 * share), 60, Math.round(20 + 200 * share)],
  ];
}

function drawFrame(index: number, side = SIDE): PictureRgba {
  const [left, right] = coloursOf(index);
  const data = new Uint8ClampedArray(side * side * 4);
  for (let pixel = 0; pixel < side * side; pixel++) {
    data.set(pixel % side < side / 2 ? left : right, pixel * 4);
    data[pixel * 4 + 3] = 255;
  }
  return { width: side, height: side, data };
}

/** Mean colours of the middle of both halves. */
async function coloursIn(sample: VideoSample): Promise<readonly [number[], number[]]> {
  const canvas = new OffscreenCanvas(sample.displayWidth, sample.displayHeight);
  const context = canvas.getContext('2d')!;
  sample.draw(context, 0, 0);
  const quarter = Math.floor(sample.displayWidth / 4);
  const mean = (centre: number) => {
    const { data } = context.getImageData(centre - 4, quarter, 8, 8);
    return [0, 1, 2].map((channel) => data.filter((_, at) => at % 4 === channel).reduce((a, b) => a + b, 0) / 64);
  };
  return [mean(quarter), mean(3 * quarter)];
}

async function decoded(file: VideoFile) {
  using input = new Input({ source: new BlobSource(file.blob), formats: ALL_FORMATS });
  const track = (await input.getPrimaryVideoTrack())!;
  let worstColour = 0;
  let worstTime = 0;
  let frames = 0;
  for await (const sample of new VideoSampleSink(track).samples()) {
    const found = await coloursIn(sample);
    coloursOf(frames).forEach((wanted, half) => {
      wanted.forEach((value, channel) => {
        worstColour = Math.max(worstColour, Math.abs(found[half]![channel]! - value));
      });
    });
    worstTime = Math.max(worstTime, Math.abs(sample.timestamp - frames / FPS));
    sample.close();
    frames++;
  }
  const mimeType = await input.getMimeType();
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  return {
    width,
    height,
    codec: await track.getCodec(),
    mimeType,
    duration: await input.computeDuration(),
    frames,
    worstColour,
    worstTime,
  };
}

const request = (format: VideoFormat) => ({
  format,
  side: SIDE,
  fps: FPS,
  frameCount: FRAMES,
  frame: async (index: number) => drawFrame(index),
});

describe.each(['webm', 'mp4'] as const)('%s', (format) => {
  it('holds five seconds, frame by frame, or cannot be written here', async () => {
    const codec = await videoCodecFor(format, { side: SIDE, fps: FPS });
    console.log(`${format}: this browser takes ${codec ?? 'no codec'}`);
    if (!codec) {
      expect(format).toBe('mp4'); // every build of Chromium can write WebM
      const attempt = encodeVideo({
        ...request(format),
        frame: () => Promise.reject(new Error('a frame was rendered')),
      });
      await expect(attempt).rejects.toThrow(NoVideoEncoderError);
      await expect(attempt).rejects.toMatchObject({ codecs: ['avc'], side: SIDE });
      return;
    }
    const told: number[] = [];
    const file = await encodeVideo({ ...request(format), onProgress: (share) => told.push(share) });
    expect(file).toMatchObject({
      codec,
      extension: format,
      mimeType: `video/${format}`,
      side: SIDE,
      frameCount: FRAMES,
    });
    expect(told.length).toBe(FRAMES);
    expect(told.at(-1)).toBe(1);
    const found = await decoded(file);
    console.log(
      `${format} (${codec}): ${file.blob.size} bytes, worst colour ${found.worstColour.toFixed(2)} of 255, ` +
        `worst time ${(found.worstTime * 1000).toFixed(3)} ms`,
    );
    expect(found).toMatchObject({ width: SIDE, height: SIDE, codec, frames: FRAMES });
    expect(found.mimeType).toContain(`video/${format}`);
    expect(Math.abs(found.duration - SECONDS)).toBeLessThan(2 * TIME_TOLERANCE);
    expect(found.worstTime).toBeLessThan(TIME_TOLERANCE + 1e-6);
    expect(found.worstColour).toBeLessThan(COLOUR_TOLERANCE);
  });
});

it('makes an odd side even', async () => {
  const file = await encodeVideo({
    ...request('webm'),
    frameCount: 2,
    side: 65,
    frame: async (index) => drawFrame(index, 65),
  });
  expect(file.side).toBe(66);
  expect(await decoded(file)).toMatchObject({ width: 66, height: 66, frames: 2 });
});

it('stops with the reason that it is given, and asks for no more frames', async () => {
  const stop = new AbortController();
  const asked: number[] = [];
  const attempt = encodeVideo({
    ...request('webm'),
    signal: stop.signal,
    frame: async (index) => {
      asked.push(index);
      if (index === 3) stop.abort(new Error('enough'));
      return drawFrame(index);
    },
  });
  await expect(attempt).rejects.toThrow('enough');
  expect(asked).toEqual([0, 1, 2, 3]);
});

it("passes a frame's own error on", async () => {
  const attempt = encodeVideo({ ...request('webm'), frame: () => Promise.reject(new Error('the device was lost')) });
  await expect(attempt).rejects.toThrow('the device was lost');
});

it('says which size has no encoder', async () => {
  const attempt = encodeVideo({ ...request('webm'), side: 100_000 });
  await expect(attempt).rejects.toMatchObject({
    name: 'NoVideoEncoderError',
    codecs: ['vp9', 'vp8', 'av1'],
    side: 100_000,
  });
});
