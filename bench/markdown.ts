/** Numbers and tables in Markdown. */

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

export function number(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
