/**
 * EG3D's data sets: a zip or folder of pictures with `dataset.json`, { "labels": [["00000/img00000000.png", [25 numbers]], ...] }. Labels are
 * in our own conventions already (src/camera/conventions.ts), and their world is that of the box.
 */
import { CAM_TO_WORLD_LENGTH, LABEL_LENGTH } from '../../camera/conventions';
import { checkedCamToWorld, checkedIntrinsics } from './camera-checks';
import { MissingLabelsError, PictureCameraError, quoted, TrainingDataError } from './errors';
import { type FileSet, folderOf, plainPath, readJson } from './file-set';
import { NoteBook } from './notes';
import { isPicture } from './picture-files';
import { type FoundPicture, finishPictures, type PosedPictures } from './posed-pictures';

/**
 * @param source path of the dataset.json
 * @throws MissingLabelsError if a picture has none, PictureCameraError for labels that are no cameras, TrainingDataError
 */
export async function readEg3dLabels(files: FileSet, source: string): Promise<PosedPictures> {
  const folder = folderOf(source);
  const rows = labelsIn(await readJson(files, source), source);
  const notes = new NoteBook();
  const unlabelled = new Set(files.names.filter((name) => name.startsWith(folder) && isPicture(name)));
  const present = new Set(unlabelled);
  const found: FoundPicture[] = [];
  for (const [at, row] of rows.entries()) {
    const [given, label] = Array.isArray(row) ? row : [];
    if (typeof given !== 'string') {
      const remedy = 'A row is ["path of the picture", [25 numbers]].';
      throw new TrainingDataError(`Row ${at} of ${quoted(source)} names no picture.`, remedy, at);
    }
    const name = plainPath(folder + given);
    const camera = cameraOf(label, given, notes);
    unlabelled.delete(name);
    if (present.has(name)) found.push({ name, camera });
    else notes.add('missing', given);
  }
  const [first] = unlabelled;
  if (first !== undefined) {
    const message = `${unlabelled.size} of ${present.size} pictures have no label in ${quoted(source)}, first ${quoted(first)}.`;
    throw new MissingLabelsError(message, unlabelled.size, 0);
  }
  return { kind: 'eg3d', pictures: finishPictures(files, found, source, notes), up: [0, 1, 0], notes: notes.notes() };
}

function labelsIn(value: unknown, source: string): unknown[] {
  const labels = typeof value === 'object' && value !== null && 'labels' in value ? value.labels : undefined;
  if (Array.isArray(labels) && labels.length > 0) return labels;
  throw new MissingLabelsError(`${quoted(source)} has no labels: the data set was made without cameras.`);
}

function cameraOf(label: unknown, name: string, notes: NoteBook): FoundPicture['camera'] {
  if (typeof label === 'number') {
    throw new MissingLabelsError(
      `The label of ${quoted(name)} is a class, ${label}, not a camera.`,
      label,
      LABEL_LENGTH,
    );
  }
  if (!Array.isArray(label) || label.length !== LABEL_LENGTH) {
    const count = Array.isArray(label) ? label.length : 0;
    throw new PictureCameraError(
      `The label of ${quoted(name)} has ${count} numbers where a camera has ${LABEL_LENGTH}.`,
      'Labels are 16 numbers of the camera-to-world matrix, row by row, and 9 of the intrinsics: make them with "dataset_preprocessing" of the official EG3D code.',
      count,
      LABEL_LENGTH,
    );
  }
  return {
    camToWorld: checkedCamToWorld(label.slice(0, CAM_TO_WORLD_LENGTH), name, notes),
    intrinsics: checkedIntrinsics(label.slice(CAM_TO_WORLD_LENGTH), name),
  };
}
