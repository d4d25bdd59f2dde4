/**
 * The variants of all shaders that wrappers can ask for: the values of constants that state their range, the values below of those that are sizes, and
 * both ways to store each storage type. Of constants that directives read, which change the text, all combinations; of constants that only WGSL reads
 * each value once, and of storage types each format once. A shader with a constant that is not here is an error: what nobody compiles, nobody knows.
 */
import type { StorageFormat } from '../../src/gpu/tensor-host';
import { preprocess, type ShaderConstants, type ShaderFile, storageDefinitions } from '../../src/gpu/wgsl';

export interface ShaderVariant {
  /** Path, constants and formats, for messages. */
  readonly name: string;
  readonly code: string;
  /** File and line of each line of the code. */
  readonly origins: readonly string[];
  readonly needsSubgroups: boolean;
  /** Names of its bindings, the uniform included. */
  readonly bindings: readonly string[];
}

type Choice = ShaderConstants;

const AXES = [
  [0, 1],
  [0, 2],
  [2, 1],
] as const;

/** Choices of constants that depend on each other, by one of their names. */
const SIZES: Readonly<Record<string, readonly Choice[]>> = {
  // 32 features, 64 hidden units and 32 colours, as in the published models; a draft makes a group of the colours.
  FEATURE_GROUPS: [{ FEATURE_GROUPS: 8 }],
  HIDDEN_GROUPS: [{ HIDDEN_GROUPS: 16 }],
  COLOUR_GROUPS: [{ COLOUR_GROUPS: 8 }],
  SHOWN_GROUPS: [{ SHOWN_GROUPS: 8 }, { SHOWN_GROUPS: 1 }],
  PLANE_COUNT: [{ PLANE_COUNT: 3 }],
  PLANE_AXES: [{ PLANE_AXES: AXES }],
  TARGETS: [
    {
      TARGETS: [
        [0, 0],
        [1, 3],
        [2, 2],
      ],
    },
  ],
  // What is quick on a graphics card, and on software adapters with and without filters of floats and subgroups.
  QUADS: [
    { QUADS: 1, READS_TEXTURE: 0, SHARES_WEIGHTS: 0, KEEPS_COLOURS: 0 },
    { QUADS: 1, READS_TEXTURE: 1, SHARES_WEIGHTS: 0, KEEPS_COLOURS: 0 },
    { QUADS: 2, READS_TEXTURE: 0, SHARES_WEIGHTS: 0, KEEPS_COLOURS: 1 },
    { QUADS: 2, READS_TEXTURE: 0, SHARES_WEIGHTS: 1, KEEPS_COLOURS: 1 },
    { QUADS: 2, READS_TEXTURE: 1, SHARES_WEIGHTS: 0, KEEPS_COLOURS: 1 },
    { QUADS: 2, READS_TEXTURE: 1, SHARES_WEIGHTS: 1, KEEPS_COLOURS: 1 },
  ],
  COARSE_CAPACITY: [{ COARSE_CAPACITY: 64 }],
  FINE_CAPACITY: [{ FINE_CAPACITY: 32 }],
  STEPS: [{ STEPS: 48 }],
  SCOUTS: [{ SCOUTS: 16 }, { SCOUTS: 8 }],
  SAMPLES: [{ SAMPLES: 8 }],
  // Stretches of points that are summed side by side (pipelines/volume/gradient/points-gradient.ts).
  SLICES: [{ SLICES: 64 }],
  CHANNEL_THREADS: [{ CHANNEL_THREADS: 8 }, { CHANNEL_THREADS: 4 }],
  // The tiles of the kernels that read texels: 3x3, up=2, and of pictures.
  ROWS: [
    { ROWS: 8, COLUMNS: 4, GROUPS: 2, STRIDE: 1, OFFSET: 0, KERNEL_SIDE: 3 },
    { ROWS: 4, COLUMNS: 4, GROUPS: 2, STRIDE: 2, OFFSET: 1, KERNEL_SIDE: 3 },
    { ROWS: 4, COLUMNS: 4, GROUPS: 1, STRIDE: 1, OFFSET: 0, KERNEL_SIDE: 3 },
    { ROWS: 4, COLUMNS: 4, GROUPS: 4, STRIDE: 1, OFFSET: 1, KERNEL_SIDE: 1 },
  ],
  GROUPS: [{ GROUPS: 6 }],
  SIDE: [{ SIDE: 4 }],
  // Small convolutions and their gradients: 3x3, with stride, and 1x1.
  KERNEL_HEIGHT: [
    { KERNEL_HEIGHT: 3, KERNEL_WIDTH: 3, STRIDE: 1, TILE_ROWS: 2, TILE_COLUMNS: 4, IN_GROUPS: 1, OUT_GROUPS: 1 },
    { KERNEL_HEIGHT: 3, KERNEL_WIDTH: 3, STRIDE: 2, TILE_ROWS: 1, TILE_COLUMNS: 4, IN_GROUPS: 1, OUT_GROUPS: 1 },
    { KERNEL_HEIGHT: 1, KERNEL_WIDTH: 1, STRIDE: 1, TILE_ROWS: 1, TILE_COLUMNS: 4, IN_GROUPS: 2, OUT_GROUPS: 4 },
    { KERNEL_HEIGHT: 1, KERNEL_WIDTH: 1, STRIDE: 1, TILE_ROWS: 1, TILE_COLUMNS: 4, IN_GROUPS: 8, OUT_GROUPS: 1 },
  ],
  RUN: [{ RUN: 1 }, { RUN: 16 }],
  SKIP_ROWS: [{ SKIP_ROWS: 8, SKIP_COLUMNS: 4 }],
  OFFSET: [
    { OFFSET: 0, STRIDE: 1, KERNEL_SIDE: 3, TILE_ROWS: 4, TILE_COLUMNS: 8, IN_GROUPS: 1, OUT_GROUPS: 1 },
    { OFFSET: 1, STRIDE: 2, KERNEL_SIDE: 3, TILE_ROWS: 2, TILE_COLUMNS: 4, IN_GROUPS: 1, OUT_GROUPS: 1 },
    { OFFSET: 1, STRIDE: 1, KERNEL_SIDE: 1, TILE_ROWS: 1, TILE_COLUMNS: 4, IN_GROUPS: 4, OUT_GROUPS: 4 },
  ],
  // StyleGAN3's layers: up and down sampling by 1, 2 and 4 with filters of 6 taps for each.
  UP: [{ UP: 1 }, { UP: 2 }, { UP: 4 }],
  DOWN: [{ DOWN: 1 }, { DOWN: 2 }],
  UP_TAPS: [{ UP_TAPS: 12 }],
  DOWN_TAPS: [{ DOWN_TAPS: 12 }],
  TILE_WIDTH: [{ TILE_WIDTH: 7 }],
  TILE_HEIGHT: [{ TILE_HEIGHT: 5 }],
  THREADS: [{ THREADS: 4 }, { THREADS: 128 }],
};

