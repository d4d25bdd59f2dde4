/**
 * What the command line says on standard error. Dawn and the drivers write there as well, natively and whenever they like; so `launch.mjs` keeps
 * their lines to itself, and hands ours another descriptor for the same place.
 */
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The descriptor of standard error for what a person shall read. */
export const STANDARD_ERROR = Number(process.env.TRIFOLD_STANDARD_ERROR ?? 2);
const RETRY_MILLISECONDS = 5;

/** Writes a line. */
export function say(line: string): void {
  write(`${line}\n`);
}

/** Writes a line of progress, which the next one replaces on a terminal. */
export function sayInPlace(line: string): void {
  write(`${line}${isatty(STANDARD_ERROR) ? '\r' : '\n'}`);
}

function write(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(STANDARD_ERROR, rest));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') return; // nobody reads any more
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MILLISECONDS); // a slow reader
    }
  }
}
