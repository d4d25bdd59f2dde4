/**
 * All implementations of the modulated 3x3 convolution, and which one a layer gets. What is the fastest depends on the layer's shape and on the
 * device: where that has been measured (conv-tuning.ts), the measurement decides, and elsewhere a default by shape and kind of device.
 */
import type { DeviceFacts } from '../../gpu/tensor-host';
import { convChoiceKey, hardwareDefault } from './conv-tuning';
import type { Conv3x3Shape, Conv3x3Variant } from './conv3x3';
import { PLAIN, TILED } from './conv3x3-direct';
import { GEMM, GEMM_UP2 } from './conv3x3-gemm';
import { SAMPLED, SAMPLED_UP2 } from './conv3x3-sampled';
import { SPLIT_K, SPLIT_K_UP2 } from './conv3x3-split-k';
import { BANDED } from './conv3x3-up2';
import { WINOGRAD } from './conv3x3-winograd';

/** The first of each `up` runs everywhere. */
export const CONV3X3_VARIANTS: readonly Conv3x3Variant[] = [
  TILED,
  BANDED,
  PLAIN,
  SAMPLED,
  SAMPLED_UP2,
  GEMM,
  GEMM_UP2,
  WINOGRAD,
  SPLIT_K,
  SPLIT_K_UP2,
];

/** The variants that can compute this layer on this device. */
export function variantsFor(layer: Conv3x3Shape, device: DeviceFacts): Conv3x3Variant[] {
  return CONV3X3_VARIANTS.filter((variant) => variant.up === layer.up && variant.supports(layer, device));
}

/** The variant that a layer gets when nobody asks for another. */
export function chooseVariant(layer: Conv3x3Shape, device: DeviceFacts): Conv3x3Variant {
  const variants = variantsFor(layer, device);
  const measured = device.convChoices?.get(convChoiceKey(layer));
  const names = [measured, ...portableChoice(layer, device)];
  const wanted = names.map((name) => variants.find((variant) => variant.name === name));
  return wanted.find((variant) => variant !== undefined) ?? variants[0]!;
}

/** Names of what is good by experience (software) or by the book (hardware), the best first. */
function portableChoice(layer: Conv3x3Shape, device: DeviceFacts): readonly string[] {
  return device.adapter.isSoftware ? ['sampled'] : hardwareDefault(layer);
}
