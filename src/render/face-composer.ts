/**
 * Composes faces for the renderers: runs the mapping network for sources that are new, keeps the w of those that it has seen, and leaves the
 * arithmetic to `composeFace`. A slider that mixes, truncates or moves along a direction so never runs the network again.
 */
import type { CameraLabel } from '../camera/conventions';
import { orbitLabel } from '../camera/orbit-pose';
import type { Recorder } from '../gpu/recorder';
import { type ComposedFace, composeFace, type LatentSpace, type SourceMapper } from '../models/faces/composition';
import type { FaceRecipe } from '../models/faces/recipe';
import { seededLatent } from '../models/latent';
import type { FaceLatents } from './face-latents';

/** A w has a few hundred numbers: so many are kept. */
const MOST_KEPT = 512;

/** Whether the face depends on the camera that looks. */
export function followsCamera({ conditioning, sources }: FaceRecipe): boolean {
  return (
    conditioning.kind === 'follow' || sources.some((source) => source.kind === 'face' && followsCamera(source.face))
  );
}

/** The recipe without steps along directions that are not known, in faces within it too. */
function withKnownDirections(recipe: FaceRecipe, known: number): FaceRecipe {
  return {
    ...recipe,
    directions: recipe.directions.filter(({ direction }) => direction < known),
    sources: recipe.sources.map((source) =>
      source.kind === 'face' ? { ...source, face: withKnownDirections(source.face, known) } : source,
    ),
  };
}

export class FaceComposer {
  readonly #kept = new Map<string, Float32Array>();
  #directions: LatentSpace['directions'];

  /** @param newRecorder makes the recorder of each run of the mapping network */
  constructor(
    private readonly latents: FaceLatents,
    private readonly newRecorder: () => Recorder,
  ) {}

  /** Forgets what the mapping network gave. */
  forget(): void {
    this.#kept.clear();
  }

  /**
   * Directions of w that steps go along; before they are known, steps are left out.
   * @param directions each [w_dim], as long as one standard deviation
   */
  setDirections(directions: LatentSpace['directions']): void {
    this.#directions = directions;
  }

  /** Hands a face to the renderers. @param camera that looks, for a face that follows it */
  async show(recipe: FaceRecipe, camera: CameraLabel): Promise<void> {
    this.latents.setComposed(await this.compose(recipe, camera));
  }

  async compose(recipe: FaceRecipe, camera: CameraLabel): Promise<ComposedFace> {
    const space = { ...this.latents.space, directions: this.#directions };
    const { config } = this.latents.generator;
    const map: SourceMapper = async ({ seed, edits }, { conditioning }) => {
      const label = this.#conditioningLabel(conditioning, camera);
      const key = JSON.stringify([seed, edits, label && !config.conditioning.zeroed ? Array.from(label) : 0]);
      const known = this.#kept.get(key);
      if (known) return known;
      const z = seededLatent(seed, config.mapping.zDim);
      for (const [dimension, value] of Object.entries(edits)) z[Number(dimension)] = value;
      const w = await this.#mapOneByOne(z, label);
      this.#keep(key, w);
      return w;
    };
    return composeFace(withKnownDirections(recipe, this.#directions?.length ?? 0), space, map);
  }

  /** The network has one place for its input: runs wait for each other. */
  #running: Promise<unknown> = Promise.resolve();

  #mapOneByOne(z: Float32Array, conditioning: CameraLabel | undefined): Promise<Float32Array> {
    const code = { z, ...(conditioning && { conditioning }) };
    const run = this.#running.then(() => this.latents.map(code, this.newRecorder()));
    this.#running = run.catch(() => undefined);
    return run;
  }

  #conditioningLabel(conditioning: FaceRecipe['conditioning'], camera: CameraLabel): CameraLabel | undefined {
    if (conditioning.kind === 'follow') return camera;
    if (conditioning.kind === 'frontal') return undefined;
    const { yaw, pitch } = conditioning;
    return orbitLabel({ ...this.latents.generator.config.camera, yaw, pitch });
  }

  #keep(key: string, w: Float32Array): void {
    this.#kept.set(key, w);
    if (this.#kept.size <= MOST_KEPT) return;
    const [oldest] = this.#kept.keys();
    this.#kept.delete(oldest!);
  }
}
