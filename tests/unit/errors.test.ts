/**
 * All errors of this program: each has a code of its own, from which its name follows (a minifier shortens names of classes, not codes), and
 * says what to do.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TrifoldError } from '../../src/errors';

interface ErrorClass {
  readonly file: string;
  readonly isAbstract: boolean;
  readonly name: string;
  readonly base: string;
  /** Undefined where there is none. */
  readonly code: string | undefined;
  /** Whether it has the code of another error, which it stands for. */
  readonly standsForAnother: boolean;
}

const MODULES = import.meta.glob<Record<string, unknown>>(['../../src/**/*.ts', '../../cli/*.ts', '!../../cli/*.d.ts']);
const CLASSES = Object.keys(MODULES).flatMap(errorClassesIn);
const CONCRETE = CLASSES.filter(({ isAbstract, standsForAnother }) => !isAbstract && !standsForAnother);

/** Stands for any argument of a constructor: a number, a text, an object that has everything. */
const ANYTHING: unknown = new Proxy(() => undefined, {
  get: (_, key) => (key === Symbol.toPrimitive ? () => '7' : ANYTHING),
  apply: () => ANYTHING,
});

test('all are known here, and all descend from one base', () => {
  expect(CLASSES.length).toBeGreaterThan(70);
  const bases = new Map(CLASSES.map(({ name, base }) => [name, base]));
  for (const { name, file } of CLASSES) {
    let root = name;
    while (bases.has(root) && root !== 'TrifoldError') root = bases.get(root)!;
    expect(root, `${name} of ${file}`).toBe('TrifoldError');
  }
});

test('each has a code of its own, which is its name in kebab case', () => {
  for (const { name, code } of CONCRETE) expect(code, name).toBe(kebabCase(name.replace(/Error$/, '')));
  expect(new Set(CONCRETE.map(({ code }) => code)).size).toBe(CONCRETE.length);
});

test('each says what to do in a sentence, and its name for logs is that of its class', async () => {
  let told = 0;
  for (const file of new Set(CONCRETE.map((known) => known.file))) {
    for (const exported of Object.values(await MODULES[file]!())) {
      const known = CONCRETE.find(({ name }) => isClass(exported) && name === exported.name);
      if (!known || !isClass(exported)) continue;
      const error = new exported(...Array<unknown>(6).fill(ANYTHING));
      expect(error).toBeInstanceOf(TrifoldError);
      if (!(error instanceof TrifoldError)) continue;
      expect(error.name).toBe(known.name);
      if (error.remedy !== ANYTHING) expect(error.remedy, known.name).toMatch(/^["A-Z].{5,}[.]$/s); // else whoever throws it says it
      told++;
    }
  }
  expect(told).toBeGreaterThan(60);
}, 60_000); // it loads half of the program

function errorClassesIn(file: string): ErrorClass[] {
  const source = readFileSync(new URL(file, import.meta.url), 'utf8');
  const found = source.matchAll(/^(?:export )?(abstract )?class (\w+) extends (\w*Error) (\{\}|\{.*?^\})/gms);
  return [...found].map(([, isAbstract, name, base, body]) => ({
    file,
    isAbstract: isAbstract !== undefined,
    name: name!,
    base: base!,
    code: /^ {2}override readonly code(?:: string)? = '([a-z0-9-]+)';$/m.exec(body!)?.[1],
    standsForAnother: body!.includes('override readonly code: string;'),
  }));
}

function kebabCase(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase();
}

function isClass(value: unknown): value is { new (...values: unknown[]): unknown; readonly name: string } {
  return typeof value === 'function';
}
