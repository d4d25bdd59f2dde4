/**
 * The library: what the page uses and what another web app or a script may import.
 *
 * ```ts
 * const gpu = await Gpu.request();
 * const checkpoint = await readSafetensors(await (await fetch('portrait-eg3d.safetensors')).blob());
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
export { CheckpointError } from './checkpoints/errors';
export { readSafetensors, type WritableTensor, writeSafetensors } from './checkpoints/safetensors';
export { Gpu, type GpuRequest } from './gpu/device';
export { BufferLimitError, GpuError, NoAdapterError, WebGpuUnavailableError } from './gpu/errors';
export { Recorder } from './gpu/recorder';
export { StageTimer } from './gpu/timing';
export type { GeneratorConfig, MappingConfig } from './models/config';
export { Generator } from './models/generator';
export { ModelConfigError, readGeneratorConfig, tensorPrefix } from './models/generator-config';
export { seededLatent } from './models/latent';
export { loopThroughKeyframes } from './models/latent-path';
export { createPresenter, type Presenter } from './pipelines/present';
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
