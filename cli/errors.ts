/** How a command ends: exit code 0, 1 for work that failed (a broken file, no device), 2 for a call that cannot be understood. */

import { TrifoldError } from '../src/errors';
import { say } from './standard-error';

/** The call's words are off: an unknown option, a value out of range, a missing file name. */
export class UsageError extends TrifoldError {
  override readonly code = 'usage';

  constructor(message: string) {
    super(message, 'See "npm run --silent trifold -- help".');
  }
}

/** `launch.mjs` makes 1 of it. Here that would not do: Node itself ends with 1 after an exception that nobody has caught. */
export const FAILED = 3;

/** Prints an error as one or two lines for a person and returns the exit code. */
export function reportError(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  say(`trifold: ${message}`);
  if (error instanceof TrifoldError) say(`  ${error.remedy}`);
  return error instanceof UsageError ? 2 : FAILED;
}
