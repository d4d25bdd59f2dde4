/** `trifold bench` as a script calls it: what it reports, never how fast, and what it says when it cannot. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BenchResult } from '../../bench/bench';
import { fixturePath } from '../support/fixture-path';
import { trifold } from './support';

const SMALL = fixturePath('generator_small_nosrc.pkl');
const folder = mkdtempSync(join(tmpdir(), 'trifold-bench-'));

afterAll(() => rmSync(folder, { recursive: true }));

describe('bench', () => {
  it('reports the stages of a frame as a table and as JSON', async () => {
    const json = join(folder, 'bench.json');
    const words = ['bench', SMALL, '--only', 'frame', '--rounds', '1', '--json', json];
    const outcome = await trifold(...words);
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stdout).toContain('**frame of generator_small_nosrc.pkl**');
    expect(outcome.stdout).toMatch(/\| super-resolution \| each camera \| [\d.]+ \|/);
    const { models, races }: BenchResult = JSON.parse(readFileSync(json, 'utf8'));
    expect(races).toEqual([]);
    const [model] = models;
    const stages = model?.stages ?? [];
    expect(stages.map(({ stage }) => stage)).toEqual([
      'mapping',
      'tri-planes',
      'ray march, exact',
      'ray march, fast',
      'super-resolution',
    ]);
    for (const { stage, failure, flops, work } of stages) {
      expect(failure, stage).toBeUndefined();
      expect(flops, stage).toBeGreaterThan(0);
      expect(work?.dispatches, stage).toBeGreaterThan(0);
      expect(work?.bytes, stage).toBeGreaterThan(0);
    }
    expect(model?.peakBytes).toBeGreaterThanOrEqual((model?.weightBytes ?? 0) + (model?.planBytes ?? 0));
  });

  it('checks a result before it is timed', async () => {
    const outcome = await trifold('bench', SMALL, '--only', 'modulated convolution 64', '--rounds', '1');
    expect(outcome.code, outcome.stderr).toBe(0);
    expect(outcome.stdout).toMatch(/\| trifold \| [\d.]+ \|.*\| \d\.\de-\d+ \|/);
  });

  it.each([
    ['rounds that are no number', ['--rounds', 'many'], '--rounds takes'],
    ['a folder without the peers’ files', ['--peer-models', join(folder, 'none')], 'cases.json'],
    ['two models', [SMALL], 'one model file'],
    ['a file that cannot be written', ['--json', join(folder, 'none/bench.json')], 'cannot be written'],
  ])('says what is wrong with %s', async (_, words, message) => {
    const outcome = await trifold('bench', SMALL, ...words);
    expect(outcome.code, outcome.stderr).toBe(2);
    expect(outcome.stderr).toContain(message);
    expect(outcome.stdout).toBe('');
  });
});
