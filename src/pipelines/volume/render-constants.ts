/**
 * The constants that size arrays and repeat lines in the volume rendering kernels. WGSL sizes function arrays by `const` only, not by `override`,
 * so these few lines are generated and become one more source text of the kernel. A kernel is cached by its name, which therefore names them too.
 */
import { defineKernel, type Kernel } from '../../gpu/kernel';
import { unrolled } from '../unroll';
import { type DecoderExtents, RenderingOptionError, type TriPlaneOptions } from './rendering-options';

/** Sample counts are rounded up to this, so that a slider over them compiles few variants. */
const CAPACITY_STEP = 32;

/** Constants by name; a plane-axes list becomes an array of vec2u. */
export type RenderConstants = Readonly<Record<string, number | TriPlaneOptions['planeAxes']>>;

/** `PLANE_COUNT`, `PLANE_AXES` and `FEATURE_GROUPS`. @throws RenderingOptionError */
export function triPlaneConstants({ planeAxes, planeChannels }: TriPlaneOptions): RenderConstants {
  if (planeAxes.length === 0 || planeAxes.flat().some((axis) => ![0, 1, 2].includes(axis))) {
    throw new RenderingOptionError('planeAxes', planeAxes, 'each plane takes two coordinates out of 0, 1 and 2');
  }
  return {
    PLANE_COUNT: planeAxes.length,
    PLANE_AXES: planeAxes,
    FEATURE_GROUPS: groupsOfFour('planeChannels', planeChannels),
  };
}

/** `FEATURE_GROUPS`, `HIDDEN_GROUPS` and `COLOUR_GROUPS`. @throws RenderingOptionError */
export function decoderConstants(extents: DecoderExtents): RenderConstants {
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
export function capacityConstants(coarseSamples: number, fineSamples: number): RenderConstants {
  const roundUp = (count: number) => Math.max(1, Math.ceil(count / CAPACITY_STEP)) * CAPACITY_STEP;
  return { COARSE_CAPACITY: roundUp(coarseSamples), FINE_CAPACITY: roundUp(fineSamples) };
}

const DIRECTIVE = /^(enable|diagnostic).*;$/gm;

const specialised = new Map<string, Kernel>();

/** A kernel of `sources` with these constants in front, its loops laid out (unroll.ts); the same one for the same constants. */
export function specialise(name: string, constants: RenderConstants, ...sources: string[]): Kernel {
  const fullName = `${name} ${Object.values(constants).flat(2).join(' ')}`;
  let kernel = specialised.get(fullName);
  if (!kernel) {
    const texts = sources.map((source) => unrolled(source, numbersOf(constants)));
    // Directives come before everything else in a module.
    const directives = texts.flatMap((text) => text.match(DIRECTIVE) ?? []);
    const declarations = [
      ...Object.entries(constants).map(declaration),
      ...texts.map((text) => text.replace(DIRECTIVE, '')),
    ];
    kernel = defineKernel(fullName, ...directives, ...declarations);
    specialised.set(fullName, kernel);
  }
  return kernel;
}

function numbersOf(constants: RenderConstants): Record<string, number> {
  return Object.fromEntries(
    Object.entries(constants).filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

function declaration([name, value]: [string, RenderConstants[string]]): string {
  if (typeof value === 'number') return `const ${name} = ${value}u;`;
  const pairs = value.map(([u, v]) => `vec2u(${u}u, ${v}u)`);
  return `const ${name} = array<vec2u, ${value.length}>(${pairs.join(', ')});`;
}

function groupsOfFour(option: string, channels: number): number {
  if (!Number.isInteger(channels) || channels < 4 || channels % 4 !== 0) {
    throw new RenderingOptionError(option, channels, 'the kernels take multiples of four');
  }
  return channels / 4;
}
