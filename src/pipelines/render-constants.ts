/**
 * The constants that size arrays and repeat lines in the volume rendering kernels. WGSL sizes function arrays by `const` only, not by `override`,
 * so these few lines are generated and become one more source text of the kernel. A kernel is cached by its name, which therefore names them too.
 */
import { defineKernel, type Kernel } from '../gpu/kernel';
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

/**
 * Writes lines of WGSL several times, because WGSL has no way to unroll a loop: an array that is indexed by a variable lives in memory, one that is
 * indexed by numbers in registers. The lines between `//% repeat NAME COUNT` and `//% end` come COUNT times (a number or one of the constants),
 * with 0, 1, 2, ... in place of `$NAME`. Repetitions may be nested, and the inner count may be the outer `$NAME`.
 */
function repeatLines(source: string, constants: RenderConstants): string {
  const written: string[] = [];
  const lines = source.split('\n');
  for (let at = 0; at < lines.length; at++) {
    const [, name, count] = REPEAT.exec(lines[at]!) ?? [];
    if (name === undefined) {
      written.push(lines[at]!);
      continue;
    }
    const first = at + 1;
    for (let depth = 1; depth > 0; ) {
      at++;
      if (REPEAT.test(lines[at]!)) depth++;
      else if (lines[at]!.startsWith(END_OF_REPEAT)) depth--;
    }
    const inner = lines.slice(first, at).join('\n');
    const times = Number(constants[count!] ?? count);
    for (let i = 0; i < times; i++) written.push(repeatLines(inner.replaceAll(`$${name}`, String(i)), constants));
  }
  return written.join('\n');
}

const REPEAT = /^\/\/% repeat (\w+) ([\w$]+)$/;
const END_OF_REPEAT = '//% end';

const DIRECTIVE = /^(enable|diagnostic).*;$/gm;

const specialised = new Map<string, Kernel>();

/** A kernel of `sources` with these constants in front; the same one for the same constants. */
export function specialise(name: string, constants: RenderConstants, ...sources: string[]): Kernel {
  const fullName = `${name} ${Object.values(constants).flat(2).join(' ')}`;
  let kernel = specialised.get(fullName);
  if (!kernel) {
    const texts = sources.map((source) => repeatLines(source, constants));
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
