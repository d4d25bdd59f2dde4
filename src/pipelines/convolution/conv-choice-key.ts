/**
 * Under which name the autotune remembers what is the fastest for a layer (`DeviceFacts.convChoices`). Layers that are alike share a name, and the
 * name says all that it takes to measure one of them.
 *
 * Sides count as the next power of two, and as 128 at most: beyond, the time for a pixel no longer changes, and a small picture is soon
 * measured. The batch does not count: the page shows one face, and more of them are more pixels of the same kind.
 */
import type { Conv3x3Shape } from './conv3x3';

const LARGEST_SIDE = 128;
const KEY = /^up([12]) (\d+)x(\d+) (\d+)>(\d+)( halves)?$/;

export function convChoiceKey({ height, width, inChannels, outChannels, up, halfWeights }: Conv3x3Shape): string {
  return `up${up} ${rounded(height)}x${rounded(width)} ${inChannels}>${outChannels}${halfWeights ? ' halves' : ''}`;
}

/** The layer that stands for all of a name; undefined for what is no name. */
export function layerOfKey(key: string): Conv3x3Shape | undefined {
  const match = KEY.exec(key);
  if (!match) return undefined;
  const [up, height, width, inChannels, outChannels] = match.slice(1, 6).map(Number);
  return {
    batch: 1,
    height: height!,
    width: width!,
    inChannels: inChannels!,
    outChannels: outChannels!,
    up: up === 2 ? 2 : 1,
    halfWeights: match[6] !== undefined,
  };
}

function rounded(side: number): number {
  return Math.min(LARGEST_SIDE, 2 ** Math.ceil(Math.log2(side)));
}
