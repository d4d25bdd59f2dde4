/** Data that cannot be learned from are refused before the first step: by a typed error that names the file or the row, and says what to do. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TrifoldError } from '../../../../src/errors';
import {
  LensError,
  MissingLabelsError,
  NameClashError,
  PictureCameraError,
  TrainingDataError,
  TrainingSizeError,
} from '../../../../src/training/data/errors';
import { filesOfFolder } from '../../../../src/training/data/file-set';
import { openPosedPictures } from '../../../../src/training/data/open-posed-pictures';
import { commonSize, pictureSize } from '../../../../src/training/data/picture-size';
import {
  binary,
  type Contents,
  cameraAt,
  colmapBinaryFiles,
  colmapTextFiles,
  eg3dFiles,
  folder,
  frameOf,
  HEIGHT,
  nameOf,
  pictures,
  pngHead,
  transformsFiles,
  WIDTH,
} from '../../../support/posed-picture-files';

const cameras = [0, 1, 2].map((x) => cameraAt([0.1 * x, 0.2, 0, 1], [x, 1, 2]));
const label = [...cameras[0]!.camToWorld, ...cameras[0]!.intrinsics];

function refusal(contents: Contents): Promise<TrifoldError> {
  return refusalOf(openPosedPictures(folder(contents)));
}

async function refusalOf(promise: Promise<unknown>): Promise<TrifoldError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TrifoldError) return error;
    throw error;
  }
  throw new Error('It was not refused.');
}

/** An EG3D data set whose rows are changed. */
function rows(change: (rows: unknown[][]) => unknown): Contents {
  const files = eg3dFiles(cameras);
  const { labels } = JSON.parse(String(files['dataset.json'])) as { labels: unknown[][] };
  return { ...files, 'dataset.json': JSON.stringify({ labels: change(labels) }) };
}

/** Its first label with some numbers replaced. */
function numbers(changes: Readonly<Record<number, unknown>>): Contents {
  return rows(([first, ...rest]) => [
    [first![0], label.map((value, at) => (at in changes ? changes[at] : value))],
    ...rest,
  ]);
}

/** transforms.json whose first frame is changed. */
function frame(changes: Record<string, unknown>): Contents {
  const frames = cameras.map((camera, at) => ({ ...frameOf(camera, nameOf(at)), ...(at === 0 ? changes : {}) }));
  return { ...pictures(3), 'transforms.json': JSON.stringify({ w: WIDTH, h: HEIGHT, frames }) };
}

type Kind = typeof TrainingDataError | typeof MissingLabelsError | typeof LensError;

