/**
 * A generator's configuration as the JSON that our files carry under `config` (docs/model-format.md): the inverse of
 * `readGeneratorConfig` for our own layout. What the tensors decide is not written.
 */
import type { GeneratorConfig } from './config';

/** @returns JSON that `readGeneratorConfig` turns into an equal configuration, given the same tensors */
export function generatorConfigJson(config: GeneratorConfig): string {
  const { mapping, backbone, rendering, superResolution, conditioning, camera } = config;
  const { rayLimits } = rendering;
  return JSON.stringify({
    z_dim: mapping.zDim,
    c_dim: mapping.cDim,
    w_dim: mapping.wDim,
    mapping_layers: mapping.layers,
    mapping_lr_mul: mapping.lrMultiplier,
    channel_base: backbone.channelBase,
    channel_max: backbone.channelMax,
    conv_clamp: backbone.convClamp ?? null,
    plane_axes: rendering.planeAxes,
    box_warp: rendering.boxWarp,
    ray_start: rayLimits === 'auto' ? 'auto' : rayLimits.start,
    ray_end: rayLimits === 'auto' ? 'auto' : rayLimits.end,
    depth_resolution: rendering.depthSamples,
    depth_resolution_importance: rendering.importanceSamples,
    disparity_space_sampling: rendering.disparitySampling,
    clamp_mode: 'softplus',
    white_back: rendering.whiteBackground,
    decoder_lr_mul: rendering.decoderLrMultiplier,
    alpha_feature: rendering.alphaFeature,
    neural_rendering_resolution: rendering.neuralResolution,
    sr_input_resolution: superResolution.inputResolution,
    sr_channels: superResolution.blocks.map(({ channels }) => channels),
    sr_upsample: superResolution.blocks.map(({ upsample }) => upsample),
    sr_resize: superResolution.resize,
    sr_antialias: superResolution.antialias,
    sr_conv_clamp: superResolution.convClamp ?? null,
    superresolution_noise_mode: superResolution.noiseMode,
    img_resolution: config.imageResolution,
    c_gen_conditioning_zero: conditioning.zeroed,
    c_scale: conditioning.scale,
    avg_camera_radius: camera.radius,
    avg_camera_pivot: camera.pivot,
    camera_focal: camera.focal,
  });
}
