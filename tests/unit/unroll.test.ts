/** The preprocessor that lays out the loops of kernels. */
import { expect, it } from 'vitest';
import { UnrollError, unrolled } from '../../src/pipelines/unroll';

const lines = (text: string) => text.split('\n').map((line) => line.trim());

it('lays out nested loops and leaves out what a condition excludes', () => {
  const source = `
    let before = 1;
    #for row in 0..ROWS
      #for column in row..2
        #if row + column < 2 && column >= row
        let a_\${row}_\${column} = \${2 * row + column / 2};
        #end
      #end
    #end
    let after = 2;`;
  expect(lines(unrolled(source, { ROWS: 2 }))).toEqual([
    '',
    'let before = 1;',
    'let a_0_0 = 0;',
    'let a_0_1 = 0;',
    'let after = 2;',
  ]);
});

it.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['7 / 2 * 2', 6],
  ['7 % 4 == 3', 1],
  ['N >= 5 && N < 5', 0],
])('computes %s', (text, value) => {
  expect(unrolled(`\${${text}}`, { N: 5 })).toBe(String(value));
});

it.each([
  ['#for i in 0..2\ntext', /no #end/],
  ['text\n#end', /nothing to end/],
  ['#for i of 3\n#end', /expected "#for/],
  [`\${WIDTH}`, /"WIDTH" is no number/],
  [`\${1 2}`, /"2" is one too many/],
  [`\${(1}`, /not closed/],
  [`\${}`, /"nothing" is no number/],
])('refuses %j', (source, message) => {
  expect(() => unrolled(source, {})).toThrow(UnrollError);
  expect(() => unrolled(source, {})).toThrow(message);
});
