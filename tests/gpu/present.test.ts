/** Presentation: colours, letterboxing, filtering and the depth colour map, drawn into a texture and read back. */
import { afterAll, describe, expect, test } from 'vitest';
import { Recorder } from '../../src/gpu/recorder';
import { destroyTensor, type Tensor, uploadTensor } from '../../src/gpu/tensor';
import { viridisTable } from '../../src/pipelines/colour-map';
import { createPresenter, type PresentSource, type PresentTarget } from '../../src/pipelines/present';
import { testGpu } from './support';

const gpu = await testGpu();
const presenter = await createPresenter(gpu, 'rgba8unorm');
const tensors: Tensor[] = [];

function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  const made = uploadTensor(gpu, 'shown', shape, values);
  tensors.push(made);
  return made;
}

afterAll(() => {
  presenter.destroy();
  for (const made of tensors) destroyTensor(gpu, made);
});

/** Draws into a texture; returns a function that gives the pixel at (x, y) as [r, g, b, a] of 0 to 255. */
async function shown(source: PresentSource, target: PresentTarget): Promise<(x: number, y: number) => number[]> {
  const { width, height } = target;
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const texture = gpu.device.createTexture({ size: [width, height], format: 'rgba8unorm', usage });
  const bytesPerRow = Math.ceil((width * 4) / 256) * 256;
  const readable = gpu.memory.create('pixels', bytesPerRow * height, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  gpu.device.pushErrorScope('validation');
  const recorder = new Recorder(gpu);
  presenter.draw(recorder, texture.createView(), source, target);
  recorder.encoder.copyTextureToBuffer({ texture }, { buffer: readable, bytesPerRow }, [width, height]);
  recorder.submit();
  expect(await gpu.device.popErrorScope()).toBeNull();
  await readable.mapAsync(GPUMapMode.READ);
  const pixels = new Uint8Array(readable.getMappedRange()).slice();
  gpu.memory.release(readable);
  texture.destroy();
  return (x, y) => [...pixels.subarray(y * bytesPerRow + x * 4, y * bytesPerRow + x * 4 + 4)];
}

const byte = (value: number) => Math.round(Math.min(1, Math.max(0, value)) * 255);

function expectPixel(actual: number[], expected: number[], what: string): void {
  const worst = Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!)));
  expect(worst, `${what}: got ${actual}, expected ${expected}`).toBeLessThanOrEqual(1);
}

describe('rgb', () => {
  const quarters = [-1, 0, 1, 0.5, -0.5, 0, 1, 1, 1, -1, -1, 2];
  const image = tensor([1, 2, 2, 3], quarters);

  test('a picture of the canvas size is shown pixel by pixel: -1 is black, 1 is white, more is clamped', async () => {
    const pixel = await shown({ kind: 'rgb', image }, { width: 2, height: 2 });
    expectPixel(pixel(0, 0), [0, byte(0.5), 255, 255], 'top left');
    expectPixel(pixel(1, 0), [byte(0.75), byte(0.25), byte(0.5), 255], 'top right');
    expectPixel(pixel(0, 1), [255, 255, 255, 255], 'bottom left');
    expectPixel(pixel(1, 1), [0, 0, 255, 255], 'bottom right');
  });

  test('of a feature image the first three channels are shown', async () => {
    const channels = 32;
    const values = new Float32Array(4 * channels).fill(0.9);
    for (let i = 0; i < 4; i++) values.set(quarters.slice(i * 3, i * 3 + 3), i * channels);
    const feature = tensor([1, 2, 2, channels], values);
    const [raw, picture] = [
      await shown({ kind: 'rgb', image: feature }, { width: 2, height: 2 }),
      await shown({ kind: 'rgb', image }, { width: 2, height: 2 }),
    ];
    for (const [x, y] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      expect(raw(x, y)).toEqual(picture(x, y));
  });

  test('the picture stays square in the middle, with the background at both sides', async () => {
    const background = [0.2, 0.4, 0.6] as const;
    const beside = [...background.map(byte), 255];
    const white = tensor([1, 4, 4, 3], new Float32Array(48).fill(1));
    const wide = await shown({ kind: 'rgb', image: white }, { width: 100, height: 40, background });
    for (const x of [0, 29, 70, 99]) expectPixel(wide(x, 20), beside, `wide, x = ${x}`);
    for (const x of [30, 50, 69]) expectPixel(wide(x, 0), [255, 255, 255, 255], `wide, x = ${x}`);
    const tall = await shown({ kind: 'rgb', image: white }, { width: 16, height: 48, background });
    for (const y of [0, 15, 32, 47]) expectPixel(tall(8, y), beside, `tall, y = ${y}`);
    for (const y of [16, 31]) expectPixel(tall(0, y), [255, 255, 255, 255], `tall, y = ${y}`);
  });

  test('enlarging is smooth: a ramp stays a ramp', async () => {
    const ramp = tensor(
      [1, 8, 8, 3],
      Float32Array.from({ length: 192 }, (_, i) => (Math.floor(i / 3) % 8) / 4 - 0.875),
    );
    const pixel = await shown({ kind: 'rgb', image: ramp }, { width: 64, height: 64 });
    // Between the centres of the second and the next-to-last column the interpolation is exact.
    for (let x = 12; x < 52; x++) expectPixel(pixel(x, 30), Array(3).fill(byte((x + 0.5) / 64)), `x = ${x}`);
  });
});

describe('depth', () => {
  const viridis = viridisTable();
  const colour = (entry: number) => [...viridis.subarray(entry * 3, entry * 3 + 3)].map(byte);
  // Near, half way, far, and an empty ray whose depth must not matter.
  const depth = tensor([1, 2, 2, 1], [2, 2.5, 3, 99]);
  const range = tensor([4], [0, 100, 2, 3]);

  test('near is bright, far is dark, and an empty ray shows the background', async () => {
    const alpha = tensor([1, 2, 2, 1], [1, 1, 1, 0]);
    const background = [0.5, 0.5, 0.5] as const;
    const pixel = await shown({ kind: 'depth', depth, alpha, range }, { width: 2, height: 2, background });
    expectPixel(pixel(0, 0), [...colour(255), 255], 'near');
    expectPixel(pixel(0, 1), [...colour(0), 255], 'far');
    expectPixel(pixel(1, 1), [byte(0.5), byte(0.5), byte(0.5), 255], 'empty');
    const between = colour(127).map((value, i) => (value + colour(128)[i]!) / 2);
    expectPixel(pixel(1, 0), between, 'half way');
  });

  test('the colour map runs from dark violet to yellow', () => {
    expect(colour(0)).toEqual([0x44, 0x01, 0x54]);
    expect(colour(255)).toEqual([0xfd, 0xe7, 0x25]);
  });
});

test('showing the same again allocates nothing', async () => {
  const image = tensor([1, 2, 2, 3], new Float32Array(12));
  const target = { width: 4, height: 4 };
  await shown({ kind: 'rgb', image }, target);
  const { bytesInUse, bufferCount } = gpu.memory;
  await shown({ kind: 'rgb', image }, target);
  expect(gpu.memory.bytesInUse).toBe(bytesInUse);
  expect(gpu.memory.bufferCount).toBe(bufferCount);
  expect(gpu.statistics.dispatches.present).toBeGreaterThan(1);
});
