/** The end of a run as text: a table of the parts, every failure with its message, and the sum in one line. */

/** @param outcomes of the parts, in their order: what `runPart` gives, or `notRun` with the reason */
export function summary(outcomes) {
  const rows = outcomes.map(({ name, notRun, passed, failed, skipped, seconds }) =>
    notRun ? [name, '', '', '', `not run: ${notRun}`] : [name, passed, failed, skipped, duration(seconds)],
  );
  const failures = outcomes.flatMap(({ name, failures = [] }) => failures.map((failure) => asText(name, failure)));
  return [table([['part', 'passed', 'failed', 'skipped', 'time'], ...rows]), ...failures, total(outcomes)].join('\n\n');
}

/** `N passed, N failed, N skipped`; parts that did not run are named. */
function total(outcomes) {
  const sum = (key) => outcomes.reduce((all, outcome) => all + (outcome[key] ?? 0), 0);
  const left = outcomes.filter(({ notRun }) => notRun).map(({ name }) => name);
  const missing = left.length > 0 ? `; not run: ${left.join(', ')}` : '';
  return `${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped${missing}`;
}

function asText(part, { file, name, message }) {
  const title = [part, file, name].filter((text, at) => text && (at === 0 || text !== part)).join(' > ');
  return `FAILED ${title}\n${message.trim().replace(/^/gm, '    ')}`;
}

function table(rows) {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => (column < 4 ? String(row[column]).length : 0))),
  );
  const cell = (value, column) =>
    column === 0 ? String(value).padEnd(widths[0]) : String(value).padStart(widths[column]);
  return rows.map((row) => row.map(cell).join('  ')).join('\n');
}

export function duration(seconds) {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
