/** Which files are pictures, and how data sets name them: in full, without their extension, or from a folder on another machine. */
import { NameClashError, quoted } from './errors';
import { plainPath } from './file-set';

/** What browsers decode; TIFF, EXR and raw files are not among it. */
const EXTENSIONS = ['png', 'jpg', 'jpeg', 'webp', 'avif', 'bmp', 'gif'];
const PICTURE = new RegExp(`\\.(${EXTENSIONS.join('|')})$`, 'i');
/** Where the pictures of a model lie; smaller copies are in images_2, images_4 and so on, and those from before they were undistorted in "input". */
const MODEL_FOLDER = /(^|\/)images\/$/;
const ABSOLUTE = /^(\/|[a-z]:[\\/])/i;

export function isPicture(name: string): boolean {
  return PICTURE.test(name);
}

/** Finds the files of pictures by the names that data sets give them. */
export class PictureFinder {
  private readonly names: ReadonlySet<string>;
  /** File names without folder -> paths. */
  private readonly paths = new Map<string, string[]>();
  /** Paths without extension -> paths. */
  private readonly stems = new Map<string, string[]>();

  constructor(names: readonly string[]) {
    const pictures = names.filter(isPicture);
    this.names = new Set(pictures);
    for (const path of pictures) {
      append(this.paths, lastPart(path), path);
      append(this.stems, path.replace(PICTURE, ''), path);
    }
  }

  /**
   * @param folder that the name is relative to, with its "/"
   * @returns the file's path, if it is there
   * @throws NameClashError if a name without extension fits two files, or a path of another machine does
   */
  relative(name: string, folder: string): string | undefined {
    const path = plainPath(folder + name);
    if (this.names.has(path)) return path;
    const stems = this.stems.get(path) ?? [];
    if (stems.length > 0) return onlyOne(stems, name);
    return ABSOLUTE.test(name) ? this.ending(lastPart(plainPath(name))) : undefined;
  }

  /**
   * @param name end of the path
   * @returns the path of the picture in whatever folder; one in "images" is preferred to its copies
   * @throws NameClashError
   */
  ending(name: string): string | undefined {
    const end = plainPath(name);
    const paths = (this.paths.get(lastPart(end)) ?? []).filter((path) => path === end || path.endsWith(`/${end}`));
    const ofModel = paths.filter((path) => MODEL_FOLDER.test(path.slice(0, path.length - end.length)));
    return onlyOne(ofModel.length > 0 ? ofModel : paths, name);
  }
}

function onlyOne(paths: readonly string[], name: string): string | undefined {
  if (paths.length <= 1) return paths[0];
  throw new NameClashError(
    `${quoted(name)} may be ${quoted(paths[0]!)} or ${quoted(paths[1]!)}.`,
    'Take the copy out that is not meant, or give the whole name where the cameras are.',
    name,
  );
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function append(map: Map<string, string[]>, key: string, value: string): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
