/**
 * The preprocessor of all shaders. WGSL has no imports, no loops that are laid out one turn after the other, and no way to size an array by what a
 * program knows only when it runs; this file adds these few things and leaves all else as it is. A directive stands on a line of its own:
 *
 *   #include "common/activation"     the text of src/shaders/common/activation.wgsl, once, however often it is asked for
 *   #const HIDDEN_GROUPS             a constant that the wrapper gives; `const HIDDEN_GROUPS = 16u;` in the text, and a number for directives. One that
 *                                    is declared already stays what it is: so a kernel decides for what it includes afterwards
 *   #const ACTIVATION in 0..9 = 0    with the range of its values and what it is where the wrapper gives nothing
 *   #const USE_NOISE: bool = 0       a switch: 0 or 1, `false` or `true` in the text
 *   #const PLANE_AXES: pairs         a list of pairs, `array<vec2u, N>` in the text
 *   #storage InputVector             a type whose numbers are stored as the bound tensor's are, with fromInputVector() and toInputVector()
 *   #param rows, channels: u32       fields of the uniform `params`: u32, i32 or f32
 *   #read input, bias: array<vec4f>  storage bindings that are read,
 *   #write output: array<vec4f>      that are written, all of them,
 *   #accumulate sum: array<vec4f>    that are added to, or changed otherwise, on the ground of what they hold
 *   #texture planes: texture_2d_array<f32>     textures, also those that are written
 *   #sampler filtered                the sampler, clamped to the edge; one of the name `nearest` does not mix texels
 *   #if ROWS > 1 ... #else ... #end  lines that are left out at times
 *   #for row in 0..ROWS ... #end     lines that are laid out once for each number; `TO` is not included
 *
 * In all lines `${2 * row + 1}` stands for its value. Expressions are of integers, constants and loop variables with + - * / (rounded down) %,
 * comparisons (1 or 0), !, &&, || and parentheses; an unknown name is an error. Fields and bindings may be named by several files, as long as they
 * say the same: so every file names what it needs itself. Bindings are numbered in their order.
 */
import { GpuError } from './errors';
import type { StorageFormat } from './tensor-host';

/** A shader's file, as the build hands it over (vite-wgsl.ts): its text, and the files that it includes. */
export interface ShaderFile {
  /** From src/shaders on: "convolution/conv3x3-gemm.wgsl". */
  readonly path: string;
  readonly text: string;
  readonly includes: Readonly<Record<string, ShaderFile>>;
}

/** Numbers, or pairs of them, for the names that a shader declares with `#const`. */
export type ShaderConstants = Readonly<Record<string, number | readonly (readonly [number, number])[]>>;

/** What a kernel does with a storage binding. */
export type BindingAccess = 'read' | 'write' | 'accumulate';

export type ParamType = 'u32' | 'i32' | 'f32';

/** A value that a `#const` may have, to the exclusion of `to`. */
export interface ConstantRange {
  readonly from: number;
  readonly to: number;
}

export interface StorageBinding {
  readonly number: number;
  readonly access: BindingAccess;
  /** The type of its elements: "vec4f", or one that `#storage` declares. */
  readonly element: string;
}

/** A shader's text with all directives carried out, and what it declares. */
export interface ShaderText {
  /** Without the definitions of storage types, which depend on what is bound: see {@link storageDefinitions}. */
  readonly code: string;
  /** File and line, "common/activation.wgsl:12", for each line of the code. */
  readonly origins: readonly string[];
  readonly bindings: ReadonlyMap<string, StorageBinding>;
  readonly textures: ReadonlyMap<string, number>;
  /** Names of the textures that it writes; all others it reads. */
  readonly writtenTextures: ReadonlySet<string>;
  readonly sampler: { readonly name: string; readonly number: number } | undefined;
  /** Fields of `params`, whose binding has the number 0, in their order. All take four bytes. */
  readonly params: readonly { readonly name: string; readonly type: ParamType }[];
  /** Storage types that the text declares. */
  readonly storageTypes: ReadonlySet<string>;
  /** Constants that it declares, with their ranges where they state one. */
  readonly constants: ReadonlyMap<string, ConstantRange | undefined>;
}

/** A shader that cannot be put together: a directive that says nothing, an unknown name, a value that it does not take. A mistake of ours. */
export class ShaderTextError extends GpuError {
  override readonly code = 'shader-text';

  constructor(
    problem: string,
    /** File and line, "common/activation.wgsl:12". */
    readonly place: string,
    line?: string,
  ) {
    super(
      `${place}: ${problem}${line === undefined ? '' : `: "${line.trim()}"`}`,
      'Mend the shader, or the wrapper that asks for it; src/gpu/wgsl.ts describes the directives.',
    );
  }
}

