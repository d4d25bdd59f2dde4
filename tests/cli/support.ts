/** Calls the command line as a script does. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fixturePath } from '../support/fixture-path';

export const ROOT = join(import.meta.dirname, '..', '..');

/** A small generator and its student, for whatever is not about the bundled pair. */
export const SMALL = fixturePath('small/small-eg3d.safetensors');
export const SMALL_STUDENT = fixturePath('small/small-student.safetensors');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export function trifold(...words: string[]): Promise<Outcome> {
  return trifoldWith({}, ...words);
}

/** @param environment beside what this process has */
export function trifoldWith(environment: Readonly<Record<string, string>>, ...words: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    const child = spawn(process.execPath, [join(ROOT, 'cli/launch.mjs'), ...words], { env });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
