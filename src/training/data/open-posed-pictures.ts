/** Opens a folder or zip of posed pictures, whatever form it has: it is told by the names of its files. */
import { readColmap } from './colmap';
import { readEg3dLabels } from './eg3d-labels';
import { MissingLabelsError, TrainingDataError } from './errors';
import { type FileSet, folderOf } from './file-set';
import { isPicture } from './picture-files';
import type { PosedPictures } from './posed-pictures';
import { readTransforms } from './transforms';

const TRANSFORMS = /(^|\/)transforms(_train|_val|_test)?\.json$/;
const EG3D_LABELS = /(^|\/)dataset\.json$/;
const COLMAP_IMAGES = /(^|\/)images\.(bin|txt)$/;

/**
 * The form nearest to the top of the folder is read. nerfstudio keeps COLMAP's model beside its own file, which is read then.
 * @throws MissingLabelsError for pictures without cameras, with the ways to get them; TrainingDataError and its other kinds
 */
export async function openPosedPictures(files: FileSet): Promise<PosedPictures> {
  const transforms = shallowest(files.names, TRANSFORMS);
  if (transforms !== undefined) return readTransforms(files, folderOf(transforms));
  const labels = shallowest(files.names, EG3D_LABELS);
  if (labels !== undefined) return readEg3dLabels(files, labels);
  const models = colmapFolders(files.names);
  if (models.length > 0) return readColmap(files, models);
  const count = files.names.filter(isPicture).length;
  if (count > 0) {
    const pictures = count === 1 ? 'a picture' : `${count} pictures`;
    throw new MissingLabelsError(`There ${count === 1 ? 'is' : 'are'} ${pictures}, but no cameras.`, 0, count);
  }
  throw new TrainingDataError(
    files.names.length === 0 ? 'There are no files.' : 'There are neither pictures nor cameras.',
    'Open a folder or zip with pictures and their cameras: transforms.json, a COLMAP model, or an EG3D data set with dataset.json.',
    files.names.length,
  );
}

/** Folders with a COLMAP model each, by name: sparse/0 is the first that COLMAP has found, and nearly always the largest. */
function colmapFolders(names: readonly string[]): string[] {
  const all = new Set(names);
  const hasCameras = (name: string) => all.has(name.replace(/images(\.bin|\.txt)$/, 'cameras$1'));
  return [...new Set(names.filter((name) => COLMAP_IMAGES.test(name) && hasCameras(name)).map(folderOf))].sort();
}

function shallowest(names: readonly string[], pattern: RegExp): string | undefined {
  const depth = (name: string) => name.split('/').length;
  return names.filter((name) => pattern.test(name)).sort((a, b) => depth(a) - depth(b))[0];
}
