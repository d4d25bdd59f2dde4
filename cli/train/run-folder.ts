/**
 * A training run in a folder: description.json, checkpoint.safetensors, progress.json (with the curves, which curves.csv has, too) and samples/, a picture
 * for each set. Every file is one whole file at any time: the former one stays in its place until the next is written, also if the process or the
 * machine stops in between.
 */
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TrifoldError } from '../../src/errors';
import { pngBytes } from '../../src/studio/export/picture-export';
import type { RunProgress, RunSamples } from '../../src/training/loops/run-state';
import {
  AlreadyTrainingError,
  type KeptRun,
  type RunDescription,
  RunStoreError,
  StorageFullError,
} from '../../src/training/loops/run-store';
import { sampleGrid } from '../../src/training/loops/sample-grid';
import { writeWhole } from '../output-file';

const DESCRIPTION = 'description.json';
const CHECKPOINT = 'checkpoint.safetensors';
const PROGRESS = 'progress.json';
const CURVES = 'curves.csv';
const SAMPLES = 'samples';
const LOCK = 'train.lock';

/** What is kept of a run cannot be read, or it is not of this run. */
export class UnusableTrainingFileError extends TrifoldError {
  override readonly code = 'unusable-training-file';

  constructor(
    readonly file: string,
    cause: Error,
  ) {
    super(
      `The training run cannot go on from "${file}": ${cause.message}`,
      'Go on from another checkpoint of the same run and the same networks, or begin the run anew in another folder.',
      { cause },
    );
  }
}

export class RunInFolder implements KeptRun {
  private constructor(
    readonly folder: string,
    private described: RunDescription,
  ) {}

  /** Makes the folder. @throws RunStoreError for one that holds a run already */
  static async create(folder: string, description: RunDescription): Promise<RunInFolder> {
    if (await holdsRun(folder)) {
      throw new RunStoreError(
        `"${folder}" holds a training run already.`,
        'Go on with it (--resume), or name another folder.',
      );
    }
    await mkdir(join(folder, SAMPLES), { recursive: true });
    const run = new RunInFolder(folder, description);
    await run.describe({});
    return run;
  }

  /** @throws RunStoreError where there is no run; UnusableTrainingFileError */
  static async open(folder: string): Promise<RunInFolder> {
    const description = await readJson<RunDescription>(join(folder, DESCRIPTION));
    if (!description) {
      throw new RunStoreError(
        `"${folder}" holds no training run.`,
        'Name the --out of a former call, or begin without --resume.',
      );
    }
    return new RunInFolder(folder, description);
  }

  get description(): RunDescription {
    return this.described;
  }

  get checkpointFile(): string {
    return join(this.folder, CHECKPOINT);
  }

  async describe(change: Partial<Pick<RunDescription, 'goal'>>): Promise<void> {
    this.described = { ...this.described, ...change };
    await this.#writeJson(DESCRIPTION, this.described);
  }

  async readCheckpoint(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    return readThere(this.checkpointFile);
  }

  writeCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.#write(CHECKPOINT, bytes);
  }

  async writeProgress(progress: RunProgress): Promise<void> {
    await this.#writeJson(PROGRESS, progress);
    await this.#write(CURVES, curvesCsv(progress));
  }

  readProgress(): Promise<RunProgress | undefined> {
    return readJson<RunProgress>(join(this.folder, PROGRESS));
  }

  async writeSamples({ step, rows }: RunSamples): Promise<void> {
    const grid = sampleGrid(rows);
    if (grid) await this.#write(join(SAMPLES, `${String(step).padStart(7, '0')}.png`), pngBytes(grid));
  }

  async readSamples(): Promise<Blob | undefined> {
    return undefined; // whoever wants to see them looks into the folder
  }

  /** Writes what was learnt. @returns the file */
  async writeResult({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Promise<string> {
    await this.#write(name, bytes);
    return join(this.folder, name);
  }

  #writeJson(name: string, value: unknown): Promise<void> {
    return this.#write(name, `${JSON.stringify(value)}\n`);
  }

  /** @throws StorageFullError */
  async #write(name: string, contents: Uint8Array | string): Promise<void> {
    try {
      await writeWhole(join(this.folder, name), contents);
    } catch (cause) {
      const isFull = cause instanceof Error && 'code' in cause && (cause.code === 'ENOSPC' || cause.code === 'EDQUOT');
      throw isFull ? new StorageFullError(contents.length, undefined, { cause }) : cause;
    }
  }
}

/** Whether a run was begun there. */
export async function holdsRun(folder: string): Promise<boolean> {
  return (await stat(join(folder, DESCRIPTION)).catch(() => undefined)) !== undefined;
}

/**
 * Keeps other processes from training in the same folder, until the returned function is called. What a process has left that ended otherwise counts
 * for nothing.
 * @throws AlreadyTrainingError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, LOCK);
  for (;;) {
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(String(process.pid));
      await handle.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const holder = Number(await readFile(file, 'utf8').catch(() => ''));
    if (isRunning(holder)) throw new AlreadyTrainingError(`process ${holder}`);
    await rm(file, { force: true });
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0); // sends nothing, only asks
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it runs, as somebody else's
  }
}

/** A row for each point: figure, step, value. */
function curvesCsv({ curves }: RunProgress): string {
  const rows = Object.entries(curves).flatMap(([name, { points }]) =>
    points.map(([step, value]) => `${name},${step},${value}`),
  );
  return `${['figure,step,value', ...rows].join('\n')}\n`;
}

/** @returns undefined where there is no such file */
async function readThere(file: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await readFile(file));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error instanceof Error ? new UnusableTrainingFileError(file, error) : error;
  }
}

/** @returns undefined where there is no such file @throws UnusableTrainingFileError */
export async function readJson<T>(file: string): Promise<T | undefined> {
  const bytes = await readThere(file);
  if (!bytes) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw cause instanceof Error ? new UnusableTrainingFileError(file, cause) : cause;
  }
}

/**
 * Opens a run, and tells by which file it cannot be.
 * @throws UnusableTrainingFileError; nothing has been changed then
 */
export async function fromFile<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const isOfFile = cause instanceof TrifoldError && !(cause instanceof UnusableTrainingFileError);
    throw isOfFile ? new UnusableTrainingFileError(file, cause) : cause;
  }
}
