/** PNG files and zips of frames, read back by other code than wrote them. */
import { decode } from 'fast-png';
import { strFromU8, unzipSync } from 'fflate';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type PictureRgba, rgbaCutOut, rgbaPicture } from '../../../src/render/pictures/picture-rgba';
import { NoAlphaError, OutOfRoomError } from '../../../src/studio/export/export-errors';
import { frameFileName, zipFrames } from '../../../src/studio/export/frames-zip';
import { exportPicture } from '../../../src/studio/export/picture-export';

const SIDE = 32;
const image = Float32Array.from({ length: SIDE * SIDE * 3 }, (_, at) => Math.sin(at * at));
const cutOut = Float32Array.from({ length: SIDE * SIDE * 4 }, (_, at) => (at % 4 === 3 ? (at % 64) / 63 : 0.01));
const bytesOf = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());

describe('exportPicture', () => {
  it('writes an opaque PNG of the chosen size', async () => {
    const { blob, mimeType, extension } = await exportPicture({ image, cutOut }, { side: 48, isTransparent: false });
    expect([blob.type, mimeType, extension]).toEqual(['image/png', 'image/png', 'png']);
    const png = decode(await bytesOf(blob));
    expect([png.width, png.height, png.channels, png.depth]).toEqual([48, 48, 3, 8]);
    expect([...png.data]).toEqual([...rgbaPicture(image, 48).data.filter((_, at) => at % 4 < 3)]);
  });

  it('keeps the colour of faint pixels in a transparent one', async () => {
    const { blob } = await exportPicture({ image, cutOut }, { side: SIDE, isTransparent: true });
    const png = decode(await bytesOf(blob));
    expect(png.channels).toBe(4);
    expect([...png.data]).toEqual([...rgbaCutOut(cutOut, SIDE).data]);
  });

  it('says why there is no transparent background without alpha', async () => {
    const attempt = exportPicture({ image }, { side: SIDE, isTransparent: true });
    await expect(attempt).rejects.toThrow(NoAlphaError);
  });
});

describe('zipFrames', () => {
  const frame = async (index: number): Promise<PictureRgba> =>
    rgbaPicture(new Float32Array(SIDE * SIDE * 3).fill(index / 4 - 1), SIDE);

  it('holds every frame in order, and how to join them', async () => {
    const told: number[] = [];
    const { blob, extension } = await zipFrames({
      fps: 24,
      frameCount: 4,
      frame,
      onProgress: (share) => told.push(share),
    });
    expect(extension).toBe('zip');
    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
    const files = unzipSync(await bytesOf(blob));
    expect(Object.keys(files)).toEqual([...[0, 1, 2, 3].map(frameFileName), 'how-to-join.txt']);
    for (let index = 0; index < 4; index++) {
      const png = decode(files[frameFileName(index)]!);
      expect([...png.data.subarray(0, 3)]).toEqual([...(await frame(index)).data.subarray(0, 3)]);
    }
    expect(strFromU8(files['how-to-join.txt']!)).toContain('ffmpeg -framerate 24 -i frame-%05d.png');
  });

  it('stops with the reason that it is given, and asks for no more frames', async () => {
    const stop = new AbortController();
    const asked: number[] = [];
    const attempt = zipFrames({
      fps: 24,
      frameCount: 10,
      signal: stop.signal,
      frame: (index) => {
        asked.push(index);
        if (index === 2) stop.abort(new Error('enough'));
        return frame(index);
      },
    });
    await expect(attempt).rejects.toThrow('enough');
    expect(asked).toEqual([0, 1, 2]);
  });

  it("passes a frame's own error on", async () => {
    const attempt = zipFrames({ fps: 24, frameCount: 2, frame: () => Promise.reject(new RangeError('lost')) });
    await expect(attempt).rejects.toThrow('lost');
  });
});

describe('a full disk', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('shows when the browser reads the blob, and is said', async () => {
    class LostBlob extends Blob {
      override slice(): Blob {
        throw new DOMException('The blob could not be kept.', 'NotReadableError');
      }
    }
    vi.stubGlobal('Blob', LostBlob);
    const attempt = exportPicture({ image }, { side: SIDE, isTransparent: false });
    await expect(attempt).rejects.toThrow(OutOfRoomError);
    await expect(attempt).rejects.toMatchObject({ remedy: expect.stringContaining('space') });
  });

  it('shows when there is no memory for another frame', async () => {
    const noMemory = class extends Blob {
      constructor() {
        super();
        throw new RangeError('Array buffer allocation failed');
      }
    };
    vi.stubGlobal('Blob', noMemory);
    const frame = async () => rgbaPicture(image, SIDE);
    await expect(zipFrames({ fps: 24, frameCount: 1, frame })).rejects.toThrow(OutOfRoomError);
  });
});
