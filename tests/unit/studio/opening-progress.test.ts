/** One bar for everything up to the first picture: it never goes back, is full only with the picture, and says what the page waits for. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseSafetensors, writeSafetensors } from '../../../src/checkpoints/safetensors';
import type { TensorDirectory } from '../../../src/models/generator-config';
import { headListener } from '../../../src/studio/model/file-head';
import { OpeningProgress } from '../../../src/studio/model/opening-progress';
import type { LoadingProgress } from '../../../src/studio/shared/state';

describe('the progress of opening', () => {
  let shown: LoadingProgress[];
  let progress: OpeningProgress;
  const last = () => shown.at(-1)!;

  beforeEach(() => {
    vi.useFakeTimers();
    shown = [];
    progress = new OpeningProgress((now) => shown.push(now));
  });

  afterEach(() => {
    progress.stop();
    vi.useRealTimers();
    const shares = shown.map(({ share }) => share!);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(Math.max(...shares)).toBeLessThan(1);
  });

  test('goes through files, kernels, planes and picture', () => {
    const kernels = { compiledCount: 0, pipelineCount: 0 };
    progress.kernels(kernels);
    progress.files({ phase: 'download', receivedBytes: 5, totalBytes: 10 });
    expect(last()).toMatchObject({ phase: 'download', receivedBytes: 5, totalBytes: 10 });
    kernels.pipelineCount = 20;
    kernels.compiledCount = 4;
    vi.advanceTimersByTime(100);
    expect(last().phase).toBe('download'); // kernels are compiled meanwhile
    progress.filesDone();
    expect(last()).toMatchObject({ phase: 'kernels', kernels: { compiled: 4, wanted: 20 } });
    progress.planes(0.5);
    expect(last().phase).toBe('planes');
    progress.planes(1);
    expect(last().phase).toBe('kernels');
    kernels.compiledCount = 20;
    vi.advanceTimersByTime(100);
    expect(last().phase).toBe('kernels'); // nobody has said yet that these are all
    let drawn = 0;
    progress.picture(() => drawn);
    expect(last().phase).toBe('picture');
    const before = last().share!;
    drawn = 0.5;
    vi.advanceTimersByTime(100);
    expect(last().share).toBeGreaterThan(before);
    drawn = 7;
    vi.advanceTimersByTime(100);
  });

  test('does not go back for a file that is fetched again, nor for kernels that turn up late', () => {
    const kernels = { compiledCount: 5, pipelineCount: 5 };
    progress.kernels(kernels);
    progress.files({ phase: 'download', receivedBytes: 9, totalBytes: 10 });
    vi.advanceTimersByTime(100);
    kernels.pipelineCount = 50;
    progress.files({ phase: 'download', receivedBytes: 0, totalBytes: 10 });
    vi.advanceTimersByTime(100);
    progress.filesDone();
  });

  test('ends with the picture', () => {
    progress.filesDone();
    progress.stop();
    const { length } = shown;
    vi.advanceTimersByTime(1000);
    expect(shown.length).toBe(length);
  });
});

describe('the head of a file that is on its way', () => {
  const file = writeSafetensors(
    [
      { name: 'a', shape: [2], data: Float32Array.of(1, 2), dtype: 'F16' },
      { name: 'b', shape: [1], data: Float32Array.of(3) },
    ],
    { format: 'test' },
  );

  test('is told once, as soon as it is whole, and says what the file says', () => {
    const heads: TensorDirectory[] = [];
    const take = headListener(file.length, (head) => heads.push(head));
    const whole = parseSafetensors(file);
    for (let length = 0; length <= file.length; length++) {
      take(file.subarray(0, length));
      if (length < file.length - 8) expect(heads.length, String(length)).toBe(0); // eight bytes of data follow the head
    }
    expect(heads.length).toBe(1);
    expect(heads[0]!.metadata).toEqual(whole.metadata);
    expect(heads[0]!.info('a')).toEqual(whole.info('a'));
    expect(heads[0]!.has('c')).toBe(false);
  });

  test('that cannot be read is left to whoever reads the whole file', () => {
    const tell = vi.fn();
    for (const bytes of [new Uint8Array(100).fill(255), new Uint8Array(100), file.map((byte) => byte ^ 1)]) {
      const take = headListener(bytes.length, tell);
      expect(() => take(bytes)).not.toThrow();
      take(bytes);
    }
    expect(tell).not.toHaveBeenCalled();
  });

  test('that cannot be used harms nobody', () => {
    const take = headListener(file.length, () => {
      throw new Error('not a model');
    });
    expect(() => take(file)).not.toThrow();
  });
});
