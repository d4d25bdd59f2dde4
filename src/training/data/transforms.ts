/**
 * `transforms.json`, the form of Blender's synthetic scenes (NeRF), instant-ngp and nerfstudio:
 *
 *   { "camera_angle_x": 0.69, or "fl_x", "fl_y", "cx", "cy", "w", "h", "k1", ..., "p2", "camera_model",
 *     "frames": [{ "file_path": "./train/r_0", "transform_matrix": 4 rows, any of the above for this frame alone }] }
 *
 * Blender has a file for each part (transforms_train.json, _val, _test) and names pictures without extension; nerfstudio may list the
 * parts by names (train_filenames). Matrices are camera-to-world in OpenGL axes (y up, z backward), worlds have z up. Its fields
 * are described at https://docs.nerf.studio/quickstart/data_conventions.html
 *
 * With "scale" and "offset" instant-ngp's files say where the scene is: scale * x + offset takes it into a cube of side "aabb_scale" (1 where it is
 * missing) around (0.5, 0.5, 0.5). Without these two an "aabb_scale" says only how far rays may go, and nothing is made of it.
 */
import { checkedCamToWorld, pinhole } from './camera-checks';
import { MissingLabelsError, PictureCameraError, quoted, TrainingDataError } from './errors';
import { type FileSet, folderOf, plainPath, readJson } from './file-set';
import { type Distortion, leaveDistortionOut, refuseLens } from './lens';
import { NoteBook } from './notes';
import { PictureFinder } from './picture-files';
import { pictureSize } from './picture-size';
import { type FoundPicture, finishPictures, type PosedPictures, type SceneBox, type Split } from './posed-pictures';

type Fields = Readonly<Record<string, unknown>>;

/** Lenses of nerfstudio and instant-ngp whose distortion is OpenCV's polynomial, if any. */
const PERSPECTIVE = /^(opencv|full_opencv|pinhole|simple_pinhole|simple_radial|radial|perspective)$/i;
const REMEDY =
  'Write the file again with "ns-process-data" or instant-ngp\'s "colmap2nerf.py", or look up what is missing at https://docs.nerf.studio/quickstart/data_conventions.html';

/**
 * @param folder with the file or the files, with its "/"
 * @throws TrainingDataError and its kinds
 */
export async function readTransforms(files: FileSet, folder: string): Promise<PosedPictures> {
  const reader = new TransformsReader(files);
  const found: FoundPicture[] = [];
  const parts = partsIn(files, folder);
  const [source = ''] = parts.keys();
  for (const [name, split] of parts) found.push(...(await reader.read(name, split)));
  const pictures = finishPictures(files, found, source, reader.notes);
  return { kind: 'transforms', pictures, up: [0, 0, 1], box: reader.box, notes: reader.notes.notes() };
}

/** Which files to read, and which part each one is. The validation part of a scene that has a test part, too, is read to be left out. */
function partsIn(files: FileSet, folder: string): Map<string, Split | 'left-out' | undefined> {
  const has = (name: string) => files.names.includes(folder + name);
  const parts = new Map<string, Split | 'left-out' | undefined>();
  const isSplit = ['train', 'val', 'test'].some((part) => has(`transforms_${part}.json`));
  if (!isSplit) return parts.set(`${folder}transforms.json`, undefined);
  if (has('transforms_train.json')) parts.set(`${folder}transforms_train.json`, 'train');
  else if (has('transforms.json')) parts.set(`${folder}transforms.json`, 'train');
  if (has('transforms_test.json')) parts.set(`${folder}transforms_test.json`, 'test');
  if (has('transforms_val.json')) {
    parts.set(`${folder}transforms_val.json`, has('transforms_test.json') ? 'left-out' : 'test');
  }
  return parts;
}

class TransformsReader {
  readonly notes = new NoteBook();
  /** Of the first file that has one. */
  box: SceneBox | undefined;
  private readonly finder: PictureFinder;

  constructor(private readonly files: FileSet) {
    this.finder = new PictureFinder(files.names);
  }

  /** The frames of one file. @param split of all of them; default: what the file says, if it does */
  async read(source: string, split: Split | 'left-out' | undefined): Promise<FoundPicture[]> {
    const root = fieldsOf(await readJson(this.files, source), `${quoted(source)}`);
    if (!Array.isArray(root.frames) || root.frames.length === 0) {
      throw new MissingLabelsError(`${quoted(source)} has no list “frames” with cameras in it.`);
    }
    this.box ??= boxIn(root, source);
    const splits = split === undefined ? splitsIn(root) : undefined;
    const found: FoundPicture[] = [];
    for (const [at, value] of root.frames.entries()) {
      const frame = fieldsOf(value, `Frame ${at} of ${quoted(source)}`);
      const given = frame.file_path;
      if (typeof given !== 'string' || given === '') {
        throw new TrainingDataError(`Frame ${at} of ${quoted(source)} has no “file_path”.`, REMEDY, at);
      }
      const name = this.finder.relative(given, folderOf(source));
      const part = splits ? (splits.get(plainPath(given)) ?? 'left-out') : split;
      if (part === 'left-out') this.notes.add('left-out', given);
      else if (name === undefined) this.notes.add('missing', given);
      else found.push({ ...(await this.picture(name, { ...root, ...frame })), split: part });
    }
    return found;
  }

