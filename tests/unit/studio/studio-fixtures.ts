/** What tests of the studio share. */
import type { GeneratorConfig } from '../../../src/models/config';

/** A model of which only the fields that the studio reads matter: four layers, four dimensions of z. */
export function modelConfig(): GeneratorConfig {
  return {
    mapping: { zDim: 4, cDim: 25, wDim: 8, numWs: 4, layers: 2, lrMultiplier: 1 },
    backbone: { wDim: 8, resolution: 16, imageChannels: 96, channelBase: 64, channelMax: 16, convClamp: undefined },
    rendering: {
      planeAxes: [
        [0, 1],
        [0, 2],
        [2, 1],
      ],
      planeChannels: 32,
      boxWarp: 1,
      rayLimits: 'auto',
      depthSamples: 24,
      importanceSamples: 36,
      disparitySampling: false,
      whiteBackground: true,
      decoderHiddenWidth: 64,
      decoderOutputs: 32,
      decoderLrMultiplier: 1,
      neuralResolution: 56,
      alphaFeature: undefined,
    },
    superResolution: {
      wDim: 8,
      inputChannels: 32,
      inputResolution: 64,
      resize: 'when-smaller',
      antialias: true,
      blocks: [
        { channels: 16, upsample: true },
        { channels: 8, upsample: true },
      ],
      convClamp: undefined,
      noiseMode: 'none',
    },
    conditioning: { zeroed: true, scale: 1 },
    camera: { radius: 2, pivot: [0, 0.25, 0], focal: 4 },
    imageResolution: 256,
  };
}
