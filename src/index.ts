/**
 * The library: what the page uses and what another web app or a script may import.
 *
 * ```ts
 * const gpu = await Gpu.request();
 * const checkpoint = await readCheckpoint(await (await fetch('portrait-eg3d.safetensors')).blob()); // or a .pkl, .pt
 * const generator = Generator.create(gpu, checkpoint);
 * const renderer = await VolumetricRenderer.create(generator);
 * renderer.setFace({ z: seededLatent(0, generator.config.mapping.zDim), psi: 0.7 });
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
export { Gpu, type GpuRequest } from './gpu/device';
export { BufferLimitError, GpuError, NoAdapterError, WebGpuUnavailableError } from './gpu/errors';
export { Recorder } from './gpu/recorder';
export type { DeviceFacts } from './gpu/tensor-host';
export { StageTimer } from './gpu/timing';
export type { GeneratorConfig, MappingConfig } from './models/config';
export { Generator } from './models/generator';
export { ModelConfigError, readGeneratorConfig, tensorPrefix } from './models/generator-config';
export { generatorConfigJson } from './models/generator-config-json';
export { seededLatent } from './models/latent';
export { loopThroughKeyframes } from './models/latent-path';
export { createPresenter, type Presenter } from './pipelines/present';
export { estimateMemory, type MemoryEstimate } from './render/memory-estimate';
export { type PictureBytes, pictureBytes } from './render/picture-bytes';
export {
  type FaceCode,
  type PictureKind,
  type RenderedArrays,
  type RenderSettings,
  STAGES,
  settingsOf,
  VolumetricRenderer,
} from './render/volumetric-renderer';
