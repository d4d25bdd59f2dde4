/**
 * How a test tool tells the runner what happened: one line of JSON a result, appended to the file that `TRIFOLD_REPORT` names. A tool that
 * crashes has told everything up to there; whoever looks while it runs sees how far it is.
 *
 * A line is `{ state: 'passed' | 'failed' | 'skipped', file, name, message, seconds }`; passed ones need no name, and what is no test has no seconds.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Notes a result. @param file absolute path of the test file @param milliseconds that the test took */
export function report(state, file = '', name = '', message = '', milliseconds = undefined) {
  const seconds = milliseconds && Math.round(milliseconds / 10) / 100;
  const text = stripVTControlCharacters(message);
  const line = { state, file: file && relative(process.cwd(), file), name, message: text, seconds };
  appendFileSync(process.env.TRIFOLD_REPORT, `${JSON.stringify(line)}\n`);
}

/** The results in a report; none if nothing was reported. */
export function readReport(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.slice(0, -1).map((line) => JSON.parse(line)); // the last one is empty, or still being written
}