/**
 * Carries out the directives of a shader and of what it includes.
 * @throws ShaderTextError with file and line
 */
export function preprocess(file: ShaderFile, constants: ShaderConstants = {}): ShaderText {
  const assembly = new Assembly(constants);
  assembly.include(file);
  return assembly.finish(file);
}

/** The definitions of a text's storage types for what is bound; WGSL does not mind that they follow their use. */
export function storageDefinitions(formats: Readonly<Record<string, StorageFormat>>): string {
  return Object.entries(formats)
    .map(([type, format]) => (format === 'f16' ? halves(type) : floats(type)))
    .join('');
}

function floats(type: string): string {
  return `
alias ${type} = vec4f;
fn from${type}(stored: ${type}) -> vec4f { return stored; }
fn to${type}(value: vec4f) -> ${type} { return value; }
`;
}

const LARGEST_HALF = '65504.0';

/** Halves are packed in pairs with WGSL's own functions, which every device has; numbers beyond their range are brought to its ends. */
function halves(type: string): string {
  return `
alias ${type} = vec2u;
fn from${type}(stored: ${type}) -> vec4f { return vec4f(unpack2x16float(stored.x), unpack2x16float(stored.y)); }
fn to${type}(value: vec4f) -> ${type} {
  let near = clamp(value, vec4f(-${LARGEST_HALF}), vec4f(${LARGEST_HALF}));
  return vec2u(pack2x16float(near.xy), pack2x16float(near.zw));
}
`;
}

const DIRECTIVE = /^\s*#(\w+)\s*(.*?)\s*(?:\/\/.*)?$/;
const OPENS_BLOCK = new Set(['if', 'for']);
const RANGE = /^(\w+) in (.+)\.\.(.+)$/;
const CONSTANT = /^(\w+)(?:: (bool|pairs))?(?: in (-?\d+)\.\.(-?\d+))?(?: = (.+))?$/;
const FIELDS = /^(\w+(?:, \w+)*): (u32|i32|f32)$/;
const BINDINGS = /^(\w+(?:, \w+)*): (array<(.+?)(?:, \w+)?>)$/;
const TEXTURE = /^(\w+): (texture_\w+<.+>)$/;
const NAME = /^\w+$/;
/** Must come before everything else in a module. */
const MODULE_DIRECTIVE = /^\s*(enable|requires|diagnostic)\b.*;\s*(\/\/.*)?$/;

type Names = Readonly<Record<string, number>>;

interface Line {
  readonly text: string;
  readonly place: string;
}

/** One text on its way. */
class Assembly {
  readonly #given: ShaderConstants;
  readonly #used = new Set<string>();
  readonly #included = new Set<string>();
  readonly #numbers: Record<string, number> = {};
  readonly #head: Line[] = [];
  readonly #body: Line[] = [];
  readonly #constants = new Map<string, ConstantRange | undefined>();
  readonly #declared = new Map<string, { what: string; place: string }>();
  readonly #params: { name: string; type: ParamType; place: string }[] = [];
  readonly #storage: { name: string; access: BindingAccess; type: string; element: string; place: string }[] = [];
  readonly #textures: { name: string; type: string; place: string }[] = [];
  readonly #storageTypes = new Set<string>();
  #sampler: { name: string; place: string } | undefined;

  constructor(constants: ShaderConstants) {
    this.#given = constants;
  }

