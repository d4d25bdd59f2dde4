/**
 * `npm test`: runs all parts one after the other, whatever the one before said, and ends with a table, every failure, and the sum. Passing
 * tests print nothing; what they and the tools print is in test-results/.
 *
 *   node tests/run.mjs [--quick] [--only unit,e2e] [--parts FILE]
 *
 * Exit code 0 if all is well, 1 if anything failed or did not run, 130 after Ctrl-C. (Plain JavaScript, since Node 20 runs no TypeScript.)
 */
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { runPart } from './runner/run-part.mjs';
import { duration, summary } from './runner/summary.mjs';

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, only: { type: 'string' }, parts: { type: 'string' } },
});
const source = options.parts ? pathToFileURL(resolve(options.parts)) : new URL('./runner/parts.mjs', import.meta.url);
const { PARTS, QUICK } = await import(source.href);
const parts = selected(options.quick ? QUICK : PARTS, options.only?.split(','));

const folder = resolve('test-results');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stopping.abort());

const outcomes = [];
for (const part of parts) {
  const missing = (part.needs ?? []).find((name) =>
    outcomes.some((outcome) => outcome.name === name && !isWell(outcome)),
  );
  const notRun = stopping.signal.aborted ? 'the run was stopped' : missing && `${missing} failed`;
  if (notRun) {
    outcomes.push({ name: part.name, notRun });
    continue;
  }
  progress(part.name, []);
  const outcome = await runPart(part, folder, (results) => progress(part.name, results), stopping.signal);
  outcomes.push({ name: part.name, ...outcome });
  announce(part.name, outcome);
}
console.log(`\n${summary(outcomes)}`);
process.exitCode = stopping.signal.aborted ? 130 : outcomes.every(isWell) ? 0 : 1;

/** The parts that are named, or all. */
function selected(all, names) {
  const unknown = names?.find((name) => !all.some((part) => part.name === name));
  if (unknown) {
    console.error(`There is no part "${unknown}"; there are ${all.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  return names ? all.filter(({ name }) => names.includes(name)) : all;
}

function isWell({ notRun, failed }) {
  return !notRun && failed === 0;
}

/** A line of a terminal that is overwritten; elsewhere nothing, so that logs stay short. */
function progress(name, results) {
  if (!process.stdout.isTTY) return;
  const failed = results.filter(({ state }) => state === 'failed').length;
  process.stdout.write(`\r\x1b[K${name}: ${results.length} done${failed > 0 ? `, ${failed} failed` : ''}`);
}

function announce(name, { passed, failed, skipped, seconds }) {
  if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
  const counts = [
    [passed, 'passed'],
    [failed, 'failed'],
    [skipped, 'skipped'],
  ].filter(([count]) => count > 0);
  console.log(`${name}: ${counts.map((words) => words.join(' ')).join(', ')} in ${duration(seconds)}`);
}
