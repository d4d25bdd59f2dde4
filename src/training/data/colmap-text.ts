/** COLMAP's text models: cameras.txt, a line a camera; images.txt, a line an image and after it one with what was seen in it, which may be empty. */
import type { ColmapCamera, ColmapImage } from './colmap-cameras';
import { quoted, TrainingDataError } from './errors';

const REMEDY = 'Export the model again ("colmap model_converter --output_type TXT").';
/** What stands in lines of points: numbers alone. */
const OTHER_THAN_NUMBERS = /[^\s\d.eE+-]/;

/** CAMERA_ID MODEL WIDTH HEIGHT PARAMS... @param source for messages. @throws TrainingDataError */
export function parseColmapCameras(text: string, source: string): ColmapCamera[] {
  return [...dataLines(text)].map(([line, at]) => {
    const [id, model = '', ...rest] = line.split(/\s+/);
    const [width = 0, height = 0, ...params] = rest.map((word) => numberIn(word, at, source));
    if (params.length === 0) throw lineError('is no camera', at, source);
    return { id: numberIn(id!, at, source), model, width, height, params };
  });
}

/** IMAGE_ID QW QX QY QZ TX TY TZ CAMERA_ID NAME; the name may have spaces. @throws TrainingDataError */
export function parseColmapImages(text: string, source: string): ColmapImage[] {
  const images: ColmapImage[] = [];
  for (const [line, at] of dataLines(text)) {
    if (!OTHER_THAN_NUMBERS.test(line)) continue;
    const fields = /^((?:\S+\s+){9})(\S.*)$/.exec(line);
    if (!fields) throw lineError('is no image', at, source);
    const numbers = fields[1]!
      .trim()
      .split(/\s+/)
      .map((word) => numberIn(word, at, source));
    images.push({
      name: fields[2]!,
      cameraId: numbers[8]!,
      quaternion: numbers.slice(1, 5),
      translation: numbers.slice(5, 8),
    });
  }
  return images;
}

/** Lines with something in them, but for comments, with their numbers from 1 on. */
function* dataLines(text: string): Generator<[line: string, at: number]> {
  let at = 0;
  for (let from = 0; from < text.length; ) {
    const end = text.indexOf('\n', from);
    const line = text.slice(from, end < 0 ? undefined : end).trim();
    from = end < 0 ? text.length : end + 1;
    at++;
    if (line !== '' && !line.startsWith('#')) yield [line, at];
  }
}

function numberIn(word: string, at: number, source: string): number {
  const value = Number(word);
  if (Number.isFinite(value)) return value;
  throw lineError(`has ${quoted(word)} where a finite number should be`, at, source);
}

function lineError(problem: string, at: number, source: string): TrainingDataError {
  return new TrainingDataError(`Line ${at} of ${quoted(source)} ${problem}.`, REMEDY, at);
}
