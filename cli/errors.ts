/** How a command ends: exit code 0, 1 for work that failed (a broken file, no device), 2 for a call that cannot be understood. */

/** The call's words are off: an unknown option, a value out of range, a missing file name. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Prints an error as one or two lines for a person and returns the exit code. */
export function reportError(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`trifold: ${message}\n`);
  if (error instanceof Error && 'remedy' in error && typeof error.remedy === 'string') {
    process.stderr.write(`  ${error.remedy}\n`);
  }
  if (error instanceof UsageError) {
    process.stderr.write('  See "npm run --silent trifold -- help".\n');
    return 2;
  }
  return 1;
}
