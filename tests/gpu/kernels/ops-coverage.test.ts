/** No case of the reference operations may be left out silently. */
import { expect, it } from 'vitest';
import { allCases, FAMILIES } from '../ops-cases';
import { fixture } from '../support';

const ops = await fixture('ops');

it('every reference case belongs to exactly one family of tests', () => {
  for (const name of allCases(ops)) {
    const families = Object.values(FAMILIES).filter((pattern) => pattern.test(name));
    expect(families.length, name).toBe(1);
  }
});

it('every family has cases, and every output in the file belongs to a case', () => {
  for (const [family, pattern] of Object.entries(FAMILIES)) {
    expect(
      allCases(ops).some((name) => pattern.test(name)),
      family,
    ).toBe(true);
  }
  const outputs = ops.names().filter((name) => name.includes('.out.'));
  const cases = new Set(allCases(ops));
  for (const output of outputs) expect(cases.has(output.slice(0, output.lastIndexOf('.out.'))), output).toBe(true);
});
