/** A COLMAP model with its pictures: `sparse/0/cameras.bin` and `images.bin`, or the same as text, beside a folder `images`. */
import { camToWorldFromAxes } from '../../camera/look-at';
import { checkedCamToWorld } from './camera-checks';
import { readColmapCameras, readColmapImages } from './colmap-binary';
import { type ColmapImage, type ColmapModel, colmapIntrinsics } from './colmap-cameras';
import { parseColmapCameras, parseColmapImages } from './colmap-text';
import { PictureCameraError, quoted } from './errors';
import { type FileSet, readText } from './file-set';
import { NoteBook } from './notes';
import { PictureFinder } from './picture-files';
import { type FoundPicture, finishPictures, type PosedPictures } from './posed-pictures';

/**
 * @param folders with a model each; the first is read
 * @throws TrainingDataError and its kinds
 */
export async function readColmap(files: FileSet, folders: readonly string[]): Promise<PosedPictures> {
  const [folder = '', ...others] = folders;
  const notes = new NoteBook();
  for (const other of others) notes.add('models', other);
  const { model, source } = await readModel(files, folder);
  const lenses = new Map(
    model.cameras.map((camera) => [camera.id, { camera, intrinsics: colmapIntrinsics(camera, source, notes) }]),
  );
  const finder = new PictureFinder(files.names);
  const found: FoundPicture[] = [];
  for (const image of model.images) {
    const lens = lenses.get(image.cameraId);
    if (!lens) {
      const message = `${quoted(source)} has no camera ${image.cameraId}, which ${quoted(image.name)} was taken with.`;
      throw new PictureCameraError(message, 'Export the whole model again, all its files.', image.cameraId);
    }
    const name = finder.ending(image.name);
    if (name === undefined) {
      notes.add('missing', image.name);
      continue;
    }
    const { width, height } = lens.camera;
    const camToWorld = checkedCamToWorld(camToWorldOfImage(image), name, notes);
    found.push({ name, width, height, camera: { camToWorld, intrinsics: lens.intrinsics } });
  }
  return { kind: 'colmap', pictures: finishPictures(files, found, source, notes), notes: notes.notes() };
}

async function readModel(files: FileSet, folder: string): Promise<{ model: ColmapModel; source: string }> {
  if (files.names.includes(`${folder}images.bin`) && files.names.includes(`${folder}cameras.bin`)) {
    const [cameras, images] = [`${folder}cameras.bin`, `${folder}images.bin`];
    const model = {
      cameras: readColmapCameras(await files.read(cameras), cameras),
      images: readColmapImages(await files.read(images), images),
    };
    return { model, source: cameras };
  }
  const [cameras, images] = [`${folder}cameras.txt`, `${folder}images.txt`];
  const model = {
    cameras: parseColmapCameras(await readText(files, cameras), cameras),
    images: parseColmapImages(await readText(files, images), images),
  };
  return { model, source: cameras };
}

/** World to camera is x' = R x + t; the camera's axes in the world are the rows of R, and it stands at -R^T t. */
function camToWorldOfImage({ name, quaternion, translation }: ColmapImage): ArrayLike<number> {
  const length = Math.hypot(...quaternion);
  if (!(length > 1e-6 && Number.isFinite(length))) {
    const remedy = 'Find the cameras anew, or take this picture out.';
    throw new PictureCameraError(`The rotation of ${quoted(name)} has no direction.`, remedy, length, '> 0');
  }
  const [w = 0, x = 0, y = 0, z = 0] = quaternion.map((value) => value / length);
  const right = [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)];
  const down = [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)];
  const forward = [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)];
  const [tx = 0, ty = 0, tz = 0] = translation;
  const position = [0, 1, 2].map((at) => -(right[at]! * tx + down[at]! * ty + forward[at]! * tz));
  return camToWorldFromAxes(right, down, forward, position);
}
