/** A known camera, written in each form of data set, reads back as the same label; which form it is, and which pictures are held out. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filesOfZip } from '../../../../src/training/data/file-set';
import { openPosedPictures } from '../../../../src/training/data/open-posed-pictures';
import { labelOfPicture } from '../../../../src/training/data/posed-pictures';
import {
  type Contents,
  cameraAt,
  colmapBinaryFiles,
  colmapTextFiles,
  eg3dFiles,
  folder,
  frameOf,
  HEIGHT,
  type KnownCamera,
  nameOf,
  pictures,
  pngHead,
  transformsFiles,
  WIDTH,
} from '../../../support/posed-picture-files';
import { writeZip } from '../../../support/zip-writer';

const FORMS: readonly (readonly [string, string, (cameras: readonly KnownCamera[]) => Contents])[] = [
  ['transforms.json', 'transforms', transformsFiles],
  ['COLMAP text', 'colmap', colmapTextFiles],
  ['COLMAP binary', 'colmap', colmapBinaryFiles],
  ['EG3D labels', 'eg3d', eg3dFiles],
];

const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const known = fc
  .record({
    quaternion: fc
      .tuple(number(-1, 1), number(-1, 1), number(-1, 1), number(-1, 1))
      .filter((values) => Math.hypot(...values) > 0.1),
    position: fc.tuple(number(-4, 4), number(-4, 4), number(-4, 4)),
    lens: fc.tuple(number(0.3, 4), number(0.3, 4), number(0.2, 0.8), number(0.2, 0.8)),
  })
  .map(({ quaternion, position, lens: [fx, fy, cx, cy] }) =>
    cameraAt(quaternion, position, [fx, 0, cx, 0, fy, cy, 0, 0, 1]),
  );

describe.each(FORMS)('%s', (_, kind, write) => {
  test('every camera reads back as the same label', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(known, { minLength: 2, maxLength: 4 }), async (cameras) => {
        const data = await openPosedPictures(folder(write(cameras)));
        expect(data.kind).toBe(kind);
        expect(data.notes).toEqual([]);
        expect(data.pictures.map(({ name }) => name)).toEqual(cameras.map((_camera, at) => nameOf(at)));
        for (const [at, { camToWorld, intrinsics }] of cameras.entries()) {
          const label = labelOfPicture(data.pictures[at]!);
          for (const [of, value] of [...camToWorld, ...intrinsics].entries()) {
            expect(Math.abs(label[of]! - value)).toBeLessThan(1e-6);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('each eighth picture is held out, from the first on; bytes are those of the file', async () => {
    const cameras = Array.from({ length: 18 }, (_x, at) => cameraAt([0, 0, 0, 1], [at, 0, 0]));
    const data = await openPosedPictures(folder(write(cameras)));
    const heldOut = data.pictures.flatMap(({ split }, at) => (split === 'test' ? [at] : []));
    expect(heldOut).toEqual([0, 8, 16]);
    expect(await data.pictures[3]!.bytes()).toEqual(pngHead());
  });

  test('a zip with a folder in it is the same as the folder', async () => {
    const cameras = [cameraAt([0, 0, 0, 1], [1, 2, 3]), cameraAt([0, 1, 0, 1], [3, 2, 1])];
    const entries = Object.entries(write(cameras)).map(([name, data]) => ({
      name: `scene/${name}`,
      data: typeof data === 'string' ? new TextEncoder().encode(data) : data,
      deflate: true,
    }));
    const litter = { name: '__MACOSX/scene/images/._0000.png', data: new Uint8Array(3) };
    const zip = await filesOfZip(await writeZip([{ name: 'scene/', data: new Uint8Array(0) }, litter, ...entries]));
    const [inZip, inFolder] = [await openPosedPictures(zip), await openPosedPictures(folder(write(cameras)))];
    expect(inZip.pictures.map(labelOfPicture)).toEqual(inFolder.pictures.map(labelOfPicture));
    expect(inZip.pictures[0]!.name).toBe(`scene/${nameOf(0)}`);
    expect(await inZip.pictures[0]!.bytes()).toEqual(pngHead());
  });
});

describe('transforms.json as programs write it', () => {
  const cameras = Array.from({ length: 3 }, (_, at) => cameraAt([0, 0, 0, 1], [at, 1, 2]));
  const matrix = (at: number) => frameOf(cameras[at]!, '').transform_matrix;
  const part = (name: string, count: number) =>
    JSON.stringify({
      camera_angle_x: 2 * Math.atan(0.5 / 1.25),
      frames: Array.from({ length: count }, (_, at) => ({
        file_path: `./${name}/r_${at}`,
        transform_matrix: matrix(at),
      })),
    });

  test('Blender: parts in files of their own, names without extension, one angle, sizes in the pictures', async () => {
    const data = await openPosedPictures(
      folder({
        'transforms_train.json': part('train', 2),
        'transforms_test.json': part('test', 2),
        'transforms_val.json': part('val', 1),
        'train/r_0.png': pngHead(200, 100),
        'train/r_1.png': pngHead(200, 100),
        'test/r_0.png': pngHead(200, 100),
        'test/r_0_depth_0001.png': pngHead(200, 100),
        'test/r_1.png': pngHead(200, 100),
        'val/r_0.png': pngHead(200, 100),
      }),
    );
    expect(data.pictures.map(({ name, split }) => [name, split])).toEqual([
      ['test/r_0.png', 'test'],
      ['test/r_1.png', 'test'],
      ['train/r_0.png', 'train'],
      ['train/r_1.png', 'train'],
    ]);
    expect(data.notes.map(({ code, count }) => [code, count])).toEqual([['left-out', 1]]);
    const { intrinsics } = data.pictures[0]!.camera;
    const expected = [1.25, 0, 0.5, 0, 2.5, 0.5, 0, 0, 1]; // pixels are square, the picture is twice as wide as high
    for (const [at, value] of expected.entries()) expect(intrinsics[at]).toBeCloseTo(value, 12);
    expect(data.up).toEqual([0, 0, 1]);
  });

  test('nerfstudio: lists of names are the parts', async () => {
    const lists = { train_filenames: [nameOf(1), `./${nameOf(2)}`], val_filenames: [nameOf(0)] };
    const data = await openPosedPictures(folder(transformsFiles(cameras, lists)));
    expect(data.pictures.map(({ split }) => split)).toEqual(['test', 'train', 'train']);
  });

  test('paths of another machine are found by the name of the file, three rows are a matrix', async () => {
    const frames = cameras.map((camera, at) => ({
      ...frameOf(camera, `C:\\captures\\fox\\${nameOf(at)}`),
      transform_matrix: (matrix(at) as number[][]).slice(0, 3),
    }));
    const data = await openPosedPictures(
      folder({ ...pictures(3), 'transforms.json': JSON.stringify({ w: WIDTH, h: HEIGHT, frames }) }),
    );
    expect(data.pictures).toHaveLength(3);
    expect([...data.pictures[1]!.camera.camToWorld]).toEqual(cameras[1]!.camToWorld);
  });

  test('what is not there, not used or not exact is said', async () => {
    const frames: Record<string, unknown>[] = cameras.map((camera, at) => ({
      ...frameOf(camera, nameOf(at)),
      mask_path: 'mask.png',
    }));
    const more = { ...frameOf(cameras[0]!, nameOf(9)) };
    const scaled = (matrix(1) as number[][]).map((row, at) =>
      at < 3 ? row.map((value, of) => (of < 3 ? 1.5 * value : value)) : row,
    );
    frames[1] = { ...frames[1]!, transform_matrix: scaled };
    const data = await openPosedPictures(
      folder({
        ...pictures(3),
        'transforms.json': JSON.stringify({ w: WIDTH, h: HEIGHT, k1: 0.01, frames: [...frames, more] }),
      }),
    );
    const notes = Object.fromEntries(data.notes.map(({ code, message }) => [code, message]));
    expect(Object.keys(notes).sort()).toEqual(['distortion', 'masks', 'missing', 'scaled']);
    expect(notes.missing).toBe('one picture named with a camera is not there, first “images/0009.png”.');
    expect(notes.distortion).toMatch(/of 3 cameras is left out: it moves pixels by up to 0\.\d+ % of the picture/);
    expect([...data.pictures[1]!.camera.camToWorld]).toEqual(cameras[1]!.camToWorld);
  });
});

test('COLMAP: pictures of the model are preferred to copies, other models are said, small distortion is left out', async () => {
  const files: Record<string, string | Uint8Array> = {
    ...colmapTextFiles([0, 1].map((x) => cameraAt([0, 0, 0, 1], [x, 0, 0]))),
  };
  for (const at of [0, 1])
    for (const copy of ['images_4', 'input']) files[nameOf(at).replace('images', copy)] = pngHead(160, 120);
  for (const name of ['cameras.txt', 'images.txt']) files[`sparse/1/${name}`] = files[`sparse/0/${name}`]!;
  files['sparse/0/cameras.txt'] =
    `1 SIMPLE_RADIAL ${WIDTH} ${HEIGHT} 700 320 240 0.01\n2 OPENCV 640 480 700 700 320 240 0 0 0 0`;
  const data = await openPosedPictures(folder(files));
  expect(data.pictures.map(({ name, width }) => [name, width])).toEqual([
    [nameOf(0), WIDTH],
    [nameOf(1), WIDTH],
  ]);
  expect(data.notes.map(({ code, count }) => [code, count])).toEqual([
    ['models', 1],
    ['distortion', 1],
  ]);
});

test('nerfstudio keeps a COLMAP model beside its file: the file is read', async () => {
  const cameras = [0, 1].map((x) => cameraAt([0, 0, 0, 1], [x, 0, 0]));
  const both = { ...colmapTextFiles(cameras), ...transformsFiles(cameras) };
  expect((await openPosedPictures(folder(both))).kind).toBe('transforms');
});

test('a data set of 70,000 rows', async () => {
  const camera = cameraAt([0, 0, 0, 1], [0, 0, 2.7]);
  const names = Array.from({ length: 70_000 }, (_, at) => `${String(at >> 10).padStart(5, '0')}/img${at}.png`);
  const label = [...camera.camToWorld, ...camera.intrinsics];
  const json = new TextEncoder().encode(JSON.stringify({ labels: names.map((name) => [name, label]) }));
  const data = await openPosedPictures({ names: ['dataset.json', ...names], read: async () => json });
  expect(data.pictures).toHaveLength(70_000);
  expect(data.pictures.filter(({ split }) => split === 'test')).toHaveLength(8750);
}, 60_000);

describe("instant-ngp's box", () => {
  const cameras = [cameraAt([0, 0, 0, 1], [1, 2, 3]), cameraAt([0, 1, 0, 1], [3, 2, 1])];
  const boxOf = async (fields: Record<string, unknown>) =>
    (await openPosedPictures(folder(transformsFiles(cameras, fields)))).box;

  test('is where "scale" and "offset" say', async () => {
    expect(await boxOf({ scale: 0.5, offset: [0.5, 0, 1.5], aabb_scale: 2 })).toEqual({ centre: [0, 1, -2], side: 4 });
    expect(await boxOf({ scale: 2, offset: [0.5, 0.5, 0.5] })).toEqual({ centre: [0, 0, 0], side: 0.5 });
  });

  test('is not known from "aabb_scale" alone', async () => {
    expect(await boxOf({ aabb_scale: 16 })).toBeUndefined();
  });

  test.each([
    { scale: 0, offset: [0, 0, 0] },
    { scale: 'large', offset: [0, 0, 0] },
    { scale: 1, offset: [0, 0] },
    { scale: 1, offset: [0, null, 0] },
    { scale: 1, offset: [0, 0, 0], aabb_scale: -1 },
  ])('%j is refused', async (fields) => {
    await expect(boxOf(fields)).rejects.toThrow('The box of');
  });
});
