/** What to do about a fixture that is not there. */
const SMALL = 'node scripts/make-small-pair.mjs';
const REPLAY = 'python3 scripts/replay write REFERENCE_DIR tests/fixtures/training-replay.safetensors';
const PERCEPTUAL = 'python3 scripts/perceptual-reference.py';
const REFERENCE = 'node scripts/make-fixtures.mjs REFERENCE_DIR MODELS_DIR';

/** By what a name begins with. */
const COMMANDS = [
  ['small/', SMALL],
  ['training-replay', REPLAY],
  ['perceptual', PERCEPTUAL],
] as const;

/** @param name of a file in tests/fixtures, such as "ops.safetensors" or "small/index.json" */
export function missingFixture(name: string): string {
  const command = COMMANDS.find(([start]) => name.startsWith(start))?.[1] ?? REFERENCE;
  return `tests/fixtures/${name} is missing. Make it with: ${command} (tests/fixtures/README.md)`;
}