test.each<[string, Contents, Kind, RegExp]>([
  ['nothing', {}, TrainingDataError, /no files/],
  ['no pictures', { 'readme.txt': 'hello' }, TrainingDataError, /neither pictures nor cameras/],
  ['pictures alone', pictures(5), MissingLabelsError, /There are 5 pictures, but no cameras/],
  ['labels: none', rows(() => []), MissingLabelsError, /has no labels/],
  ['labels: null', { ...pictures(2), 'dataset.json': '{"labels": null}' }, MissingLabelsError, /has no labels/],
  ['labels: of another program', { ...pictures(2), 'dataset.json': '{"ids": []}' }, MissingLabelsError, /no labels/],
  ['labels: classes', rows((all) => all.map(([name]) => [name, 3])), MissingLabelsError, /is a class, 3/],
  ['labels: for some', rows((all) => all.slice(1)), MissingLabelsError, /1 of 3 pictures have no label.*0000\.png/],
  [
    'labels: 24 numbers',
    rows(([, ...all]) => [[nameOf(0), label.slice(1)], ...all]),
    PictureCameraError,
    /0000\.png” has 24 numbers where a camera has 25/,
  ],
  ['labels: no name', rows((all) => [...all, [label]]), TrainingDataError, /Row 3 of “dataset.json” names no picture/],
  ['labels: twice, differently', rows((all) => [...all, [nameOf(0), all[1]![1]]]), NameClashError, /two cameras/],
  [
    'labels: pictures elsewhere',
    { 'dataset.json': eg3dFiles(cameras)['dataset.json']! },
    TrainingDataError,
    /None of the pictures/,
  ],
  ['a number: null', numbers({ 3: null }), PictureCameraError, /has null where a number should be/],
  ['a number: text', numbers({ 3: '1' }), PictureCameraError, /has 1 where a number should be/],
  ['a number: absurd', numbers({ 3: 1e200 }), PictureCameraError, /has 1e\+200 where a number should be/],
  ['a camera: singular', numbers({ 0: 0, 4: 0, 8: 0 }), PictureCameraError, /0000\.png” is singular/],
  [
    'a camera: stretched',
    numbers({ 0: 2 * label[0]!, 4: 2 * label[4]!, 8: 2 * label[8]! }),
    PictureCameraError,
    /stretches/,
  ],
  ['a camera: mirrored', numbers({ 0: -label[0]!, 4: -label[4]!, 8: -label[8]! }), PictureCameraError, /mirrored/],
  ['a camera: slanted', numbers({ 0: label[1], 4: label[5], 8: label[9] }), PictureCameraError, /right angles/],
  ['a camera: last row', numbers({ 15: 0 }), PictureCameraError, /another last row/],
  ['a lens: focal length 0', numbers({ 16: 0 }), PictureCameraError, /focal length 0/],
  [
    'a lens: in pixels',
    numbers({ 16: 1015, 18: 256, 20: 1015, 21: 256 }),
    PictureCameraError,
    /256 picture sizes; these are pixels/,
  ],
  [
    'JSON: cut short',
    { ...pictures(2), 'dataset.json': '{"labels": [["a.png", [1, 2' },
    TrainingDataError,
    /“dataset.json” is not JSON: /,
  ],
  ['JSON: NaN of Python', { ...pictures(2), 'transforms.json': '{"frames": NaN}' }, TrainingDataError, /not JSON/],
  ['JSON: empty', { ...pictures(2), 'transforms.json': '' }, TrainingDataError, /is empty/],
  ['JSON: a list', { ...pictures(2), 'transforms.json': '[]' }, TrainingDataError, /no object/],
  ['frames: none', { ...pictures(2), 'transforms.json': '{"frames": []}' }, MissingLabelsError, /no list “frames”/],
  ['frames: no name', frame({ file_path: 7 }), TrainingDataError, /Frame 0 .* has no “file_path”/],
  ['frames: no matrix', frame({ transform_matrix: undefined }), MissingLabelsError, /no “transform_matrix”/],
  [
    'frames: 9 numbers',
    frame({
      transform_matrix: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    }),
    PictureCameraError,
    /has 9 numbers instead of 16/,
  ],
  [
    'frames: null in the matrix',
    frame({
      transform_matrix: [
        [1, null, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 1, 0],
      ],
    }),
    PictureCameraError,
    /where a number should be/,
  ],
  ['frames: no focal length', frame({ fl_x: undefined, fl_y: undefined }), PictureCameraError, /neither “fl_x” nor/],
  [
    'frames: focal length as text',
    frame({ fl_x: '700' }),
    PictureCameraError,
    /“fl_x” of .* is 700, which is no number/,
  ],
  ['frames: a size of 0', frame({ w: 0 }), PictureCameraError, /said to be 0 x 480/],
  ['frames: a picture twice', frame({ file_path: nameOf(1) }), NameClashError, /two cameras/],
  [
    'frames: pictures elsewhere',
    { 'transforms.json': transformsFiles(cameras)['transforms.json']!, 'other.png': pngHead() },
    TrainingDataError,
    /None of the pictures .* first is “images\/0000\.png”/,
  ],
  [
    'frames: all held out',
    { ...pictures(3), 'transforms_test.json': transformsFiles(cameras)['transforms.json']! },
    TrainingDataError,
    /holds all its pictures out/,
  ],
  ['a fisheye', frame({ camera_model: 'OPENCV_FISHEYE' }), LensError, /OPENCV_FISHEYE/],
  ['much distortion', frame({ k1: -0.3 }), LensError, /moves pixels by up to .* % of the picture/],
  ['distortion beyond all numbers', frame({ k1: 1e300, k2: 1e308 }), LensError, /moves pixels/],
  ['one picture', transformsFiles(cameras.slice(0, 1)), TrainingDataError, /has one picture/],
  [
    'names without extension that fit two files',
    { ...frame({ file_path: 'r_0' }), 'r_0.png': pngHead(), 'r_0.jpg': '' },
    NameClashError,
    /“r_0” may be “r_0\.(jpg|png)” or/,
  ],
  [
    'a picture that is none, whose size is asked for',
    { ...frame({ w: null }), [nameOf(0)]: 'no picture' },
    TrainingDataError,
    /no PNG, JPEG or WebP/,
  ],
])('%s', async (_, contents, kind, message) => {
  const error = await refusal(contents);
  expect(error).toBeInstanceOf(kind);
  expect(error.message).toMatch(message);
  expect(error.remedy).not.toBe('');
});

