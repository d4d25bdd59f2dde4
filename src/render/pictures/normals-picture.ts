/** The surface normals of one ray march as a picture. It belongs to the march: other settings, another picture. */
import { type CameraLabel, LABEL_LENGTH } from '../../camera/conventions';
import { writeTensor } from '../../gpu/tensor';
import type { RayMarchStage } from '../../models/generator';
import { surfaceNormals } from '../../pipelines/pictures/normals';
import { buildPlan, DerivedPicture, type PlanPlace } from './derived-picture';

export interface NormalsPicture {
  readonly picture: DerivedPicture;
  /** To be told whenever the march is: a label [25]. */
  writeCamera(label: CameraLabel): void;
}

/** @throws BufferLimitError, KernelCompileError; nothing stays allocated then */
export async function createNormalsPicture(place: PlanPlace, rays: RayMarchStage): Promise<NormalsPicture> {
  const { plan, wired } = await buildPlan(place, 'normals', (builder) => {
    const cameras = builder.tensor('cameras of the normals', [1, LABEL_LENGTH]);
    return { cameras, normals: builder.keep(surfaceNormals(builder, { ...rays, cameras })) };
  });
  const writeCamera = (label: CameraLabel) => writeTensor(place.generator.host, wired.cameras, label);
  writeCamera(rays.camera);
  return { picture: new DerivedPicture(plan, [wired.normals]), writeCamera };
}
