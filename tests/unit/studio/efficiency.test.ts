/** The comparison of cost: which cases there are, and the table that it makes. */
import { expect, test } from 'vitest';
import { efficiencyCases, efficiencyCsv } from '../../../src/studio/compare/efficiency';

test('volume rendering is measured by both arithmetics, with and without its planes made anew; a student where there is one', () => {
  const rows = (hasStudent: boolean) =>
    efficiencyCases(hasStudent).map(({ measured, quality }) => `${measured} ${quality}`);
  const volumetric = [
    'volumetric-uncached exact',
    'volumetric-uncached fast',
    'volumetric-cached exact',
    'volumetric-cached fast',
  ];
  expect(rows(false)).toEqual(volumetric);
  expect(rows(true)).toEqual([...volumetric, 'convolutional exact']);
});

test('the table names the quality of each row', () => {
  const row = { millisecondsPerFrame: 20, framesPerSecond: 50, frames: 9, memoryBytes: 5e7, largestBatch: 30 };
  const csv = efficiencyCsv({
    status: 'done',
    share: 1,
    failure: undefined,
    adapter: { name: 'a "good" device', isSoftware: false },
    budgetBytes: 2 ** 31,
    rows: [{ measured: 'volumetric-cached', quality: 'fast', ...row }],
  });
  expect(csv.split('\n')[1]).toBe('volumetric-cached,fast,50.000,20.000,9,50000000,30,2147483648,"a ""good"" device"');
});
