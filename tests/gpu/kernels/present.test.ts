/** Presentation: colours, letterboxing, filtering, colour maps and parts of the canvas, drawn into a texture and read back. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { ShapeError } from '../../../src/gpu/errors';
import { Recorder } from '../../../src/gpu/recorder';
import { destroyTensor, type Tensor, uploadTensor } from '../../../src/gpu/tensor';
import { divergingTable, lightness, viridisTable } from '../../../src/pipelines/pictures/colour-map';
import {
  createPresenter,
  type PicturePart,
  type PresentSource,
  type PresentTarget,
} from '../../../src/pipelines/pictures/present';
import { sideBySide, wipe } from '../../../src/render/pictures/picture-layout';
import { testGpu } from '../support';

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

type Pixels = (x: number, y: number) => number[];

/** Draws one thing over all of a texture; returns a function that gives the pixel at (x, y) as [r, g, b, a] of 0 to 255. */
function shown(source: PresentSource, target: PresentTarget): Promise<Pixels> {
  return shownParts([{ source }], target);
}

async function shownParts(parts: readonly PicturePart[], target: PresentTarget): Promise<Pixels> {
  const { width, height } = target;
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
  const texture = gpu.device.createTexture({ size: [width, height], format: 'rgba8unorm', usage });
  const bytesPerRow = Math.ceil((width * 4) / 256) * 256;
  const readable = gpu.memory.create('pixels', bytesPerRow * height, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  gpu.device.pushErrorScope('validation');
  const recorder = new Recorder(gpu);
  presenter.draw(recorder, texture.createView(), target, parts);
  recorder.encoder.copyTextureToBuffer({ texture }, { buffer: readable, bytesPerRow }, [width, height]);
  recorder.submit();
  expect(await gpu.device.popErrorScope()).toBeNull();
  await readable.mapAsync(GPUMapMode.READ);
  const pixels = new Uint8Array(readable.getMappedRange()).slice();
  gpu.memory.release(readable);
  texture.destroy();
  return (x, y) => [...pixels.subarray(y * bytesPerRow + x * 4, y * bytesPerRow + x * 4 + 4)];
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));

