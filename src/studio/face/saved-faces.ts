/**
 * Faces that the person has saved on this device, each with a name and a thumbnail, as entries of a database in the browser. Nothing here
 * breaks when storage is forbidden or full: the answer then says so, and what was there stays as it was.
 */
import { shortName } from '../../models/faces/recipe-check';
import { browserStore, type KeyValueStore, type StoreResult, storeFailure } from '../shared/browser-store';
import { checkThumbnail, MOST_FACES, readFacesFile, readKeptFace, type SavedFace, writeFacesFile } from './faces-file';

/** 'too-many': there are {@link MOST_FACES} already. */
export type SaveResult = StoreResult | 'too-many';

/** What a face is before it is saved. */
export type NewFace = Pick<SavedFace, 'name' | 'model' | 'recipe' | 'view' | 'thumbnail'>;

/** What became of an import: all of its faces are there now, or none is that was not there before. */
export interface ImportResult {
  readonly result: SaveResult;
  /** Faces that have come. */
  readonly added: number;
  /** Faces of the file that were there already. */
  readonly known: number;
}

export class SavedFaces {
  /** @param store default: a database of the browser */
  constructor(private readonly store: KeyValueStore = browserStore('trifold-faces')) {}

  /** Newest first; empty where nothing can be kept. Entries that make no sense are left out. */
  async list(): Promise<SavedFace[]> {
    try {
      const names = await this.store.keys();
      const faces = await Promise.all(names.map((name) => this.#read(name)));
      return faces.filter((face) => face !== undefined).sort((a, b) => b.savedAt - a.savedAt);
    } catch {
      return []; // Private windows of some browsers have the API and refuse to open it.
    }
  }

  /** Saves a face under a new id. @throws FacesFileError for a thumbnail that is too large, or no PNG or WebP */
  async save(face: NewFace): Promise<{ readonly result: SaveResult; readonly face: SavedFace }> {
    checkThumbnail(face.thumbnail);
    const { name, model, recipe, view, thumbnail } = face;
    const id = crypto.randomUUID();
    const saved = { id, name: shortName(name), model, recipe, view, thumbnail, savedAt: Date.now() };
    return { result: await this.#add([saved]), face: saved };
  }

  /** A face that is not there any more, in this page or another, stays away. */
  async rename(id: string, name: string): Promise<StoreResult> {
    try {
      const face = await this.#read(id);
      if (face) await this.store.set(id, { ...face, name: shortName(name) });
      return 'kept';
    } catch (error) {
      return storeFailure(error);
    }
  }

  async remove(id: string): Promise<void> {
    await this.store.delete(id).catch(() => {}); // Where storage is forbidden, it is not there.
  }

  /** Puts a face back that was removed. */
  async putBack(face: SavedFace): Promise<SaveResult> {
    return this.#add([face]);
  }

  /** All saved faces as a file. */
  async exportFile(): Promise<Blob> {
    return writeFacesFile(await this.list());
  }

  /** Adds the faces of a file. @throws FacesFileError; nothing was added then */
  async importFile(file: Blob): Promise<ImportResult> {
    const faces = new Map((await readFacesFile(file)).map((face) => [face.id, face]));
    const present = new Set((await this.list()).map(({ id }) => id));
    const fresh = [...faces.values()].filter(({ id }) => !present.has(id));
    const result = await this.#add(fresh);
    return { result, added: result === 'kept' ? fresh.length : 0, known: faces.size - fresh.length };
  }

  async #add(faces: readonly SavedFace[]): Promise<SaveResult> {
    if ((await this.list()).length + faces.length > MOST_FACES) return 'too-many';
    const written: string[] = [];
    try {
      for (const face of faces) {
        await this.store.set(face.id, face);
        written.push(face.id);
      }
      return 'kept';
    } catch (error) {
      for (const id of written) await this.remove(id);
      return storeFailure(error);
    }
  }

  /** @returns undefined for what is not there or makes no sense */
  async #read(id: string): Promise<SavedFace | undefined> {
    const value = await this.store.get(id);
    try {
      const face = readKeptFace(value);
      return face.id === id ? face : undefined;
    } catch {
      return undefined; // An entry of another version, or one that was cut off.
    }
  }
}
