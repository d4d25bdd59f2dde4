/**
 * What all implementations ("variants") of the modulated 3x3 convolution agree on. Which one is the fastest depends on shape and device, so
 * the wrapper in modulated-conv.ts picks one for each layer; each wants the weights in a layout of its own, made once at load.
 */
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import type { Texture, TextureExtents } from '../../gpu/texture';
import type { ConvShape } from './conv-weights';
import type { LayerEpilogue } from './layer-epilogue';

/** An order of weights in memory, with whatever is computed from them beforehand. */
export interface WeightLayout {
  /** Tells it apart from all other layouts. */
  readonly name: string;
  /** Shape of the tensor that {@link prepare} fills. */
  shapeOf(conv: ConvShape): readonly number[];
  /** Whether its kernels take halves, too (`array<WeightVector>`). Default: false. */
  readonly allowsHalves?: boolean;
  /** @param stored [outChannels, inChannels, 3, 3] @returns row-major, without padding of the last axis */
  prepare(stored: Float32Array, conv: ConvShape): Float32Array;
}

/** The same for weights that are read as texels. */
export interface WeightTextureLayout {
  readonly name: string;
  extentsOf(conv: ConvShape): TextureExtents;
  /** @param stored [outChannels, inChannels, 3, 3] @returns the texels' numbers, row by row */
  prepare(stored: Float32Array, conv: ConvShape): Float32Array<ArrayBuffer>;
}

/** The weights of one layer, in whatever layout a variant wants: each is made and uploaded when it is first asked for. */
export interface ConvWeights {
  readonly label: string;
  /** [outChannels, inChannels, 3, 3] */
  readonly shape: ConvShape;
  /** Whether every weight is a 16-bit float, so that storing it as one loses nothing. */
  readonly areHalves: boolean;
  /** As halves where layout and kernels allow it and it loses nothing, or where the device is to store convolutions so. */
  as(layout: WeightLayout): Tensor;
  asTexture(layout: WeightTextureLayout): Texture;
}

/** One layer as the choice of a variant depends on it. */
export interface Conv3x3Shape {
  readonly batch: number;
  /** Of the input. */
  readonly height: number;
  readonly width: number;
  readonly inChannels: number;
  readonly outChannels: number;
  /** 2: the layer doubles the side (zero insertion, true convolution, FIR filter). */
  readonly up: 1 | 2;
  /** As in {@link ConvWeights}. */
  readonly halfWeights: boolean;
}

export interface Conv3x3Operands {
  /** [N, H, W, inChannels] */
  readonly input: Tensor;
  readonly weights: ConvWeights;
  /** [N, inChannels] */
  readonly styles: Tensor;
  /** [N, outChannels] */
  readonly demodulation: Tensor;
  readonly epilogue: LayerEpilogue;
  /** [N, up H, up W, outChannels], to be written with its padding. */
  readonly output: Tensor;
}

/** One way to compute the layer: correlation (up 1) or zero insertion, true convolution and FIR filter (up 2), then the epilogue. */
export interface Conv3x3Variant {
  /** Unique among the variants of its `up`; the suffix of its shader's name. */
  readonly name: string;
  readonly up: 1 | 2;
  /** Whether this device can run it and this layer fits it. */
  supports(layer: Conv3x3Shape, device: DeviceFacts): boolean;
  /** Appends its dispatches. */
  record(plan: PlanBuilder, operands: Conv3x3Operands): void;
}