  include(file: ShaderFile): void {
    if (this.#included.has(file.path)) return;
    this.#included.add(file.path);
    const lines = file.text.split('\n').map((text, index) => ({ text, place: `${file.path}:${index + 1}` }));
    this.#expand(lines, {}, file);
  }

  finish({ path }: ShaderFile): ShaderText {
    for (const name of Object.keys(this.#given)) {
      if (!this.#used.has(name)) throw new ShaderTextError(`there is no constant "${name}" here`, path);
    }
    const header: Line[] = [];
    const add = (text: string, place = path) => header.push({ text, place });
    let number = 0;
    if (this.#params.length > 0) {
      add('struct Params {');
      for (const { name, type, place } of this.#params) add(`  ${name}: ${type},`, place);
      add('}');
      add(`@group(0) @binding(${number++}) var<uniform> params: Params;`);
    }
    const bindings = new Map<string, StorageBinding>();
    for (const { name, access, type, element, place } of this.#storage) {
      bindings.set(name, { number, access, element });
      add(
        `@group(0) @binding(${number++}) var<storage, ${access === 'read' ? 'read' : 'read_write'}> ${name}: ${type};`,
        place,
      );
    }
    const textures = new Map<string, number>();
    for (const { name, type, place } of this.#textures) {
      textures.set(name, number);
      add(`@group(0) @binding(${number++}) var ${name}: ${type};`, place);
    }
    const sampler = this.#sampler && { name: this.#sampler.name, number };
    if (this.#sampler) add(`@group(0) @binding(${number}) var ${this.#sampler.name}: sampler;`, this.#sampler.place);
    const lines = [...this.#head, ...header, ...this.#body];
    return {
      code: lines.map(({ text }) => text).join('\n'),
      origins: lines.map(({ place }) => place),
      bindings,
      textures,
      writtenTextures: new Set(this.#textures.filter(({ type }) => /, write>$/.test(type)).map(({ name }) => name)),
      sampler,
      params: this.#params.map(({ name, type }) => ({ name, type })),
      storageTypes: this.#storageTypes,
      constants: this.#constants,
    };
  }

  #expand(lines: readonly Line[], loop: Names, file: ShaderFile): void {
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at]!;
      const [, directive, rest = ''] = DIRECTIVE.exec(line.text) ?? [];
      if (directive === undefined) {
        this.#keep(line, loop);
      } else if (OPENS_BLOCK.has(directive)) {
        const { middle, end } = blockAt(lines, at);
        const first = lines.slice(at + 1, middle ?? end);
        if (directive === 'if') {
          const second = middle === undefined ? [] : lines.slice(middle + 1, end);
          this.#expand(this.#value(rest, loop, line) !== 0 ? first : second, loop, file);
        } else {
          if (middle !== undefined) throw new ShaderTextError('a #for has no #else', lines[middle]!.place);
          this.#layOut(first, rest, loop, line, file);
        }
        at = end;
      } else {
        this.#declare(directive, this.#substituted(rest, loop, line), loop, line, file);
      }
    }
  }

  #layOut(block: readonly Line[], rest: string, loop: Names, line: Line, file: ShaderFile): void {
    const [, name, from, to] = RANGE.exec(rest) ?? [];
    if (!name) throw new ShaderTextError('expected "#for NAME in FROM..TO"', line.place, line.text);
    const last = this.#value(to!, loop, line);
    for (let value = this.#value(from!, loop, line); value < last; value++) {
      this.#expand(block, { ...loop, [name]: value }, file);
    }
  }

  #keep(line: Line, loop: Names): void {
    const text = this.#substituted(line.text, loop, line);
    (MODULE_DIRECTIVE.test(text) ? this.#head : this.#body).push({ text, place: line.place });
  }

  /** A text with the values of what stands in `${}`. */
  #substituted(text: string, loop: Names, line: Line): string {
    return text.replace(/\$\{([^}]*)\}/g, (_, inner: string) => String(this.#value(inner, loop, line)));
  }

  #declare(directive: string, rest: string, loop: Names, line: Line, file: ShaderFile): void {
    switch (directive) {
      case 'include': {
        const path = /^"(.+)"$/.exec(rest)?.[1];
        const included = path === undefined ? undefined : file.includes[path];
        if (!included) throw new ShaderTextError('there is no such file to include', line.place, line.text);
        this.include(included);
        return;
      }
      case 'const':
        this.#declareConstant(rest, loop, line);
        return;
      case 'storage':
        if (!NAME.test(rest)) break;
        this.#storageTypes.add(rest);
        return;
      case 'param': {
        const [, names, type] = FIELDS.exec(rest) ?? [];
        if (!names) break;
        for (const name of names.split(', ')) {
          if (this.#isNew(`params.${name}`, type!, line)) {
            this.#params.push({ name, type: type as ParamType, place: line.place });
          }
        }
        return;
      }
      case 'read':
      case 'write':
      case 'accumulate': {
        const [, names, type, element] = BINDINGS.exec(rest) ?? [];
        if (!names) break;
        for (const name of names.split(', ')) {
          if (this.#isNew(name, `${directive} ${type}`, line)) {
            this.#storage.push({ name, access: directive, type: type!, element: element!, place: line.place });
          }
        }
        return;
      }
      case 'texture': {
        const [, name, type] = TEXTURE.exec(rest) ?? [];
        if (!name) break;
        if (this.#isNew(name, type!, line)) this.#textures.push({ name, type: type!, place: line.place });
        return;
      }
      case 'sampler':
        if (!NAME.test(rest)) break;
        if (this.#isNew('the sampler', rest, line)) this.#sampler = { name: rest, place: line.place };
        return;
      case 'end':
      case 'else':
        throw new ShaderTextError(
          `nothing to ${directive === 'end' ? 'end' : 'choose from'} here`,
          line.place,
          line.text,
        );
    }
    throw new ShaderTextError('cannot be understood', line.place, line.text);
  }

  #declareConstant(rest: string, loop: Names, line: Line): void {
    const [, name, type, from, to, fallback] = CONSTANT.exec(rest) ?? [];
    if (!name)
      throw new ShaderTextError(
        'expected "#const NAME", or with ": bool", "in FROM..TO", "= VALUE"',
        line.place,
        line.text,
      );
    if (!this.#isNew(name, `a constant${type === undefined ? '' : `: ${type}`}`, line)) return;
    this.#used.add(name);
    const range =
      type === 'bool' ? { from: 0, to: 2 } : from === undefined ? undefined : { from: Number(from), to: Number(to) };
    this.#constants.set(name, range);
    const value = this.#given[name] ?? (fallback === undefined ? undefined : this.#value(fallback, loop, line));
    if (value === undefined) throw new ShaderTextError(`the constant "${name}" was not given`, line.place);
    if (type === 'pairs') {
      if (typeof value === 'number')
        throw new ShaderTextError(`"${name}" is a list of pairs, not ${value}`, line.place);
      const pairs = value.map(([first, second]) => `vec2u(${first}u, ${second}u)`);
      this.#body.push({
        text: `const ${name} = array<vec2u, ${pairs.length}>(${pairs.join(', ')});`,
        place: line.place,
      });
      return;
    }
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0) {
      throw new ShaderTextError(`"${name}" takes integers of 0 or more, not ${value}`, line.place);
    }
    if (range && (value < range.from || value >= range.to)) {
      throw new ShaderTextError(`"${name}" takes ${range.from} to ${range.to - 1}, not ${value}`, line.place);
    }
    this.#numbers[name] = value;
    const text = type === 'bool' ? String(value !== 0) : `${value}u`;
    this.#body.push({ text: `const ${name} = ${text};`, place: line.place });
  }

  /** Whether nothing of this name is declared yet. @throws ShaderTextError where it is declared as something else */
  #isNew(name: string, what: string, { place }: Line): boolean {
    const known = this.#declared.get(name);
    if (!known) {
      this.#declared.set(name, { what, place });
      return true;
    }
    if (known.what === what) return false;
    throw new ShaderTextError(`"${name}" is "${what}" here and "${known.what}" at ${known.place}`, place);
  }

