/** The face that the renderers of a model have: composed and handed over when another is wanted, and not before. */
import type { CameraLabel } from '../../camera/conventions';
import type { ComposedFace } from '../../models/faces/composition';
import type { FaceRecipe } from '../../models/faces/recipe';
import { type FaceComposer, followsCamera } from '../../render/face-composer';

export class FaceOnDevice {
  #face: FaceRecipe | undefined;

  constructor(private readonly composer: FaceComposer) {}

  has(face: FaceRecipe): boolean {
    return this.#face === face;
  }

  /** @param camera that looks, for a face that follows it */
  async set(face: FaceRecipe, camera: CameraLabel): Promise<void> {
    if (this.has(face) && !followsCamera(face)) return;
    await this.composer.show(face, camera);
    this.#face = face;
  }

  /** Another face, for whoever draws it beside the one that the renderers have. @param camera that looks */
  compose(face: FaceRecipe, camera: CameraLabel): Promise<ComposedFace> {
    return this.composer.compose(face, camera);
  }

  /** The next face runs the mapping network anew. */
  forget(): void {
    this.#face = undefined;
    this.composer.forget();
  }

  /** Directions of w that steps of a face go along; steps along unknown ones are left out. */
  setDirections(directions: readonly Float32Array[]): void {
    this.composer.setDirections(directions);
    this.#face = undefined;
  }
}