  /** @param fields of the frame, and of the file where the frame has none */
  private async picture(name: string, fields: Fields): Promise<Omit<FoundPicture, 'split'>> {
    const camToWorld = checkedCamToWorld(openCvMatrix(fields.transform_matrix, name), name, this.notes);
    const model = fields.camera_model;
    if (typeof model === 'string' && !PERSPECTIVE.test(model)) refuseLens(model, name);
    for (const lens of ['is_fisheye', 'ftheta_p0', 'equirectangular']) if (fields[lens]) refuseLens(lens, name);
    const { width, height } = await this.size(name, fields);
    const intrinsics = intrinsicsIn(fields, width, height, name);
    leaveDistortionOut(distortionIn(fields, name), intrinsics, name, this.notes);
    if (fields.mask_path !== undefined) this.notes.add('masks', name);
    return { name, width, height, camera: { camToWorld, intrinsics } };
  }

  /** What the file says, or the picture's own: Blender's scenes do not say it. */
  private async size(name: string, fields: Fields): Promise<{ width: number; height: number }> {
    const [width, height] = [optional(fields, 'w', name), optional(fields, 'h', name)];
    if (width === undefined || height === undefined) return pictureSize(this.files, name);
    if (width > 0 && height > 0) return { width, height };
    throw new PictureCameraError(
      `The picture ${quoted(name)} is said to be ${width} x ${height}.`,
      REMEDY,
      width,
      '> 0',
    );
  }
}

/** @throws TrainingDataError for a box that cannot be */
function boxIn(root: Fields, source: string): SceneBox | undefined {
  const { scale, offset, aabb_scale: most = 1 } = root;
  if (scale === undefined || offset === undefined) return undefined;
  const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
  const isRight =
    isNumber(scale) &&
    scale > 0 &&
    isNumber(most) &&
    most > 0 &&
    Array.isArray(offset) &&
    offset.length === 3 &&
    offset.every(isNumber);
  if (!isRight) {
    const said = JSON.stringify({ scale, offset, aabb_scale: most }).slice(0, 80);
    throw new TrainingDataError(
      `The box of ${quoted(source)} is ${said}.`,
      REMEDY,
      said,
      'numbers above 0, and three of them',
    );
  }
  const [x, y, z] = offset.map((value) => (0.5 - value) / scale);
  return { centre: [x!, y!, z!], side: most / scale };
}

/** nerfstudio's lists of names. Where there is a test part, the validation part is left out. */
function splitsIn(root: Fields): Map<string, Split> | undefined {
  const list = (key: string): string[] =>
    Array.isArray(root[key]) ? root[key].filter((name): name is string => typeof name === 'string') : [];
  const [train, val, test] = [list('train_filenames'), list('val_filenames'), list('test_filenames')];
  const heldOut = test.length > 0 ? test : val;
  if (train.length + heldOut.length === 0) return undefined;
  return new Map([
    ...train.map((name): [string, Split] => [plainPath(name), 'train']),
    ...heldOut.map((name): [string, Split] => [plainPath(name), 'test']),
  ]);
}

/** Three or four rows of OpenGL axes, as 16 numbers in OpenCV axes: y and z the other way round. */
function openCvMatrix(rows: unknown, name: string): ArrayLike<number> {
  if (!Array.isArray(rows)) {
    throw new MissingLabelsError(`The picture ${quoted(name)} has no “transform_matrix”.`);
  }
  const numbers: unknown[] = rows.flat();
  if (numbers.length === 12) numbers.push(0, 0, 0, 1);
  const isReversed = (at: number) => at < 12 && (at % 4 === 1 || at % 4 === 2);
  return numbers.map((value, at) => (typeof value === 'number' ? (isReversed(at) ? 0 - value : value) : Number.NaN));
}

function intrinsicsIn(fields: Fields, width: number, height: number, name: string): Float64Array {
  const get = (key: string) => optional(fields, key, name);
  const fromAngle = (angle: number | undefined) => (angle === undefined ? undefined : 0.5 / Math.tan(angle / 2));
  const inWidths = (pixels: number | undefined) => (pixels === undefined ? undefined : pixels / width);
  const inHeights = (pixels: number | undefined) => (pixels === undefined ? undefined : pixels / height);
  const [x, y] = [
    inWidths(get('fl_x')) ?? fromAngle(get('camera_angle_x')),
    inHeights(get('fl_y')) ?? fromAngle(get('camera_angle_y')),
  ];
  // Who says one focal length means pixels that are square.
  const fx = x ?? (y === undefined ? undefined : (y * height) / width);
  const fy = y ?? (x === undefined ? undefined : (x * width) / height);
  if (fx === undefined || fy === undefined) {
    const message = `The camera of ${quoted(name)} has neither “fl_x” nor “camera_angle_x”: how wide it sees is not known.`;
    throw new PictureCameraError(message, REMEDY);
  }
  return pinhole(fx, fy, inWidths(get('cx')) ?? 0.5, inHeights(get('cy')) ?? 0.5, name);
}

function distortionIn(fields: Fields, name: string): Distortion {
  const get = (key: string) => optional(fields, key, name) ?? 0;
  return { radial: ['k1', 'k2', 'k3', 'k4'].map(get), tangential: [get('p1'), get('p2')] };
}

/** @throws PictureCameraError for what is no number */
function optional(fields: Fields, key: string, name: string): number | undefined {
  const value = fields[key];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value;
  const said = String(value).slice(0, 20);
  throw new PictureCameraError(`“${key}” of ${quoted(name)} is ${said}, which is no number.`, REMEDY, said, 'a number');
}

function fieldsOf(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new TrainingDataError(`${what} is no object with fields.`, REMEDY);
}
