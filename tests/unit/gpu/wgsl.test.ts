/** The preprocessor of shaders: what it adds to WGSL, what it reads from a text, and that every mistake is told with file and line. */
import { describe, expect, it } from 'vitest';
import {
  preprocess,
  type ShaderConstants,
  type ShaderFile,
  ShaderTextError,
  storageDefinitions,
} from '../../../src/gpu/wgsl';
import { shaderVariants } from '../../support/shader-variants';

const file = (text: string, includes: Record<string, ShaderFile> = {}, path = 'test/shader.wgsl'): ShaderFile => ({
  path,
  text,
  includes,
});
const linesOf = (text: string, constants?: ShaderConstants, includes?: Record<string, ShaderFile>) =>
  preprocess(file(text, includes), constants)
    .code.split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

describe('loops and conditions', () => {
  it('lays out nested loops and leaves out what a condition excludes', () => {
    const source = `
      let before = 1;
      #const ROWS
      #for row in 0..ROWS
        #for column in row..2
          #if row + column < 2 && column >= row
          let a_\${row}_\${column} = \${2 * row + column / 2};
          #end
        #end
      #end
      let after = 2;`;
    expect(linesOf(source, { ROWS: 2 })).toEqual([
      'let before = 1;',
      'const ROWS = 2u;',
      'let a_0_0 = 0;',
      'let a_0_1 = 0;',
      'let after = 2;',
    ]);
  });

  it('chooses between the lines before and behind #else', () => {
    const source = '#const FAST: bool\n#if FAST\nquick\n#if !FAST\nnever\n#else\ninner\n#end\n#else\nslow\n#end';
    expect(linesOf(source, { FAST: 1 })).toEqual(['const FAST = true;', 'quick', 'inner']);
    expect(linesOf(source, { FAST: 0 })).toEqual(['const FAST = false;', 'slow']);
  });

  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['10 - 4 - 3', 3],
    ['7 / 2 * 2', 6],
    ['7 % 4 == 3', 1],
    ['N >= 5 && N < 5', 0],
    ['N != 5 || !0', 1],
  ])('computes %s', (text, value) => {
    expect(linesOf(`#const N = 5\n\${${text}}`).at(-1)).toBe(String(value));
  });
});

describe('constants', () => {
  it('are what the wrapper gives, else their default', () => {
    const source = '#const GROUPS\n#const SKIP in 0..3 = 2 // which one';
    expect(linesOf(source, { GROUPS: 4 })).toEqual(['const GROUPS = 4u;', 'const SKIP = 2u;']);
    expect(linesOf(source, { GROUPS: 4, SKIP: 0 })).toEqual(['const GROUPS = 4u;', 'const SKIP = 0u;']);
  });

  it('can be pairs', () => {
    const pairs = [
      [0, 1],
      [2, 0],
    ] as const;
    expect(linesOf('#const AXES: pairs', { AXES: pairs })).toEqual([
      'const AXES = array<vec2u, 2>(vec2u(0u, 1u), vec2u(2u, 0u));',
    ]);
  });

  it('stay what they are when a file that is included afterwards declares them too', () => {
    const element = file(`#const THREADS = 64\nsize \${THREADS}`, {}, 'common/element.wgsl');
    const includes = { 'common/element': element };
    expect(linesOf('#const THREADS = 16\n#include "common/element"', {}, includes)).toEqual([
      'const THREADS = 16u;',
      'size 16',
    ]);
    expect(linesOf('#include "common/element"', {}, includes)).toEqual(['const THREADS = 64u;', 'size 64']);
  });
});

describe('files', () => {
  const leaf = file('fn leaf() {}', {}, 'common/leaf.wgsl');
  const branch = file('#include "common/leaf"\nfn branch() {}', { 'common/leaf': leaf }, 'common/branch.wgsl');
  const includes = { 'common/leaf': leaf, 'common/branch': branch };

  it('are included once, in the place where they are first asked for', () => {
    expect(linesOf('#include "common/branch"\n#include "common/leaf"\nfn main() {}', {}, includes)).toEqual([
      'fn leaf() {}',
      'fn branch() {}',
      'fn main() {}',
    ]);
  });

  it('are known for each line of the text', () => {
    const { code, origins } = preprocess(
      file('#read input: array<f32>\n#include "common/branch"\nfn main() {}', includes),
    );
    const places = code.split('\n').map((line, index) => `${origins[index]} ${line}`);
    expect(places).toEqual([
      'test/shader.wgsl:1 @group(0) @binding(0) var<storage, read> input: array<f32>;',
      'common/leaf.wgsl:1 fn leaf() {}',
      'common/branch.wgsl:2 fn branch() {}',
      'test/shader.wgsl:3 fn main() {}',
    ]);
  });

  it('may each ask for features, which come before everything else', () => {
    const wide = file('fn first() {}\nenable subgroups;', {}, 'common/wide.wgsl');
    expect(linesOf('#param count: u32\n#include "common/wide"', {}, { 'common/wide': wide })[0]).toBe(
      'enable subgroups;',
    );
  });
});