  #value(text: string, loop: Names, line: Line): number {
    return evaluate(text, { ...this.#numbers, ...loop }, line);
  }
}

/** The `#else` and the `#end` that belong to the directive at `start`. */
function blockAt(lines: readonly Line[], start: number): { middle: number | undefined; end: number } {
  let depth = 0;
  let middle: number | undefined;
  for (let at = start; at < lines.length; at++) {
    const directive = DIRECTIVE.exec(lines[at]!.text)?.[1];
    if (directive === undefined) continue;
    if (OPENS_BLOCK.has(directive)) depth += 1;
    else if (directive === 'else' && depth === 1) middle = at;
    else if (directive === 'end') depth -= 1;
    if (depth === 0) return { middle, end: at };
  }
  throw new ShaderTextError('no #end for this', lines[start]!.place, lines[start]!.text);
}

/** Operators by how tightly they bind, the loosest first. */
const OPERATORS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { '||': (a, b) => Number(a !== 0 || b !== 0) },
  { '&&': (a, b) => Number(a !== 0 && b !== 0) },
  {
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
    '!=': (a, b) => Number(a !== b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.floor(a / b), '%': (a, b) => a % b },
];

function evaluate(text: string, names: Names, { place, text: lineText }: Line): number {
  const tokens = text.match(/\w+|&&|\|\||[<>=!]=|[-+*/%<>()!]|\S/g) ?? [];
  const fault = (problem: string) => new ShaderTextError(problem, place, lineText);
  let at = 0;

  function atom(): number {
    const token = tokens[at++];
    if (token === '!') return Number(atom() === 0);
    if (token === '(') {
      const value = operation(0);
      if (tokens[at++] !== ')') throw fault('a parenthesis is not closed');
      return value;
    }
    const value = token === undefined ? undefined : (names[token] ?? (/^\d+$/.test(token) ? Number(token) : undefined));
    if (value === undefined) throw fault(`"${token ?? 'nothing'}" is no number`);
    return value;
  }

  function operation(level: number): number {
    const operators = OPERATORS[level];
    if (!operators) return atom();
    let value = operation(level + 1);
    for (let apply = operators[tokens[at] ?? '']; apply; apply = operators[tokens[at] ?? '']) {
      at += 1;
      value = apply(value, operation(level + 1));
    }
    return value;
  }

  const value = operation(0);
  if (at < tokens.length) throw fault(`"${tokens[at]}" is one too many`);
  return value;
}
