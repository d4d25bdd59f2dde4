/**
 * Every gradient of the reference's single operations and of mapping networks, by the very table that `trifold grad` goes by (cli/gradient-cases/table.ts). That each
 * operation's gradient is right on other shapes, too, is shown by the difference quotients of the ops-gradients tests.
 */
import { describe, expect, it } from 'vitest';
import { describeComparison, isWithinTolerance } from '../../../cli/gradient-cases/compare-gradients';
import { runCase } from '../../../cli/gradient-cases/run-case';
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

describe.each(['ops', 'mapping', 'render', 'stylegan3'])('%s', async (name) => {
  const gradients = await fixture(`${name}-gradients`);
  const file = together(await fixture(name), gradients);
  const cases = [...new Set(gradients.names().map((tensor) => tensor.replace(/\.(cot|grad)\..*$/, '')))];

  it.each(cases)('%s', async (caseName) => {
    const found = (await runCase(await testGpu(), file, caseName)).filter(({ comparison }) => comparison);
    for (const gradient of found) {
      const label = `${caseName}.${gradient.name}`;
      console.info(`${label}: ${describeComparison(gradient.comparison!)}`);
      expect(isWithinTolerance(gradient), label).toBe(true);
    }
    const there = gradients.names().filter((tensor) => tensor.startsWith(`${caseName}.grad.`));
    expect(found.map((gradient) => `${caseName}.${gradient.name}`).sort()).toEqual(there.sort());
  });
});
