/**
 * Which variant a layer gets on a graphics card that has not been measured: by the book, not by experience. Where enough multiplications wait,
 * reading less memory for each of them decides.
 */
import type { Conv3x3Shape } from './conv3x3';

/** Pixels (of the input) up to which the tiles of a picture leave a card idle. */
const SMALL_PICTURE = 32 * 32;

/** Channels below which a tile of 32 channels or a slice of 16 is mostly idle. */
const FEW_CHANNELS = 24;

/** Channels from which Winograd's transforms (bound by memory) cost less than they save. */
const MANY_CHANNELS = 96;

/** @returns names in order of preference: not every variant supports every layer */
export function hardwareDefault({ height, width, inChannels, outChannels, up }: Conv3x3Shape): readonly string[] {
  const fewest = Math.min(inChannels, outChannels);
  if (fewest < FEW_CHANNELS) return up === 1 ? ['tiled'] : ['banded'];
  if (height * width <= SMALL_PICTURE) return ['split-k', 'gemm'];
  return up === 1 && fewest >= MANY_CHANNELS ? ['winograd', 'gemm'] : ['gemm'];
}
