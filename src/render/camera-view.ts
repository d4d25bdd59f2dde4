/**
 * A face as cameras see it at one resolution and quality: rays are marched, the feature image may be enlarged, normals may be found from the
 * depth. Results stay until the scene (face or camera) is another one.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import type { RayMarchStage } from '../models/generator';
import type { PresentSource } from '../pipelines/pictures/present';
import {
  type CameraPictureKind,
  dependsOnCamera,
  type FrameWork,
  type PictureKind,
  PictureNotPreparedError,
} from './frame-renderer';
import type { PlanPlace } from './pictures/derived-picture';
import { createNormalsPicture, type NormalsPicture } from './pictures/normals-picture';
import type { WiredPicture } from './wiring';

/** The super-resolution of a feature image. */
export interface Enlargement extends WiredPicture {
  readonly plan: Plan;
}

/** What a camera looks at, and from where. */
export interface Scene {
  /** Another number for every other face or camera; 1 or more. */
  readonly version: number;
  readonly camera: CameraLabel;
}

/** What is to be shown of it. */
export interface WantedPictures {
  readonly kinds: readonly PictureKind[];
  readonly isEnlarged: boolean;
}

export class CameraView {
  /** The version of the scene that the feature image, and the enlarged one, are of. */
  #marched = 0;
  #enlarged = 0;
  /** Made when it is first wanted. */
  #normals: NormalsPicture | undefined;

  constructor(
    readonly rays: RayMarchStage,
    private readonly raw: WiredPicture,
    private readonly rayMarch: Plan,
    readonly enlargement?: Enlargement,
  ) {}

  /** The plans of a picture, in their order. */
  plans(isEnlarged: boolean): readonly Plan[] {
    return isEnlarged && this.enlargement ? [this.rayMarch, this.enlargement.plan] : [this.rayMarch];
  }

  /** @throws PictureNotPreparedError */
  pictureOf(kind: CameraPictureKind, isEnlarged: boolean): PresentSource {
    const { depth, alpha, depthRange } = this.rays;
    switch (kind) {
      case 'depth':
        return { kind, depth, alpha, range: depthRange };
      case 'normals':
        if (!this.#normals) throw new PictureNotPreparedError(kind);
        return { kind, normals: this.#normals.picture.images[0]! };
      case 'image':
        return rgb(isEnlarged && this.enlargement ? this.enlargement : this.raw);
      case 'raw':
        return rgb(this.raw);
    }
  }

  get hasNormals(): boolean {
    return this.#normals !== undefined;
  }

  /** @throws BufferLimitError, KernelCompileError */
  async prepareNormals(place: PlanPlace): Promise<void> {
    this.#normals ??= await createNormalsPicture(place, this.rays);
  }

  expectPrepared(kind: CameraPictureKind): void {
    if (kind === 'normals' && !this.#normals) throw new PictureNotPreparedError(kind);
  }

  isDue(scene: Scene, wanted: WantedPictures): boolean {
    return this.#due(scene, wanted) !== undefined;
  }

  /** The next plan to run; undefined when everything wanted is there. */
  nextWork(scene: Scene, wanted: WantedPictures): FrameWork | undefined {
    switch (this.#due(scene, wanted)) {
      case 'march':
        this.rays.writeCamera(scene.camera);
        this.#normals?.writeCamera(scene.camera);
        return {
          plan: this.rayMarch,
          done: () => {
            this.#marched = scene.version;
          },
        };
      case 'enlargement':
        return {
          plan: this.enlargement!.plan,
          done: () => {
            this.#enlarged = scene.version;
          },
        };
      case 'normals':
        return this.#normals?.picture.work(scene.version);
    }
  }

  destroy(): void {
    this.rayMarch.destroy();
    this.enlargement?.plan.destroy();
    this.#normals?.picture.destroy();
  }

  #due({ version }: Scene, { kinds, isEnlarged }: WantedPictures): 'march' | 'enlargement' | 'normals' | undefined {
    if (!kinds.some(dependsOnCamera)) return undefined;
    if (this.#marched !== version) return 'march';
    if (isEnlarged && this.enlargement && kinds.includes('image') && this.#enlarged !== version) return 'enlargement';
    if (kinds.includes('normals') && (this.#normals?.picture.isDue(version) ?? true)) return 'normals';
    return undefined;
  }
}

function rgb({ image, cutOut }: WiredPicture): PresentSource {
  return { kind: 'rgb', image, cutOut };
}