test('who has pictures alone is told how to get cameras', async () => {
  expect((await refusal(pictures(3))).remedy).toMatch(/COLMAP.*ns-process-data.*dataset_preprocessing/s);
});

describe('COLMAP', () => {
  const text = colmapTextFiles(cameras);
  const withLens = (line: string): Contents => ({
    ...text,
    'sparse/0/cameras.txt': `${line}\n2 PINHOLE 640 480 700 700 320 240\n3 PINHOLE 640 480 700 700 320 240`,
  });
  const withImage = (line: string): Contents => ({ ...text, 'sparse/0/images.txt': `${line}\n\n` });

  test.each<[string, Contents, Kind, RegExp]>([
    [
      'a fisheye',
      withLens('1 OPENCV_FISHEYE 640 480 700 700 320 240 0 0 0 0'),
      LensError,
      /camera 1” .* “OPENCV_FISHEYE”/,
    ],
    ['a lens without name', withLens('1 SPHERE 640 480 700 320 240'), LensError, /SPHERE/],
    ['much distortion', withLens('1 SIMPLE_RADIAL 640 480 500 320 240 -0.2'), LensError, /moves pixels/],
    ['too few parameters', withLens('1 PINHOLE 640 480 700'), TrainingDataError, /1 parameters; PINHOLE has 4/],
    ['no parameters', withLens('1 PINHOLE'), TrainingDataError, /Line 1 .* is no camera/],
    ['no size', withLens('1 PINHOLE 0 480 700 700 320 240'), TrainingDataError, /pictures of 0 x 480/],
    [
      'a word for a number',
      withLens('1 PINHOLE 640 480 wide 700 320 240'),
      TrainingDataError,
      /“wide” where a finite number/,
    ],
    ['a line cut short', withImage('1 1 0 0 0 0.png'), TrainingDataError, /Line 1 .* is no image/],
    ['NaN', withImage('1 nan 0 0 0 0 0 0 1 0000.png'), TrainingDataError, /Line 1 .*“nan”/],
    [
      'a rotation of 0',
      withImage('1 0 0 0 0 0 0 0 1 0000.png'),
      PictureCameraError,
      /rotation of “0000.png” has no direction/,
    ],
    ['an unknown camera', withImage('1 1 0 0 0 0 0 0 9 0000.png'), PictureCameraError, /no camera 9/],
    [
      'pictures elsewhere',
      withImage('1 1 0 0 0 0 0 0 1 else.png'),
      TrainingDataError,
      /None of the pictures .* “else.png”/,
    ],
    ['no images', withImage(''), TrainingDataError, /has no picture/],
    [
      'an unknown lens, in binary',
      {
        ...colmapBinaryFiles(cameras),
        'sparse/0/cameras.bin': binary([
          ['u64', 1],
          ['u32', 1],
          ['u32', 77],
          ['u64', 1],
          ['u64', 1],
        ]),
      },
      LensError,
      /number 77/,
    ],
    [
      'absurd counts',
      { ...colmapBinaryFiles(cameras), 'sparse/0/images.bin': binary([['u64', 1e15]]) },
      TrainingDataError,
      /says that 1000000000000000 entries follow/,
    ],
    ['two full-size copies', { ...text, 'a/images/0000.png': pngHead() }, NameClashError, /may be/],
  ])('%s', async (_, contents, kind, message) => {
    const error = await refusal(contents);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });

  test('a binary model that was cut or changed anywhere is read or refused, never worse', async () => {
    const files = colmapBinaryFiles(cameras);
    const names = ['sparse/0/cameras.bin', 'sparse/0/images.bin'] as const;
    const damage = fc.record({
      name: fc.constantFrom(...names),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      bytes: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ name, cut, bytes }) => {
        const whole = files[name] as Uint8Array;
        const damaged = whole.slice(0, cut > 0.7 ? whole.length : Math.floor(cut * whole.length));
        for (const [at, value] of bytes) if (at < damaged.length) damaged[at] = value;
        const error = await openPosedPictures(folder({ ...files, [name]: damaged })).catch((reason) => reason);
        expect(error instanceof Error && !(error instanceof TrifoldError)).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('files and sizes', () => {
  test('two files with one path', () => {
    const file = (path: string) => ({ path, blob: new Blob(['x']) });
    expect(() => filesOfFolder([file('a/b.png'), file('./a\\b.png')])).toThrow(NameClashError);
    expect(filesOfFolder([file('a/.DS_Store'), file('a/b.png')]).names).toEqual(['a/b.png']);
  });

  test('mixed sizes, and a shape that the camera is not for', async () => {
    const files = transformsFiles(cameras);
    const open = async (contents: Contents) => {
      const set = folder(contents);
      return commonSize(set, (await openPosedPictures(set)).pictures);
    };
    expect(await open(files)).toEqual({ width: WIDTH, height: HEIGHT });
    const mixed = await refusalOf(open({ ...files, [nameOf(2)]: pngHead(64, 48) }));
    expect(mixed).toBeInstanceOf(TrainingSizeError);
    expect(mixed.message).toBe(
      '“images/0002.png” is 64 x 48, “images/0000.png” is 640 x 480: all pictures must have one size.',
    );
    const turned = Object.fromEntries([0, 1, 2].map((at) => [nameOf(at), pngHead(HEIGHT, WIDTH)]));
    expect((await refusalOf(open({ ...files, ...turned }))).message).toMatch(
      /is 480 x 640, but its camera is for 640 x 480/,
    );
    const smaller = Object.fromEntries([0, 1, 2].map((at) => [nameOf(at), pngHead(80, 60)]));
    expect(await open({ ...files, ...smaller })).toEqual({ width: 80, height: 60 });
    expect((await refusalOf(open({ ...files, [nameOf(1)]: '' }))).message).toMatch(/0001.png” is empty/);
  });

  test('JPEG and WebP say their size, too, behind what cameras write in front', async () => {
    const padded = (bytes: number[], length = 64) => Uint8Array.from([...bytes, ...new Array(length).fill(0)]);
    const text = (word: string) => [...word].map((letter) => letter.charCodeAt(0));
    const frameHeader = [0xff, 0xff, 0xc2, 0, 17, 8, 0x01, 0x00, 0x02, 0x03, 3];
    const exif = [0xff, 0xe1, 0xff, 0xff, ...new Array(0xfffd).fill(0)];
    const webp = (kind: string, bytes: number[]) =>
      padded([...text('RIFF'), 0, 0, 0, 0, ...text(`WEBP${kind}`), 0, 0, 0, 0, ...bytes]);
    const files = folder({
      'small.jpg': padded([0xff, 0xd8, ...frameHeader]),
      'exif.jpg': padded([0xff, 0xd8, ...exif, ...exif, ...frameHeader]),
      'lossy.webp': webp('VP8 ', [0, 0, 0, 0x9d, 1, 0x2a, 0x03, 0x02, 0x00, 0x01]),
      'lossless.webp': webp('VP8L', [0x2f, 0x02, 0xc2, 0x3f, 0]),
      'extended.webp': webp('VP8X', [0, 0, 0, 0, 0x02, 0x02, 0, 0xff, 0, 0]),
    });
    for (const name of files.names) expect(await pictureSize(files, name)).toEqual({ width: 515, height: 256 });
  });
});
