/**
 * The generator as data: everything that differs between models of the EG3D family. A model file carries these facts in its metadata
 * (`generator-config.ts` reads them); the networks in this folder are wired from them and hard-code nothing.
 */

/** Mapping network: (z, c) to w (EG3D section 4.4; StyleGAN2). */
export interface MappingConfig {
  /** Numbers in z; 0 for a network that maps the label alone. */
  readonly zDim: number;
  /** Numbers in the conditioning label; 0 for none. */
  readonly cDim: number;
  readonly wDim: number;
  /** Copies of w that the synthesis network consumes; undefined where w is not broadcast. */
  readonly numWs: number | undefined;
  readonly layers: number;
  /** Width of the embedded label. Default: wDim. */
  readonly embedFeatures?: number;
  /** Width of all layers but the last. Default: wDim. */
  readonly layerFeatures?: number;
  /** Learning-rate multiplier of the fc layers (the embedding's is always 1): stored weights act multiplied by it. */
  readonly lrMultiplier: number;
}

/** StyleGAN2 synthesis network with skip connections. */
export interface SynthesisConfig {
  readonly wDim: number;
  /** Side of the output in pixels, a power of two of 4 or more. */
  readonly resolution: number;
  readonly imageChannels: number;
  /** Channels at side r are min(channelBase / r, channelMax), rounded down. */
  readonly channelBase: number;
  readonly channelMax: number;
  /** Largest magnitude after each layer; undefined for none. */
  readonly convClamp: number | undefined;
}

/** Where a layer's noise comes from: the file's constant, none, or fresh numbers from a seed. */
export type NoiseMode = 'const' | 'none' | 'random';

/** The two-block super-resolution networks (EG3D section 4.3 and supplement). */
export interface SuperResolutionConfig {
  readonly wDim: number;
  /** Channels of the feature image; the first three are its picture. */
  readonly inputChannels: number;
  /** Side to which the feature image is resized before the first block. */
  readonly inputResolution: number;
  /** 'when-smaller' (the official 4X module) refuses a larger feature image; 'when-different' shrinks it too. */
  readonly resize: 'when-different' | 'when-smaller';
  readonly antialias: boolean;
  readonly blocks: readonly [SuperResolutionBlock, SuperResolutionBlock];
  readonly convClamp: number | undefined;
  readonly noiseMode: NoiseMode;
}

export interface SuperResolutionBlock {
  readonly channels: number;
  /** Whether the block doubles the side. */
  readonly upsample: boolean;
}

/** Coordinates (0 = x, 1 = y, 2 = z) that address a plane's width and height. */
export type PlaneAxes = readonly (readonly [u: 0 | 1 | 2, v: 0 | 1 | 2])[];

/** Volume rendering (EG3D section 4.2). Lengths are in the scene's unit; the box's side is `boxWarp`. */
export interface RenderingConfig {
  readonly planeAxes: PlaneAxes;
  readonly planeChannels: number;
  readonly boxWarp: number;
  /** Ray limits along the unit direction, or 'auto' for the entry into and the exit from the box. */
  readonly rayLimits: 'auto' | { readonly start: number; readonly end: number };
  readonly depthSamples: number;
  /** Samples of the second, importance-driven pass; 0 for none. */
  readonly importanceSamples: number;
  /** Space the first samples evenly in 1 / depth. */
  readonly disparitySampling: boolean;
  readonly whiteBackground: boolean;
  readonly decoderHiddenWidth: number;
  /** Colour features that the decoder makes, beside the density. */
  readonly decoderOutputs: number;
  readonly decoderLrMultiplier: number;
  /** Channel of the rendered features that holds 1 - 2 alpha; undefined where none does. A student has it from its teacher. */
  readonly alphaFeature: number | undefined;
  /** Side of the feature image in rays. */
  readonly neuralResolution: number;
}

/** How the label that conditions the mapping network is treated ("generator pose conditioning", EG3D section 4.4). */
export interface ConditioningConfig {
  /** True if the label is replaced by zeros. */
  readonly zeroed: boolean;
  /** Factor on the label, 0 in files that do not name it. */
  readonly scale: number;
}

/** The camera that shows the model as it was trained. */
export interface CameraConfig {
  readonly radius: number;
  readonly pivot: readonly [number, number, number];
  /** Focal length in units of the image's side. */
  readonly focal: number;
}

export interface GeneratorConfig {
  readonly mapping: MappingConfig;
  readonly backbone: SynthesisConfig;
  readonly rendering: RenderingConfig;
  readonly superResolution: SuperResolutionConfig;
  readonly conditioning: ConditioningConfig;
  readonly camera: CameraConfig;
  /** Side of the final picture in pixels. */
  readonly imageResolution: number;
}

/**
 * StyleGAN3 synthesis network (Karras et al. 2021, "Alias-Free Generative Adversarial Networks"); what follows from these numbers for every
 * layer is in stylegan3/geometry.ts. Frequencies are in cycles per side of the picture.
 */
export interface StyleGan3Config {
  readonly wDim: number;
  /** Side of the output in pixels, a power of two. */
  readonly resolution: number;
  readonly imageChannels: number;
  /** Channels of a layer with cutoff f are min(channelBase / (2 f), channelMax), rounded. */
  readonly channelBase: number;
  readonly channelMax: number;
  /** Convolution layers without the picture layer: 14. */
  readonly layers: number;
  /** Of these, the last ones, which sample at the critical rate: 2. */
  readonly criticalLayers: number;
  /** Cutoff frequency of the first layer: 2. */
  readonly firstCutoff: number;
  /** Frequency from which on the first layer's filter lets nothing through: 2^2.1. */
  readonly firstStopband: number;
  /** The last layer's stopband over its cutoff: 2^0.3. */
  readonly lastStopbandRelative: number;
  /** Pixels that all layers but the last two compute beyond each edge: 10. */
  readonly marginSize: number;
  /** Factor on the picture: 0.25. */
  readonly outputScale: number;
  /** Side of the convolution kernels: 3 in configuration T, 1 in configuration R. */
  readonly convKernel: number;
  /** True for the radially symmetric down-sampling filters of configuration R. */
  readonly radialFilters: boolean;
  /** Largest magnitude after each layer: 256. */
  readonly convClamp: number;
}
