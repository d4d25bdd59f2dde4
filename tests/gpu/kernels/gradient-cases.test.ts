/**
 * Every gradient of the reference's single operations, by the very table that `trifold grad` goes by (cli/gradient-cases/table.ts). That each
 * operation's gradient is right on other shapes, too, is shown by the difference quotients of the ops-gradients tests.
 */
import { describe, expect, it } from 'vitest';
import { runCase } from '../../../cli/gradient-cases/run-case';
import { kindOfCase } from '../../../cli/gradient-cases/table';
import type { Checkpoint } from '../../../src/checkpoints/checkpoint';
import { fixture, testGpu } from '../support';

/** Two files as one. */
function together(first: Checkpoint, second: Checkpoint): Checkpoint {
  const owner = (name: string) => (first.has(name) ? first : second);
  return {
    metadata: { ...second.metadata, ...first.metadata },
    names: () => [...first.names(), ...second.names()],
    has: (name) => first.has(name) || second.has(name),
    info: (name) => owner(name).info(name),
    floats: (name) => owner(name).floats(name),
    ints: (name) => owner(name).ints(name),
    bytes: (name) => owner(name).bytes(name),
  };
}

/** Whose operations do not know their gradients yet. */
const WAITING = /^(modconv|mod_conv_sg3)/;

describe.each(['ops', 'render', 'stylegan3'])('%s', async (name) => {
  const gradients = await fixture(`${name}-gradients`);
  const file = together(await fixture(name), gradients);
  const cases = [...new Set(gradients.names().map((tensor) => tensor.replace(/\.(cot|grad)\..*$/, '')))].filter(
    (one) => !WAITING.test(one),
  );

  it.each(cases)('%s', async (caseName) => {
    expect(kindOfCase(caseName)?.prefix).toBeDefined();
    const found = await runCase(await testGpu(), file, caseName);
    for (const { name: gradient, comparison } of found) {
      if (!comparison) continue;
      const { largestError, largestMagnitude, shareOfAllowed } = comparison;
      const label = `${caseName}.grad.${gradient}`;
      const figures = `largest error ${largestError.toExponential(2)} of values up to ${largestMagnitude.toExponential(2)}`;
      console.info(`${label}: ${figures}, ${(100 * shareOfAllowed).toFixed(1)} % of what is allowed`);
      expect(shareOfAllowed, label).toBeLessThanOrEqual(1);
    }
    const compared = found.filter(({ comparison }) => comparison).map(({ name: gradient }) => gradient);
    const there = gradients.names().filter((tensor) => tensor.startsWith(`${caseName}.grad.`));
    expect(compared.map((gradient) => `${caseName}.grad.${gradient}`).sort()).toEqual(there.sort());
  });
});
