/**
 * The library: what the page uses and what another web app or a script may import.
 *
 * ```ts
 * const gpu = await Gpu.request();
 * const checkpoint = await readCheckpoint(await (await fetch('portrait-eg3d.safetensors')).blob()); // or a .pkl, .pt
 * const generator = Generator.create(gpu, checkpoint);
 * const latents = await FaceLatents.create(generator);
 * const renderer = await VolumetricRenderer.create(latents); // or ConvolutionalRenderer.create(latents, student)
 * await latents.setFace({ z: seededLatent(0, generator.config.mapping.zDim), psi: 0.7 });
 * renderer.setCamera(orbitLabel({ ...generator.config.camera, yaw: 0.5, pitch: 0 })); // radians
 *
 * const recorder = new Recorder(gpu);
 * renderer.encode(recorder); // mapping and backbone run once a face, the rest once a camera
 * recorder.submit();
 * const { image } = await renderer.read(); // [side, side, 3], about -1 to 1
 * ```
 *
 * To show a frame instead of reading it, make a presenter with `createPresenter(gpu, format)` and let it draw `renderer.picture` into a
 * texture view before `submit`.
 */

export { type CameraLabel, LABEL_LENGTH, makeLabel } from './camera/conventions';
export { intrinsicsFromFov } from './camera/intrinsics';
export { lookAtPose } from './camera/look-at';
export { orbitLabel } from './camera/orbit-pose';
export type { TrainedViews } from './camera/trained-views';
export type { Checkpoint } from './checkpoints/checkpoint';
export { CheckpointError, MissingFactsError, UnsupportedModelError } from './checkpoints/errors';
export { KNOWN_CONFIGURATIONS, type KnownConfiguration } from './checkpoints/official/known-configurations';
export {
  type CheckpointFile,
  type CheckpointSource,
  type GivenFacts,
  type OpeningOptions,
  openCheckpoint,
  readCheckpoint,
} from './checkpoints/read-checkpoint';
export { readSafetensors, type WritableTensor, writeSafetensors } from './checkpoints/safetensors';
export { TrifoldError } from './errors';
export {
  type DecodedSurface,
  decodeAtPoints,
  LARGEST_RESOLUTION,
  LEAST_RESOLUTION,
  OFFICIAL_LEVEL,
  sampleDensityGrid,
} from './geometry/density-grid';
export { GeometryError, GridResolutionError, NoSurfaceError } from './geometry/errors';
export { type FacePlanes, makeFacePlanes, shadeMesh } from './geometry/face-mesh';
export type { LongJob } from './geometry/long-job';
export { marchingCubes } from './geometry/marching-cubes';
export { largestComponent, type Mesh } from './geometry/mesh';
export { encodeMesh, MESH_FORMATS, type MeshFormat } from './geometry/mesh-files';
export { smoothMesh } from './geometry/mesh-smoothing';
export { type MeshStatistics, meshStatistics } from './geometry/mesh-statistics';
export { extractSurface, type SurfaceOptions } from './geometry/surface';
export { encodeMrc } from './geometry/volume-mrc';
export { type DensityGrid, voxelSide } from './geometry/voxel-grid';
export { Gpu, type GpuRequest } from './gpu/device';
export { BufferLimitError, GpuError, NoAdapterError, WebGpuUnavailableError } from './gpu/errors';
export { Recorder } from './gpu/recorder';
export type { DeviceFacts } from './gpu/tensor-host';
export { StageTimer } from './gpu/timing';
export type { GeneratorConfig, MappingConfig } from './models/config';
export { loopThroughKeyframes } from './models/faces/path';
export { DEFAULT_PSI } from './models/faces/recipe';
export { Generator } from './models/generator';
export { ModelConfigError, readGeneratorConfig, tensorPrefix } from './models/generator-config';
export { generatorConfigJson } from './models/generator-config-json';
export { seededLatent } from './models/latent';
export { Student, studentNumWs } from './models/student';
export {
  isStudentFile,
  matchTeacher,
  readStudentConfig,
  type StudentConfig,
  type TeacherMatch,
} from './models/student-config';
export { createPresenter, type Presenter } from './pipelines/pictures/present';
export { ConvolutionalRenderer, type StudentArrays } from './render/convolutional-renderer';
export { type FaceCode, FaceLatents } from './render/face-latents';
export {
  type FrameRenderer,
  type PictureKind,
  RENDERER_KINDS,
  type RendererKind,
  STAGES,
} from './render/frame-renderer';
export {
  type ComparedView,
  compareView,
  encodePicture,
  STRIP_VIEWS,
  stripCamera,
  stripYaws,
} from './render/pictures/compare-views';
export { colourBytes, depthBytes, type PictureBytes } from './render/pictures/picture-bytes';
export { psnr, ssim } from './render/pictures/picture-difference';
export { type RenderSettings, settingsOf } from './render/quality';
export { type RenderedArrays, VolumetricRenderer } from './render/volumetric-renderer';
export { estimateMemory, estimateStudentMemory, type MemoryEstimate } from './render/wiring';
export { exportPth } from './training/export/export-pth';