/** Constants that a shader gives to what it includes: no wrapper touches them. */
const OWN = new Set(['KERNEL_SIDE', 'WORKGROUP_THREADS']);

/** All variants of all shaders but those that are only included. @throws ShaderTextError, Error for a constant without values */
export function shaderVariants(files: readonly ShaderFile[]): ShaderVariant[] {
  return files.filter(({ path }) => !path.startsWith('common/')).flatMap(variantsOf);
}

function variantsOf(file: ShaderFile): ShaderVariant[] {
  const { structural, plain } = choicesOf(file);
  const variants: ShaderVariant[] = [];
  const add = (constants: Choice, formats: Readonly<Record<string, StorageFormat>>) => {
    const text = preprocess(file, constants);
    variants.push({
      name: `${file.path} ${JSON.stringify({ ...constants, ...formats })}`,
      code: text.code + storageDefinitions(formats),
      origins: text.origins,
      needsSubgroups: /^\s*enable subgroups;/m.test(text.code),
      bindings: [
        ...(text.params.length > 0 ? ['params'] : []),
        ...text.bindings.keys(),
        ...text.textures.keys(),
        ...(text.sampler ? [text.sampler.name] : []),
      ],
    });
  };
  const { storageTypes } = preprocess(file, Object.assign({}, ...structural.map(first), ...plain.map(first)));
  const stored = (format: StorageFormat) => Object.fromEntries([...storageTypes].map((type) => [type, format]));
  for (const constants of combinations(structural)) {
    // Each value of the others in turn, and floats and halves in turn.
    const rounds = Math.max(storageTypes.size > 0 ? 2 : 1, ...plain.map(({ length }) => length));
    for (let round = 0; round < rounds; round++) {
      const others = plain.map((values) => values[round % values.length]!);
      add(Object.assign({}, constants, ...others), stored(round % 2 === 0 ? 'f32' : 'f16'));
    }
  }
  return variants;
}

const first = <T>(values: readonly T[]): T => values[0]!;

/** The values of each constant of a shader, apart for those that directives read. */
function choicesOf(file: ShaderFile): Record<'structural' | 'plain', (readonly Choice[])[]> {
  const directives = textsOf(file)
    .flatMap((text) => text.match(/^\s*#(if|for)\b.*$|\$\{[^}]*\}/gm) ?? [])
    .join('\n');
  const structural: (readonly Choice[])[] = [];
  const plain: (readonly Choice[])[] = [];
  const { constants } = preprocess(file, anyValues(file));
  const joint = new Set(
    [...constants.keys()].flatMap((name) => Object.keys(SIZES[name]?.[0] ?? {}).filter((other) => other !== name)),
  );
  for (const [name, range] of constants) {
    if (OWN.has(name) || joint.has(name)) continue;
    const values = range
      ? Array.from({ length: range.to - range.from }, (_, step) => ({ [name]: range.from + step }))
      : SIZES[name]?.map((choice) => onlyNames(choice, constants));
    if (!values) {
      throw new Error(`${file.path}: "${name}" has no range, and tests/support/shader-variants.ts no values for it`);
    }
    (Object.keys(values[0]!).some((one) => new RegExp(`\\b${one}\\b`).test(directives)) ? structural : plain).push(
      values,
    );
  }
  return { structural, plain };
}

function onlyNames(choice: Choice, names: ReadonlyMap<string, unknown>): Choice {
  return Object.fromEntries(Object.entries(choice).filter(([name]) => names.has(name)));
}

/** The texts of a shader and of all that it includes. */
function textsOf({ text, includes }: ShaderFile): string[] {
  return [text, ...Object.values(includes).flatMap(textsOf)];
}

/** The first value of every constant that has no default. */
function anyValues(file: ShaderFile): Choice {
  const declared = textsOf(file).flatMap((text) => [...text.matchAll(/^\s*#const (\w+)(?: in (\d+))?(?!.* = )/gm)]);
  const names = new Map(declared.map(([, name]) => [name!, name]));
  const choices = declared.map(([, name, from]) => SIZES[name!]?.[0] ?? { [name!]: Number(from ?? 0) });
  return onlyNames(Object.assign({}, ...choices), names);
}

function combinations<T extends object>(choices: readonly (readonly T[])[]): T[] {
  return choices.reduce<T[]>(
    (made, values) => made.flatMap((one) => values.map((value) => ({ ...one, ...value }))),
    [{} as T],
  );
}
