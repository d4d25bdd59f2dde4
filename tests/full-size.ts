/** The configuration of the published ffhq512-128 generator (30.7 million parameters), the largest that is commonly in use. */
import type { GeneratorConfig } from '../src/models/config';

export const FULL_SIZE: GeneratorConfig = {
  mapping: { zDim: 512, cDim: 25, wDim: 512, numWs: 14, layers: 2, lrMultiplier: 0.01 },
  backbone: {
    wDim: 512,
    resolution: 256,
    imageChannels: 96,
    channelBase: 32768,
    channelMax: 512,
    convClamp: undefined,
  },
  rendering: {
    planeAxes: [
      [0, 1],
      [0, 2],
      [2, 0],
    ],
    planeChannels: 32,
    boxWarp: 1,
    rayLimits: { start: 2.25, end: 3.3 },
    depthSamples: 48,
    importanceSamples: 48,
    disparitySampling: false,
    whiteBackground: false,
    decoderHiddenWidth: 64,
    decoderOutputs: 32,
    decoderLrMultiplier: 1,
    neuralResolution: 128,
    alphaFeature: undefined,
  },
  superResolution: {
    wDim: 512,
    inputChannels: 32,
    inputResolution: 128,
    resize: 'when-different',
    antialias: true,
    blocks: [
      { channels: 256, upsample: true },
      { channels: 128, upsample: true },
    ],
    convClamp: 256,
    noiseMode: 'none',
  },
  conditioning: { zeroed: false, scale: 1 },
  camera: { radius: 2.7, pivot: [0, 0, 0.2], focal: 4.2647 },
  imageResolution: 512,
};

/** What every WebGPU device grants (the specification's default limits). */
export const DEFAULT_LIMITS = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxComputeWorkgroupsPerDimension: 65535,
};
