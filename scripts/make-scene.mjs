/**
 * Makes the scene that the page fits when nobody has brought pictures: 60 views of an armillary sphere (scene/armillary.mjs), rendered by scene/trace.mjs.
 *
 *   node scripts/make-scene.mjs [OUTPUT_DIR = public/scenes] [--shine S]     about a minute on one core
 *
 * Cameras: on a sphere of radius 2.7, the distance at which EG3D's face models are seen, looking at the origin. Their directions follow a spiral of equal areas
 * between 15 degrees below and 65 above the horizon, so neighbours are about equally far apart. Every fifth is held out: never learnt from, only compared with.
 * The focal length is 2.27 image sizes (24.8 degrees) instead of a face's 4.2647, so that what fills the box [-0.5, 0.5]^3 fills the picture. The principal point
 * is the middle, and there is no distortion.
 *
 * The file is a zip as instant-ngp and nerfstudio read it, unpacked: images/NNN.png (8-bit RGB over white) and transforms.json, where
 *  - `transform_matrix` is camera-to-world in OpenGL axes: x right, y up, z backward;
 *  - the world is Blender's, z up: our (x, y, z), y up, is written as (x, -z, y);
 *  - `scale` and `offset` say that the box of side 1 around the origin is all there is to fit (instant-ngp's unit cube);
 *  - `train_filenames`, and `val_filenames` and `test_filenames`, which are the same held-out views, are nerfstudio's way to divide the frames.
 *
 * The same script makes the same bytes: no clock, no randomness, poses rounded to 1e-9, all files dated 1980-01-01, PNG and zip packed by fflate. Plain Node, no
 * import from src/, like make-fixtures.mjs. `--shine` adds highlights that move with the camera; the bundled scene has none.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { encode } from 'fast-png';
import { strToU8, zipSync } from 'fflate';
import { renderView } from './scene/trace.mjs';

const NAME = 'armillary';
export const SIDE = 128;
const VIEWS = 60;
const HELD_OUT_EVERY = 5;
/** Which of each five is held out: neither the lowest view nor the highest is. */
const HELD_OUT_PLACE = 2;
const RADIUS = 2.7;
const FOCAL = 2.27;
const [LOWEST, HIGHEST] = [-15, 65].map((degrees) => Math.sin((degrees * Math.PI) / 180));
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

const rounded = (value) => Math.round(value * 1e9) / 1e9 + 0;

/**
 * The cameras in our own conventions.
 * @returns for each view `camToWorld`, 16 numbers row by row (OpenCV axes, y up), `focal` in image sizes, and whether it is held out
 */
export function sceneCameras() {
  return Array.from({ length: VIEWS }, (_, view) => {
    const height = LOWEST + ((HIGHEST - LOWEST) * (view + 0.5)) / VIEWS;
    const level = Math.sqrt(1 - height * height);
    const [sin, cos] = [Math.sin(view * GOLDEN_ANGLE), Math.cos(view * GOLDEN_ANGLE)];
    const backward = [level * sin, height, level * cos];
    const right = [cos, 0, -sin];
    const down = [height * sin, -level, height * cos];
    const rows = [0, 1, 2].flatMap((axis) => [right[axis], down[axis], -backward[axis], RADIUS * backward[axis]]);
    return {
      camToWorld: [...rows, 0, 0, 0, 1].map(rounded),
      focal: FOCAL,
      isHeldOut: view % HELD_OUT_EVERY === HELD_OUT_PLACE,
    };
  });
}

/** A camera-to-world matrix as `transforms.json` has it: rows of numbers, OpenGL axes, z up. */
function transformMatrix(m) {
  const row = (from, sign) => [m[from], -m[from + 1], -m[from + 2], m[from + 3]].map((value) => sign * value + 0);
  return [row(0, 1), row(8, -1), row(4, 1), [0, 0, 0, 1]];
}

const picturePath = (view) => `images/${String(view).padStart(3, '0')}.png`;

/** @returns the content of transforms.json */
function transforms(cameras) {
  const named = (isHeldOut) => cameras.flatMap((c, view) => (c.isHeldOut === isHeldOut ? [picturePath(view)] : []));
  const heldOut = named(true);
  return {
    camera_model: 'OPENCV',
    w: SIDE,
    h: SIDE,
    fl_x: FOCAL * SIDE,
    fl_y: FOCAL * SIDE,
    cx: SIDE / 2,
    cy: SIDE / 2,
    camera_angle_x: rounded(2 * Math.atan(0.5 / FOCAL)),
    aabb_scale: 1,
    scale: 1,
    offset: [0.5, 0.5, 0.5],
    train_filenames: named(false),
    val_filenames: heldOut,
    test_filenames: heldOut,
    frames: cameras.map(({ camToWorld }, view) => ({
      file_path: picturePath(view),
      transform_matrix: transformMatrix(camToWorld),
    })),
  };
}

/**
 * @param cameras of {@link sceneCameras}
 * @param pictures for each its side x side x 3 bytes
 * @returns the bytes of the zip
 */
export function packScene(cameras, pictures) {
  // A date of the local clock, since that is what a zip holds.
  const mtime = new Date(1980, 0, 1);
  const text = `${JSON.stringify(transforms(cameras), null, 1)}\n`;
  const files = { 'transforms.json': [strToU8(text), { level: 9, mtime }] };
  for (const [view, pixels] of pictures.entries()) {
    const picture = { width: SIDE, height: SIDE, data: pixels, channels: 3, depth: 8 };
    files[picturePath(view)] = [encode(picture, { zlib: { level: 9 } }), { level: 0, mtime }];
  }
  return zipSync(files);
}

function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { shine: { type: 'string', default: '0' } },
  });
  const folder = positionals[0] ?? fileURLToPath(new URL('../public/scenes', import.meta.url));
  const shine = Number(values.shine);
  if (!(shine >= 0 && shine <= 1)) {
    console.error(`--shine is ${values.shine}; give a number from 0 (none, the default) to 1.`);
    process.exitCode = 1;
    return;
  }
  const cameras = sceneCameras();
  const pictures = cameras.map((camera, view) => {
    if (process.stderr.isTTY) process.stderr.write(`\rview ${view + 1} of ${cameras.length} `);
    return renderView(camera, SIDE, shine);
  });
  const zip = packScene(cameras, pictures);
  const heldOut = cameras.filter((camera) => camera.isHeldOut).length;
  const index = {
    scenes: [
      {
        id: NAME,
        name: 'Armillary sphere',
        file: `${NAME}.zip`,
        bytes: zip.length,
        sha256: createHash('sha256').update(zip).digest('hex'),
        card: `${NAME}.md`,
        licence: 'CC0-1.0',
        views: { train: cameras.length - heldOut, heldOut },
        side: SIDE,
      },
    ],
    default: NAME,
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${NAME}.zip`), zip);
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
  process.stderr.write(`\r${join(folder, `${NAME}.zip`)}: ${zip.length} bytes, ${cameras.length} views\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main();
