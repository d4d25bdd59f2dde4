/**
 * What a mesh needs of the device: the density of a face on a grid, and colours and normals of its surface, both piece by piece between frames.
 * Grids are kept, so that another level costs no sampling; a grid of 256^3 has 67 MB.
 */
import type { CameraLabel } from '../../camera/conventions';
import { sampleDensityGrid } from '../../geometry/density-grid';
import { shadeMesh } from '../../geometry/face-mesh';
import type { DeviceJob } from '../../geometry/long-job';
import type { Mesh } from '../../geometry/mesh';
import type { DensityGrid } from '../../geometry/voxel-grid';
import type { Tensor } from '../../gpu/tensor';
import type { FaceRecipe } from '../../models/faces/recipe';
import type { Generator } from '../../models/generator';
import type { JobContext } from '../shared/jobs';
import { FrameLoopStoppedError } from '../view/frame-loop';

/** A face, and the camera that it follows if it does. */
export interface Subject {
  readonly face: FaceRecipe;
  readonly camera: CameraLabel;
}

type OnProgress = (share: number) => void;

export class FaceGrids {
  #subject: Subject | undefined;
  readonly #kept = new Map<number, DensityGrid>();

  /**
   * The density of a face on N^3 voxels, kept or sampled now.
   * @throws GridResolutionError, GpuError, FrameLoopStoppedError; the signal's reason if stopped
   */
  async sample(
    context: JobContext,
    subject: Subject,
    resolution: number,
    onProgress: OnProgress,
  ): Promise<DensityGrid> {
    if (this.#subject !== subject) this.forget();
    this.#subject = subject;
    const kept = this.#kept.get(resolution);
    if (kept) return kept;
    const grid = await onPlanes(context, subject, onProgress, (generator, planes, job) =>
      sampleDensityGrid(generator, planes, resolution, job),
    );
    this.#kept.set(resolution, grid);
    return grid;
  }

  forget(): void {
    this.#kept.clear();
    this.#subject = undefined;
  }
}

/** A mesh with the decoder's colours and smooth normals. @param voxel side of the voxels that it was made from */
export function shadeFaceMesh(
  context: JobContext,
  subject: Subject,
  mesh: Mesh,
  voxel: number,
  onProgress: OnProgress,
): Promise<Required<Mesh>> {
  return onPlanes(context, subject, onProgress, (generator, planes, job) =>
    shadeMesh(generator, planes, mesh, voxel, job),
  );
}

/** Runs work on the tri-planes of a face; every piece of it finds them again, whatever frames have shown meanwhile. */
async function onPlanes<T>(
  { step, signal }: JobContext,
  { face, camera }: Subject,
  onProgress: OnProgress,
  work: (generator: Generator, planes: Tensor, job: DeviceJob) => Promise<T>,
): Promise<T> {
  const { owner, planes } = await step(async (viewer) => ({
    owner: viewer,
    planes: await viewer.offScreen.planesOf(face, camera),
  }));
  const turn = <Part>(piece: () => Promise<Part>) =>
    step(async (viewer) => {
      if (viewer !== owner) throw new FrameLoopStoppedError(); // what the work has on the device has gone with it
      await viewer.offScreen.planesOf(face, camera);
      return piece();
    });
  return work(owner.model.generator, planes, { signal, onProgress, turn });
}