function catmullRom(x: number): number {
  const distance = Math.abs(x);
  if (distance < 1) return (1.5 * distance - 2.5) * distance ** 2 + 1;
  return distance < 2 ? ((2.5 - 0.5 * distance) * distance - 4) * distance + 2 : 0;
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

  test('shrunk, a checkerboard and lone dots turn to their mean, and a straight edge stays', async () => {
    const side = 60;
    const patterned = (isWhite: (x: number, y: number) => boolean) =>
      Float32Array.from({ length: side * side * 3 }, (_, i) =>
        isWhite(Math.floor(i / 3) % side, Math.floor(i / 3 / side)) ? 1 : -1,
      );
    const checks = tensor(
      [1, side, side, 3],
      patterned((x, y) => x >= 30 && (x + y) % 2 === 0),
    );
    const dots = tensor(
      [1, side, side, 3],
      patterned((x, y) => x % 4 === 0 && y % 4 === 0),
    );
    // 4, 5 and 6 times smaller: without a wider kernel, 5 times shows a checkerboard again, and 4 times no dot or every one.
    for (const size of [15, 12, 10]) {
      const target = { width: size, height: size };
      const pixel = await shown({ kind: 'rgb', image: checks }, target);
      for (const y of [0, 1, 6, size - 1]) {
        expectPixel(pixel(1, y), [0, 0, 0, 255], `${size}: black, y = ${y}`);
        for (const x of [size - 3, size - 4])
          expectPixel(pixel(x, y), Array(3).fill(byte(0.5)), `${size}: (${x}, ${y})`);
      }
    }
    const pixel = await shown({ kind: 'rgb', image: dots }, { width: 15, height: 15 });
    for (const x of [3, 4, 7, 11]) expectPixel(pixel(x, 7), Array(3).fill(byte(1 / 16)), `dots, x = ${x}`);
  });

  test('shrinking is that of Pillow 9.4, up to the edges', async () => {
    // i = np.arange(24 * 24); p = np.float32(0.5 * np.sin(i * 0.9) + 0.4 * np.cos((i // 24) * 1.3)).reshape(24, 24)
    // r = np.array(Image.fromarray(p).resize((m, m), Image.BICUBIC)); r[0, 0], r[1, 2], r[m // 2, m // 2], r[m - 1, 3], r[m - 1, m - 1]
    const expected = {
      10: [0.15309, -0.11986, -0.13839, -0.17241, -0.16431],
      6: [0.01655, 0.00364, 0.00129, -0.06445, -0.05371],
    };
    const pattern = Float32Array.from({ length: 24 * 24 * 3 }, (_, channelIndex) => {
      const i = Math.floor(channelIndex / 3);
      return 0.5 * Math.sin(i * 0.9) + 0.4 * Math.cos(Math.floor(i / 24) * 1.3);
    });
    const image = tensor([1, 24, 24, 3], pattern);
    for (const [m, values] of Object.entries(expected).map(([side, v]) => [Number(side), v] as const)) {
      const pixel = await shown({ kind: 'rgb', image }, { width: m, height: m });
      const actual = [pixel(0, 0), pixel(2, 1), pixel(m >> 1, m >> 1), pixel(3, m - 1), pixel(m - 1, m - 1)];
      actual.forEach((colour, i) => {
        expectPixel(colour, Array(3).fill(byte(values[i]! / 2 + 0.5)), `${m} x ${m}, sample ${i}`);
      });
    }
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

describe('cut-out', () => {
  const side = 6;
  const picture = Float32Array.from({ length: side * side * 4 }, (_, at) => {
    const alpha = clamp(1.4 * Math.sin(Math.floor(at / 4) * 0.83) + 0.5);
    return at % 4 === 3 ? alpha : alpha * clamp(0.5 + 0.6 * Math.sin(at));
  });
  const cutOut = tensor([1, side, side, 4], picture);
  const opaque = tensor(
    [1, side, side, 3],
    Float32Array.from({ length: side * side * 3 }, (_, at) => Math.sin(at)),
  );

  /** The cubic of Catmull and Rom around a place between pixels, and what the canvas then holds over a background. */
  function expected(x: number, y: number, scale: number, background: readonly number[]): number[] {
    const place = [(x + 0.5) / scale - 0.5, (y + 0.5) / scale - 0.5];
    const [left, top] = place.map(Math.floor);
    const sums = [0, 0, 0, 0];
    for (let row = -1; row <= 2; row++) {
      for (let column = -1; column <= 2; column++) {
        const weight = catmullRom(place[0]! - left! - column) * catmullRom(place[1]! - top! - row);
        const inside = (at: number) => Math.min(side - 1, Math.max(0, at));
        const pixel = inside(top! + row) * side + inside(left! + column);
        for (let channel = 0; channel < 4; channel++) sums[channel]! += weight * picture[pixel * 4 + channel]!;
      }
    }
    const alpha = clamp(sums[3]!);
    return [0, 1, 2, 3].map((channel) => {
      const own = channel === 3 ? alpha : Math.min(alpha, Math.max(0, sums[channel]!));
      return byte(own + (1 - alpha) * background[channel]!);
    });
  }

  test('over nothing it is premultiplied, over a colour it covers what it covers', async () => {
    const scale = 5;
    const target = { width: side * scale, height: side * scale };
    for (const background of [undefined, [1, 1, 1], [0.1, 0.5, 0.9]] as const) {
      const pixel = await shown({ kind: 'cut-out', picture: cutOut }, { ...target, background });
      for (let y = 0; y < target.height; y += 3) {
        for (let x = 0; x < target.width; x++) {
          const behind = background ? [...background, 1] : [0, 0, 0, 0];
          expectPixel(pixel(x, y), expected(x, y, scale, behind), `(${x}, ${y}) over ${background}`);
          expect(Math.max(...pixel(x, y).slice(0, 3))).toBeLessThanOrEqual(pixel(x, y)[3]!);
        }
      }
    }
  });

  test('beside it is what is behind', async () => {
    const pixel = await shown({ kind: 'cut-out', picture: cutOut }, { width: 30, height: 10 });
    for (const x of [0, 9, 20, 29]) expect(pixel(x, 5)).toEqual([0, 0, 0, 0]);
  });

  test('a picture that has one stands on any background, and on white it is itself to the last bit', async () => {
    const target = { width: 31, height: 31 };
    const source = { kind: 'rgb', image: opaque, cutOut } as const;
    const own = await shown({ kind: 'rgb', image: opaque }, { ...target, background: [0, 0, 0] });
    const onWhite = await shown(source, { ...target, background: [1, 1, 1] });
    const onNothing = await shown(source, target);
    const alone = await shown({ kind: 'cut-out', picture: cutOut }, target);
    for (let y = 0; y < 31; y++) {
      for (let x = 0; x < 31; x++) {
        expect(onWhite(x, y)).toEqual(own(x, y));
        expect(onNothing(x, y)).toEqual(alone(x, y));
      }
    }
  });
});

describe('normals', () => {
  const side = 8;
  /** A sphere from the left to the right edge, seen from the front; the corners are empty. */
  const sphere = Array.from({ length: side * side }, (_, k) => {
    const [x, y] = [(k % side) + 0.5 - side / 2, side / 2 - Math.floor(k / side) - 0.5].map((v) => v / (side / 2));
    const rest = 1 - x! ** 2 - y! ** 2;
    return rest > 0 ? [x!, y!, Math.sqrt(rest), 1] : [0, 0, 0, 0];
  });
  const normals = tensor([1, side, side, 4], sphere.flat());

  test('are blended to unit vectors: between two rays there is no step, and a sphere keeps its colours', async () => {
    const scale = 16;
    const pixel = await shown({ kind: 'normals', normals }, { width: side * scale, height: side * scale });
    let [step, error] = [0, 0];
    for (let x = 24; x < 104; x++) {
      const here = pixel(x, 64);
      const unit = here.slice(0, 3).map((value) => value / 127.5 - 1);
      expect(Math.hypot(...unit)).toBeCloseTo(1, 1);
      expect(here[3]).toBe(255);
      step = Math.max(step, ...pixel(x + 1, 64).map((value, channel) => Math.abs(value - here[channel]!)));
      error = Math.max(error, Math.abs(unit[0]! - ((x + 0.5) / scale - side / 2) / (side / 2)));
    }
    expect(step).toBeLessThanOrEqual(4); // of blocks it would be 32
    expect(error).toBeLessThan(0.06);
  });

  test('end at the edge of the surface, within a part of a ray', async () => {
    const scale = 16;
    const flat = Array.from({ length: side * side }, (_, k) => (k % side < 4 ? [0, 0, 1, 1] : [0, 0, 0, 0]));
    const half = tensor([1, side, side, 4], flat.flat());
    const background = [0.25, 0.5, 0.75] as const;
    const pixel = await shown({ kind: 'normals', normals: half }, { width: 128, height: 128, background });
    for (const x of [0, 30, 58]) expectPixel(pixel(x, 64), [128, 128, 255, 255], `inside, x = ${x}`);
    for (const x of [70, 90, 127]) expectPixel(pixel(x, 64), [...background.map(byte), 255], `outside, x = ${x}`);
    expect(scale * 4).toBe(64); // the edge of the surface
    expectPixel(pixel(64, 64), pixel(64, 20), 'straight');
  });
});

describe('difference', () => {
  const diverging = divergingTable();
  const colour = (entry: number) => [...diverging.subarray(entry * 3, entry * 3 + 3)].map(byte);
  const between = (entry: number) => colour(entry).map((value, i) => (value + colour(entry + 1)[i]!) / 2);
  const first = tensor([1, 2, 2, 3], [0, 0, 0, 0.5, 0.5, 0.5, -0.5, -0.5, -0.5, 1, 1, 1]);

  test('brighter is red, darker is blue, equal is nearly white; what a screen cuts off does not count', async () => {
    const second = tensor([1, 2, 2, 3], [0.5, 0.5, 0.5, 0, 0, 0, -0.5, -0.5, -0.5, 3, 3, 3]);
    const size = { width: 2, height: 2 };
    const pixel = await shown({ kind: 'difference', first, second, range: 0.5 }, size);
    expectPixel(pixel(0, 0), [...colour(255), 255], 'brighter by the range');
    expectPixel(pixel(1, 0), [...colour(0), 255], 'darker by the range');
    expectPixel(pixel(0, 1), between(127), 'equal');
    expectPixel(pixel(1, 1), between(127), 'both white on a screen');
    const wider = await shown({ kind: 'difference', first, second, range: 2 }, size);
    const entry = (0.5 + 0.5 * (0.5 / 2)) * 255;
    expectPixel(wider(0, 0), [...colour(Math.round(entry)), 255], 'brighter by a quarter of the range');
  });

  test('the channels weigh as in Rec. 709', async () => {
    const black = tensor([1, 1, 3, 3], new Float32Array(9).fill(-1));
    const primaries = tensor([1, 1, 3, 3], [1, -1, -1, -1, 1, -1, -1, -1, 1]);
    const size = { width: 3, height: 1 };
    const pixel = await shown({ kind: 'difference', first: black, second: primaries, range: 2 }, size);
    [0.2126, 0.7152, 0.0722].forEach((weight, x) => {
      const entry = (0.5 + 0.5 * weight) * 255;
      const [low, high] = [colour(Math.floor(entry)), colour(Math.ceil(entry))];
      expectPixel(
        pixel(x, 0),
        low.map((value, i) => value + (high[i]! - value) * (entry % 1)),
        `channel ${x}`,
      );
    });
  });

  test('the colour map is light in the middle, and falls in equal steps of lightness to ends that are equally dark', () => {
    const lightnesses = Array.from({ length: 256 }, (_, entry) => {
      const [red, green, blue] = diverging.subarray(entry * 3, entry * 3 + 3);
      return lightness([red!, green!, blue!]);
    });
    expect(lightnesses[127]).toBeGreaterThan(93);
    for (let entry = 0; entry < 128; entry++) {
      // 8 bits a channel are steps of up to half an L*.
      const even = lightnesses[0]! + (entry / 127.5) * (lightnesses[127]! - lightnesses[0]!);
      expect(Math.abs(lightnesses[entry]! - even), `entry ${entry}`).toBeLessThan(1);
      expect(Math.abs(lightnesses[entry]! - lightnesses[255 - entry]!), `entry ${entry}`).toBeLessThan(1);
    }
    const [red, , blue] = colour(0);
    expect(blue).toBeGreaterThan(red!);
  });

  test('pictures of other sizes are refused', () => {
    const other = tensor([1, 2, 3, 3], new Float32Array(18));
    const texture = gpu.device.createTexture({
      size: [1, 1],
      format: 'rgba8unorm',
      usage: GPUTextureUsage.RENDER_ATTACHMENT,
    });
    const source = { kind: 'difference', first, second: other, range: 1 } as const;
    const draw = () => presenter.draw(new Recorder(gpu), texture.createView(), { width: 1, height: 1 }, [{ source }]);
    expect(draw).toThrow(ShapeError);
    texture.destroy();
  });
});

describe('parts', () => {
  const solid = (red: number, green: number, blue: number): PresentSource => {
    const values = Array.from({ length: 16 }, () => [red, green, blue]).flat();
    return { kind: 'rgb', image: tensor([1, 4, 4, 3], values) };
  };
  const [redPicture, greenPicture] = [solid(1, -1, -1), solid(-1, 1, -1)];
  const [red, green, nothing] = [
    [255, 0, 0, 255],
    [0, 255, 0, 255],
    [0, 0, 0, 0],
  ];

  test('side by side: each in the middle of its own half', async () => {
    const size = { width: 32, height: 10 };
    const [left, right] = sideBySide(size);
    const parts = [
      { source: redPicture, ...left },
      { source: greenPicture, ...right },
    ];
    const pixel = await shownParts(parts, size);
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 32; x++) {
        const isPicture = x % 16 >= 3 && x % 16 < 13;
        expectPixel(pixel(x, y), !isPicture ? nothing : x < 16 ? red : green, `(${x}, ${y})`);
      }
    }
  });

  test('a wipe shows each picture at the place it has alone', async () => {
    const size = { width: 24, height: 24 };
    const image = (phase: number) => {
      const values = Float32Array.from({ length: 8 * 8 * 3 }, (_, i) => Math.sin(i * 0.7 + phase));
      return { kind: 'rgb', image: tensor([1, 8, 8, 3], values) } as const;
    };
    const [first, second] = [image(0), image(1)];
    const [firstAlone, secondAlone] = [await shown(first, size), await shown(second, size)];
    for (const share of [0, 0.4, 1]) {
      const [left, right] = wipe(size, share);
      const parts = [
        { source: first, ...left },
        { source: second, ...right },
      ];
      const pixel = await shownParts(parts, size);
      for (let x = 0; x < 24; x++) {
        const expected = x < left.clip.width ? firstAlone : secondAlone;
        for (const y of [0, 11, 23]) expect(pixel(x, y)).toEqual(expected(x, y));
      }
    }
  });

  test('parts of other kinds share a canvas, later ones lie above, and what lies beyond the canvas is left out', async () => {
    const ones = tensor([1, 4, 4, 1], new Float32Array(16).fill(1));
    const depth = { kind: 'depth', depth: ones, alpha: ones, range: tensor([4], [0, 3, 1, 2]) } as const;
    const size = { width: 8, height: 8 };
    const corner = { x: 6, y: 6, width: 8, height: 8 };
    const pixel = await shownParts([{ source: depth }, { source: redPicture, region: corner }], size);
    expectPixel(pixel(5, 5), [0xfd, 0xe7, 0x25, 255], 'depth');
    expectPixel(pixel(6, 6), red, 'picture');
    expectPixel(pixel(7, 7), red, 'picture');
    expectPixel(pixel(7, 5), [0xfd, 0xe7, 0x25, 255], 'depth above the picture');
  });
});

test('showing the same again, alone or beside another, allocates and uploads nothing', async () => {
  const image = tensor([1, 2, 2, 3], new Float32Array(12));
  const other = tensor([1, 2, 2, 3], new Float32Array(12).fill(1));
  const target = { width: 4, height: 4 };
  const places = wipe(target, 0.5);
  const alone: readonly PicturePart[] = [{ source: { kind: 'rgb', image } }];
  const both: readonly PicturePart[] = [
    { source: { kind: 'difference', first: image, second: other, range: 1 }, ...places[0] },
    { source: { kind: 'rgb', image: other }, ...places[1] },
  ];
  await shownParts(both, target);
  const { bytesInUse, bufferCount } = gpu.memory;
  const { queue } = gpu.device;
  for (const parts of [both, alone]) {
    await shownParts(parts, target);
    const writes = vi.spyOn(queue, 'writeBuffer');
    const bindGroups = vi.spyOn(gpu.device, 'createBindGroup');
    const pixel = await shownParts(parts, target);
    expectPixel(pixel(3, 3), Array(3).fill(parts === both ? 255 : byte(0.5)), 'last pixel');
    expect(writes).not.toHaveBeenCalled();
    expect(bindGroups).not.toHaveBeenCalled();
    writes.mockRestore();
    bindGroups.mockRestore();
  }
  expect(gpu.memory.bytesInUse).toBe(bytesInUse);
  expect(gpu.memory.bufferCount).toBe(bufferCount);
  expect(gpu.statistics.dispatches.present).toBeGreaterThan(1);
});
