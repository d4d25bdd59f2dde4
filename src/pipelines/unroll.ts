/**
 * WGSL has no way to write a loop whose turns are laid out one after the other, and kernels that hold a tile of sums in variables need just that:
 * a value in a variable of its own stays in a register, one in an array may not. This tiny preprocessor lays loops out:
 *
 *   #for row in 0..ROWS
 *     #if row < 2
 *     let sum_${row} = value[${2 * row + 1}];
 *     #end
 *   #end
 *
 * A directive stands on a line of its own. `TO` of a range is not included. Expressions are of integers, loop variables and the names that
 * {@link unrolled} is given, with + - * / (rounded down) %, comparisons (1 or 0), && and parentheses.
 */

const DIRECTIVE = /^\s*#(for|if|end)\b\s*(.*)$/;
const RANGE = /^(\w+) in (.+)\.\.(.+)$/;

type Names = Readonly<Record<string, number>>;

/**
 * Lays out all loops of a kernel's text.
 * @param names values of the names that stand in its expressions, for example the size of a tile
 * @throws UnrollError with the line at fault
 */
export function unrolled(source: string, names: Names): string {
  return expand(source.split('\n'), names).join('\n');
}

/** A directive that cannot be understood: a mistake in a shader, found when its module is loaded. */
export class UnrollError extends Error {
  readonly remedy = 'Mend the shader; src/pipelines/unroll.ts describes the directives.';

  constructor(problem: string, line: string) {
    super(`${problem}: "${line.trim()}"`);
    this.name = 'UnrollError';
  }
}

function expand(lines: readonly string[], names: Names): string[] {
  const result: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const [, directive, rest] = DIRECTIVE.exec(line) ?? [];
    if (!directive) {
      result.push(line.replace(/\$\{([^}]*)\}/g, (_, text: string) => String(evaluate(text, names, line))));
      continue;
    }
    if (directive === 'end') throw new UnrollError('nothing to end here', line);
    const end = endOfBlock(lines, at);
    const block = lines.slice(at + 1, end);
    if (directive === 'if') {
      if (evaluate(rest!, names, line) !== 0) result.push(...expand(block, names));
    } else {
      const [, name, from, to] = RANGE.exec(rest!.trim()) ?? [];
      if (!name) throw new UnrollError('expected "#for NAME in FROM..TO"', line);
      const last = evaluate(to!, names, line);
      for (let value = evaluate(from!, names, line); value < last; value++) {
        result.push(...expand(block, { ...names, [name]: value }));
      }
    }
    at = end;
  }
  return result;
}

/** Index of the `#end` that belongs to the directive at `start`. */
function endOfBlock(lines: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; at < lines.length; at++) {
    const directive = DIRECTIVE.exec(lines[at]!)?.[1];
    if (directive) depth += directive === 'end' ? -1 : 1;
    if (depth === 0) return at;
  }
  throw new UnrollError('no #end for', lines[start]!);
}

/** Operators by how tightly they bind, the loosest first. */
const OPERATORS: readonly Readonly<Record<string, (a: number, b: number) => number>>[] = [
  { '&&': (a, b) => Number(a !== 0 && b !== 0) },
  {
    '<': (a, b) => Number(a < b),
    '<=': (a, b) => Number(a <= b),
    '>': (a, b) => Number(a > b),
    '>=': (a, b) => Number(a >= b),
    '==': (a, b) => Number(a === b),
  },
  { '+': (a, b) => a + b, '-': (a, b) => a - b },
  { '*': (a, b) => a * b, '/': (a, b) => Math.floor(a / b), '%': (a, b) => a % b },
];

function evaluate(text: string, names: Names, line: string): number {
  const tokens = text.match(/\w+|&&|[<>=]=|[-+*/%<>()]|\S/g) ?? [];
  let at = 0;

  function atom(): number {
    const token = tokens[at++];
    if (token === '(') {
      const value = operation(0);
      if (tokens[at++] !== ')') throw new UnrollError('a parenthesis is not closed', line);
      return value;
    }
    const value = token === undefined ? undefined : (names[token] ?? (/^\d+$/.test(token) ? Number(token) : undefined));
    if (value === undefined) throw new UnrollError(`"${token ?? 'nothing'}" is no number`, line);
    return value;
  }

  function operation(level: number): number {
    const operators = OPERATORS[level];
    if (!operators) return atom();
    let value = operation(level + 1);
    for (let apply = operators[tokens[at] ?? '']; apply; apply = operators[tokens[at] ?? '']) {
      at += 1;
      value = apply(value, operation(level + 1));
    }
    return value;
  }

  const value = operation(0);
  if (at < tokens.length) throw new UnrollError(`"${tokens[at]}" is one too many`, line);
  return value;
}
