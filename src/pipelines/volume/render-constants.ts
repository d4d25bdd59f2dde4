/** The constants that size arrays and lay out loops in the volume rendering kernels. */
import type { KernelConstants } from '../../gpu/kernel';
import { type DecoderExtents, RenderingOptionError, type TriPlaneOptions } from './rendering-options';

/** Sample counts are rounded up to this, so that a slider over them compiles few variants. */
const CAPACITY_STEP = 32;

/** `PLANE_COUNT` and `PLANE_AXES`. @throws RenderingOptionError */
export function planeAxesConstants({ planeAxes }: Pick<TriPlaneOptions, 'planeAxes'>): KernelConstants {
  if (planeAxes.length === 0 || planeAxes.flat().some((axis) => ![0, 1, 2].includes(axis))) {
    throw new RenderingOptionError('planeAxes', planeAxes, 'each plane takes two coordinates out of 0, 1 and 2');
  }
  return { PLANE_COUNT: planeAxes.length, PLANE_AXES: planeAxes };
}

/** `PLANE_COUNT` and `FEATURE_GROUPS`. @throws RenderingOptionError */
export function planeConstants({ planeAxes, planeChannels }: TriPlaneOptions): KernelConstants {
  return { PLANE_COUNT: planeAxes.length, FEATURE_GROUPS: groupsOfFour('planeChannels', planeChannels) };
}

/** `PLANE_COUNT`, `PLANE_AXES` and `FEATURE_GROUPS`. @throws RenderingOptionError */
export function triPlaneConstants(options: TriPlaneOptions): KernelConstants {
  return { ...planeAxesConstants(options), ...planeConstants(options) };
}

/** `FEATURE_GROUPS`, `HIDDEN_GROUPS` and `COLOUR_GROUPS`. @throws RenderingOptionError */
export function decoderConstants(extents: DecoderExtents): KernelConstants {
  const [FEATURE_GROUPS, HIDDEN_GROUPS, COLOUR_GROUPS] = groupsOf(extents);
  return { FEATURE_GROUPS, HIDDEN_GROUPS, COLOUR_GROUPS };
}

/** Groups of four features, hidden units and colours. @throws RenderingOptionError */
export function groupsOf(extents: DecoderExtents): [features: number, hidden: number, colours: number] {
  return [
    groupsOfFour('planeChannels', extents.planeChannels),
    groupsOfFour('decoderHiddenWidth', extents.decoderHiddenWidth),
    groupsOfFour('decoderOutputs', extents.decoderOutputs),
  ];
}

/** `COARSE_CAPACITY` and `FINE_CAPACITY`: private array sizes that hold the given sample counts. */
export function capacityConstants(coarseSamples: number, fineSamples: number): KernelConstants {
  const roundUp = (count: number) => Math.max(1, Math.ceil(count / CAPACITY_STEP)) * CAPACITY_STEP;
  return { COARSE_CAPACITY: roundUp(coarseSamples), FINE_CAPACITY: roundUp(fineSamples) };
}

function groupsOfFour(option: string, channels: number): number {
  if (!Number.isInteger(channels) || channels < 4 || channels % 4 !== 0) {
    throw new RenderingOptionError(option, channels, 'the kernels take multiples of four');
  }
  return channels / 4;
}
