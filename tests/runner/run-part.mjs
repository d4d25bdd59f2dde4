/** Runs one part as a process of its own, and tells what came of it. */
import { spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { readReport } from './report-file.mjs';

/** Of a tool that fails without a word about a test, this much of what it printed last is shown. */
const SHOWN_LINES = 60;
/** How long a stopped part may take to put things away. */
const GRACE_MS = 10_000;

/**
 * @param part from parts.mjs
 * @param folder for what it prints and reports
 * @param onProgress is told the results so far, once a second
 * @param signal stops the part
 * @returns {Promise<{ passed: number, failed: number, skipped: number, seconds: number, failures: { file: string, name: string, message: string }[] }>}
 */
export async function runPart(part, folder, onProgress, signal) {
  const report = join(folder, `${part.name}.jsonl`);
  const output = join(folder, `${part.name}.log`);
  const began = performance.now();
  const code = await finished(
    part.command,
    { report, output, printed: join(folder, 'largest-errors.txt') },
    signal,
    () => onProgress(readReport(report)),
  );
  const results = readReport(report);
  const count = (state) => results.filter((result) => result.state === state).length;
  const failures = results.filter(({ state }) => state === 'failed');
  const isSilent = failures.length === 0 && (code !== 0 || (part.reports && results.length === 0));
  if (isSilent) failures.push({ file: '', name: part.name, message: silentFailure(code, output, signal) });
  const passed = part.reports ? count('passed') : Number(failures.length === 0);
  const seconds = (performance.now() - began) / 1000;
  return { passed, failed: failures.length, skipped: count('skipped'), seconds, failures };
}

function silentFailure(code, output, signal) {
  if (signal.aborted) return 'Stopped.';
  const lines = stripVTControlCharacters(readFileSync(output, 'utf8')).trimEnd().split('\n').slice(-SHOWN_LINES);
  return [code === 0 ? 'It ran no test.' : `It ended with exit code ${code}.`, ...lines].join('\n');
}

/** The exit code of a Node script. It leads a process group, so that stopping it stops its servers and browsers too. */
function finished(command, { report, output, printed }, signal, onTick) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, command, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TRIFOLD_REPORT: report, TRIFOLD_PRINTED: printed, NO_COLOR: '1' },
    });
    const log = createWriteStream(output);
    child.stdout.pipe(log, { end: false });
    child.stderr.pipe(log, { end: false });
    const stop = () => {
      send(child, 'SIGINT');
      setTimeout(() => send(child, 'SIGKILL'), GRACE_MS).unref();
    };
    signal.addEventListener('abort', stop);
    const tick = setInterval(onTick, 1000);
    child.on('close', (code, killed) => {
      clearInterval(tick);
      signal.removeEventListener('abort', stop);
      log.end(() => resolve(code ?? killed));
    });
  });
}

function send(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    child.kill(signal); // no groups on Windows; elsewhere it has ended
  }
}
