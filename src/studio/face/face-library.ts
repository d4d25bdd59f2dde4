/**
 * The faces that the person has saved, as the page shows them: `state.savedFaces`. Nothing here rejects; how an action ended is in its
 * `outcome`. A face knows the model that it was made with: with another one, its seeds give another person, and the page says so first.
 */
import { labelOf, lookFrom, type OrbitState, orbitAt } from '../../camera/orbit';
import type { FaceSource } from '../../models/faces/recipe';
import { faceRecipeJson } from '../../models/faces/recipe-json';
import { ExportError } from '../export/export-errors';
import type { MadeFile } from '../export/exports';
import type { ModelFacts } from '../model/model-facts';
import type { SavedStudio } from '../shared/address';
import { carryFace, recipeModelOf } from '../shared/face-address';
import { describeFailure } from '../shared/failure';
import { packJson } from '../shared/packed-json';
import type { SavedFacesOutcome, SavedFacesState, StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import { FrameLoopStoppedError } from '../view/frame-loop';
import type { Screen } from '../view/screen';
import { shownNow } from '../view/shown';
import { type FaceChange, withAnotherSource, withMode, withSource } from './face-actions';
import { type SavedFace, type SavedView, writeFacesFile } from './faces-file';
import { SavedFaces } from './saved-faces';

/** Pixels. */
export const THUMBNAIL_SIDE = 96;
export const FACES_FILE_NAME = 'trifold-faces.json';

const DEGREES = 180 / Math.PI;

/** There is no picture for the thumbnail: the device went away, and comes back by itself. */
export class NoPictureError extends ExportError {
  override readonly code = 'no-picture';

  constructor() {
    super(
      'The face is not saved: its picture could not be made just now.',
      'Wait until the face is on screen, and try again.',
    );
  }
}

/** What the library asks of the studio. */
export interface LibraryActions {
  changeFace(change: FaceChange): void;
  restore(saved: SavedStudio): void;
}

export class FaceLibrary {
  /**
   * @param screen the present one; undefined while nothing is on screen
   * @param kept default: in a database of the browser
   */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly screen: () => Screen | undefined,
    private readonly actions: LibraryActions,
    private readonly kept = new SavedFaces(),
  ) {}

  /** Reads what is saved. Call it when the faces are first wanted. */
  async load(): Promise<void> {
    this.#update({ faces: await this.kept.list() });
  }

  /** Saves the present face and view. */
  async save(name: string): Promise<void> {
    const { model, face, view } = this.store.state;
    if (!model || this.store.state.savedFaces.isSaving) return;
    const fingerprint = hashOf(model);
    if (!fingerprint) return this.#tell({ kind: 'nameless-model' });
    this.#update({ isSaving: true, outcome: undefined });
    await this.#safely(async () => {
      const thumbnail = await this.#thumbnail();
      const made = { fingerprint, name: model.name, ...recipeModelOf(model.config) };
      const { result } = await this.kept.save({ name, model: made, recipe: face, view: savedView(view), thumbnail });
      return result === 'kept' ? { kind: 'saved', name } : { kind: result };
    });
    this.#update({ isSaving: false });
  }

  /** Whether a face was made with the model on screen. */
  isOfPresentModel({ model: { fingerprint } }: SavedFace): boolean {
    const { model } = this.store.state;
    return model !== undefined && [model.fingerprint, model.sha256].includes(fingerprint);
  }

  /** Goes to a saved face and its view; for one of another model, asks first (`outcome` is 'other-model'). */
  bringBack(face: SavedFace): void {
    if (this.isOfPresentModel(face)) this.#show(face);
    else this.#tell({ kind: 'other-model', face });
  }

  /** Shows what the model on screen makes of the same recipe, whoever that is. */
  bringBackHere(face: SavedFace): void {
    this.#show(face);
  }

  /** Opens the model that a face was made with, and goes to the face; if it is not at hand, a notice says so. */
  openModelOf(face: SavedFace): void {
    const packed = packJson(faceRecipeJson(face.recipe, face.model));
    this.#tell(undefined);
    this.actions.restore({ model: face.model.fingerprint, settings: {}, face: { packed }, view: face.view });
  }

  /** Mixes the present face with a saved one, which becomes B. */
  mixWith(face: SavedFace): void {
    const source = this.#sourceOf(face);
    this.#change((present) => withSource(1, source)(withMode('mix')(present)));
  }

  /** A walk goes through a saved face, too. */
  addKeyframe(face: SavedFace): void {
    const source = this.#sourceOf(face);
    this.#change((present) => ({ ...withAnotherSource(source)(present), mode: 'walk' }));
  }

  async rename(id: string, name: string): Promise<void> {
    await this.#safely(async () => {
      const result = await this.kept.rename(id, name);
      return result === 'kept' ? undefined : { kind: result };
    });
  }

  /** Deletes a face; the outcome has it, for bringing it back. */
  async remove(face: SavedFace): Promise<void> {
    await this.#safely(async () => {
      await this.kept.remove(face.id);
      return { kind: 'removed', face };
    });
  }

  /** The face that was removed last is there again. */
  async undoRemoval(): Promise<void> {
    const { outcome } = this.store.state.savedFaces;
    if (outcome?.kind !== 'removed') return;
    await this.#safely(async () => {
      const result = await this.kept.putBack(outcome.face);
      return result === 'kept' ? undefined : { kind: result };
    });
  }

  /** All saved faces as one file. */
  async exportFile(): Promise<MadeFile> {
    return { name: FACES_FILE_NAME, blob: await writeFacesFile(await this.kept.list()) };
  }

  /** Adds the faces of a file that was exported here or elsewhere. */
  async importFile(file: Blob): Promise<void> {
    await this.#safely(async () => {
      const { result, added, known } = await this.kept.importFile(file);
      return result === 'kept' ? { kind: 'imported', added, known } : { kind: result };
    });
  }

  /** Takes the outcome away. */
  dismissNews(): void {
    this.#tell(undefined);
  }

  #show(face: SavedFace): void {
    const { model, view } = this.store.state;
    if (!model) return;
    this.store.update({ face: this.#recipeHere(face, model), view: viewOf(face.view, view), isPlaying: false });
    this.#tell(undefined);
  }

  /** Changes the present face, unless it would have more faces in it than may be. */
  #change(change: FaceChange): void {
    try {
      this.actions.changeFace(change);
      this.#tell(undefined);
    } catch (error) {
      this.#tell(failed(error));
    }
  }

  #sourceOf(face: SavedFace): FaceSource {
    const { model } = this.store.state;
    return { kind: 'face', name: face.name, face: model ? this.#recipeHere(face, model) : face.recipe };
  }

  /** The recipe for the model on screen; of another model's, edits and directions are left out: they mean something else here. */
  #recipeHere(face: SavedFace, model: ModelFacts): SavedFace['recipe'] {
    return this.isOfPresentModel(face) ? face.recipe : carryFace(model.config, face.recipe);
  }

  /** The present picture, small, without its background where that can be told. @throws NoPictureError */
  async #thumbnail(): Promise<Blob> {
    const { settings, student, face, view } = this.store.state;
    const { layout, renderer } = shownNow(settings, student);
    const kind = layout === 'single' ? renderer : 'volumetric';
    const screen = this.screen();
    if (!screen) throw new NoPictureError();
    const rendered = await screen
      .between(({ offScreen }) => offScreen.renderArrays(kind, face, labelOf(view)))
      .catch((error: unknown) => {
        throw error instanceof FrameLoopStoppedError ? new NoPictureError() : error;
      });
    const { exportPicture } = await import('../export/picture-export');
    const isTransparent = rendered.cutOut !== undefined;
    return (await exportPicture(rendered, { side: THUMBNAIL_SIDE, isTransparent })).blob;
  }

  /** Does something with what is kept, reads it anew, and tells what became of it. */
  async #safely(work: () => Promise<SavedFacesOutcome | undefined>): Promise<void> {
    let outcome: SavedFacesOutcome | undefined;
    try {
      outcome = await work();
    } catch (error) {
      outcome = failed(error);
    }
    this.#update({ faces: await this.kept.list(), outcome });
  }

  #tell(outcome: SavedFacesOutcome | undefined): void {
    this.#update({ outcome });
  }

  #update(patch: Partial<SavedFacesState>): void {
    this.store.update({ savedFaces: { ...this.store.state.savedFaces, ...patch } });
  }
}

function failed(error: unknown): SavedFacesOutcome {
  const { message, remedy } = describeFailure(error);
  return { kind: 'failed', message, remedy };
}

/** What names a model's file; undefined for one that was opened from an address. */
function hashOf({ fingerprint, sha256 }: ModelFacts): string | undefined {
  return fingerprint ?? sha256;
}

/** A camera as it is kept with a face. */
export function savedView({ home, yaw, pitch, radius, pivot, focal }: OrbitState): SavedView {
  return { yaw: yaw * DEGREES, pitch: pitch * DEGREES, distance: radius / home.radius, pivot, focal };
}

/** A kept camera for the model on screen; what older versions did not keep is as at home. */
export function viewOf({ yaw, pitch, distance, ...place }: SavedView, { home }: OrbitState): OrbitState {
  return lookFrom(orbitAt(home), {
    ...place,
    yaw: yaw / DEGREES,
    pitch: pitch / DEGREES,
    radius: distance * home.radius,
  });
}
