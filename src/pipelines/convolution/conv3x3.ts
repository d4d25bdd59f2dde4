/**
 * What all implementations ("variants") of the modulated 3x3 convolution agree on. Which one is the fastest depends on shape and device, so
 * the wrapper in modulated-conv.ts picks one for each layer; each wants the weights in a layout of its own.
 */
import type { PlanBuilder } from '../../gpu/plan';
import type { Tensor } from '../../gpu/tensor';
import type { DeviceFacts } from '../../gpu/tensor-host';
import type { ConvWeights } from './conv-weights';
import type { LayerEpilogue } from './layer-epilogue';

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
  /** As in {@link ConvWeights}. Default: false. */
  readonly trainableWeights?: boolean | undefined;
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