describe('bindings', () => {
  const text = `
    #param rows, channels: u32
    #param gain: f32 // after the activation
    #read input, weight: array<InputVector>
    #accumulate cells: array<atomic<u32>>
    #write output: array<mat4x4f, MATRICES>
    #texture planes: texture_2d_array<f32>
    #sampler nearest
    #storage InputVector`;

  it('are numbered in their order and told apart by what is done with them', () => {
    const shader = preprocess(file(text));
    expect([...shader.bindings]).toEqual([
      ['input', { number: 1, access: 'read', element: 'InputVector' }],
      ['weight', { number: 2, access: 'read', element: 'InputVector' }],
      ['cells', { number: 3, access: 'accumulate', element: 'atomic<u32>' }],
      ['output', { number: 4, access: 'write', element: 'mat4x4f' }],
    ]);
    expect(shader.params).toEqual([
      { name: 'rows', type: 'u32' },
      { name: 'channels', type: 'u32' },
      { name: 'gain', type: 'f32' },
    ]);
    expect([...shader.textures]).toEqual([['planes', 5]]);
    expect(shader.sampler).toEqual({ name: 'nearest', number: 6 });
    expect([...shader.storageTypes]).toEqual(['InputVector']);
    expect(shader.code).toContain('@group(0) @binding(3) var<storage, read_write> cells: array<atomic<u32>>;');
  });

  it('may be laid out by a loop', () => {
    const { params } = preprocess(file(`#for i in 0..2\n#param extent\${i}, to\${i}: u32\n#end`));
    expect(params.map(({ name }) => name)).toEqual(['extent0', 'to0', 'extent1', 'to1']);
  });

  it('may be named by several files that say the same', () => {
    const other = file('#param channels: u32 // other words\n#read input: array<vec4f>', {}, 'common/other.wgsl');
    const { params, bindings } = preprocess(
      file('#read input: array<vec4f>\n#param channels: u32\n#include "common/other"', { 'common/other': other }),
    );
    expect(params).toEqual([{ name: 'channels', type: 'u32' }]);
    expect([...bindings.keys()]).toEqual(['input']);
  });

  it('have storage types that follow what is bound', () => {
    expect(storageDefinitions({ InputVector: 'f32' })).toContain('alias InputVector = vec4f;');
    expect(storageDefinitions({ InputVector: 'f16' })).toContain('alias InputVector = vec2u;');
  });
});

describe('mistakes', () => {
  const other = file('#param rows: f32\n#write input: array<f32>', {}, 'common/other.wgsl');
  it.each([
    ['#for i in 0..2\ntext', /shader\.wgsl:1: no #end for this: "#for i in 0\.\.2"/],
    ['text\n#end', /shader\.wgsl:2: nothing to end here/],
    ['#else', /nothing to choose from/],
    ['#for i in 0..1\n#else\n#end', /shader\.wgsl:2: a #for has no #else/],
    ['#for i of 3\n#end', /expected "#for NAME in FROM\.\.TO"/],
    [`\n\${WIDTH}`, /shader\.wgsl:2: "WIDTH" is no number/],
    [`\${1 2}`, /"2" is one too many/],
    [`\${(1}`, /not closed/],
    [`\${}`, /"nothing" is no number/],
    ['#include "common/nowhere"', /no such file to include: "#include "common\/nowhere""/],
    ['#const', /expected "#const NAME"/],
    ['#const SIZE', /the constant "SIZE" was not given/],
    ['#const GIVEN in 0..3', /"GIVEN" takes 0 to 2, not 3/],
    ['#const GIVEN: pairs', /"GIVEN" is a list of pairs, not 3/],
    ['#const GIVEN: bool', /"GIVEN" takes 0 to 1, not 3/],
    ['#params rows: u32', /cannot be understood: "#params rows: u32"/],
    ['#param rows: vec4f', /cannot be understood/],
    ['#read input: vec4f', /cannot be understood/],
    [
      '#const GIVEN\n#param rows: u32\n#include "common/other"',
      /other\.wgsl:1: "params\.rows" is "f32" here and "u32" at test\/shader\.wgsl:2/,
    ],
    [
      '#const GIVEN\n#read input: array<f32>\n#include "common/other"',
      /other\.wgsl:2: "input" is "write array<f32>" here/,
    ],
    ['text', /shader\.wgsl: there is no constant "GIVEN" here/],
  ])('%j', (source, message) => {
    const wrong = () => preprocess(file(source, { 'common/other': other }), { GIVEN: 3 });
    expect(wrong).toThrow(ShaderTextError);
    expect(wrong).toThrow(message);
  });
});

it('every binding that a shader of ours declares is used, or devices would not let it be bound', () => {
  const files = Object.values(
    import.meta.glob<ShaderFile>('../../../src/shaders/**/*.wgsl', { eager: true, import: 'default' }),
  );
  const unused = shaderVariants(files).flatMap(({ name, code, bindings }) => {
    const words = code.replace(/\/\/.*$/gm, '').match(/\w+/g) ?? [];
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return bindings.filter((binding) => counts.get(binding)! < 2).map((binding) => `${name}: ${binding}`);
  });
  expect(unused).toEqual([]);
});
