/**
 * Training runs in the files that a browser keeps for a page (the origin private file system): a folder each, with description.json, checkpoint.safetensors,
 * progress.json and samples.png. They survive a reload, a crash and a lost device.
 *
 * A file is written through `createWritable`, which writes aside and puts the new file in the place of the former one when it is closed: whoever is cut off
 * before leaves the former one as it was. Every browser that has WebGPU has that, too.
 */
import type { RunProgress, RunSamples } from '../../training/loops/run-state';
import {
  AlreadyTrainingError,
  type KeptRun,
  type RunDescription,
  type RunStore,
  RunStoreError,
  type RunSummary,
  StorageFullError,
} from '../../training/loops/run-store';
import { sampleGrid } from '../../training/loops/sample-grid';
import { pngBytes } from '../export/picture-export';

const FOLDER = 'training-runs';
const LOCK = 'trifold-training';
const DESCRIPTION = 'description.json';
const CHECKPOINT = 'checkpoint.safetensors';
const PROGRESS = 'progress.json';
const SAMPLES = 'samples.png';

/** What the store asks of the browser; the tests play some of it. */
export interface BrowserStorage {
  readonly storage: Pick<StorageManager, 'getDirectory' | 'estimate' | 'persist'>;
  readonly locks: Pick<LockManager, 'request'>;
}

export class BrowserRunStore implements RunStore {
  constructor(private readonly browser: BrowserStorage = navigator) {}

  async list(): Promise<readonly RunSummary[]> {
    const runs: RunSummary[] = [];
    const folder = await this.#folder();
    for await (const handle of folder.values()) {
      if (handle.kind !== 'directory') continue;
      const kept = await readRun(handle, this.browser);
      if (kept) runs.push({ description: kept.description, progress: await kept.readProgress() });
    }
    return runs.sort((a, b) => b.description.created.localeCompare(a.description.created));
  }

  async create(description: RunDescription): Promise<KeptRun> {
    void this.browser.storage.persist().catch(() => false); // asked, not insisted on: else the browser may clear it when space is short
    const folder = await (await this.#folder()).getDirectoryHandle(description.id, { create: true });
    const run = new RunInBrowser(folder, description, this.browser);
    await run.describe({});
    return run;
  }

  async open(id: string): Promise<KeptRun> {
    const folder = await (await this.#folder()).getDirectoryHandle(id).catch(() => undefined);
    const run = folder && (await readRun(folder, this.browser));
    if (!run) {
      throw new RunStoreError(
        `This browser keeps no training run "${id}".`,
        'Choose another from the list, or begin a new one.',
      );
    }
    return run;
  }

  async remove(id: string): Promise<void> {
    await (await this.#folder()).removeEntry(id, { recursive: true }).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  lock(): Promise<() => Promise<void>> {
    return new Promise((resolve, reject) => {
      const held: Promise<void> = this.browser.locks.request(LOCK, { ifAvailable: true }, (lock) => {
        if (!lock) throw new AlreadyTrainingError('another tab');
        return new Promise<void>((release) => {
          resolve(() => {
            release();
            return held;
          });
        });
      });
      held.catch(reject);
    });
  }

  /** @throws RunStoreError */
  async #folder(): Promise<FileSystemDirectoryHandle> {
    try {
      return await (await this.browser.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
    } catch (cause) {
      throw new RunStoreError(
        'This browser keeps no files for the page, so a training run would be lost with it.',
        'Open the page in an ordinary window (not a private one), and allow it to store data.',
        { cause },
      );
    }
  }
}

/** @returns undefined where there is no description, or a damaged one */
async function readRun(folder: FileSystemDirectoryHandle, browser: BrowserStorage): Promise<RunInBrowser | undefined> {
  const description = await readJson<RunDescription>(folder, DESCRIPTION);
  return description?.id === folder.name ? new RunInBrowser(folder, description, browser) : undefined;
}

class RunInBrowser implements KeptRun {
  constructor(
    private readonly folder: FileSystemDirectoryHandle,
    private described: RunDescription,
    private readonly browser: BrowserStorage,
  ) {}

  get description(): RunDescription {
    return this.described;
  }

  async describe(change: Partial<Pick<RunDescription, 'goal'>>): Promise<void> {
    this.described = { ...this.described, ...change };
    await this.#writeJson(DESCRIPTION, this.described);
  }

  async readCheckpoint(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const file = await readFile(this.folder, CHECKPOINT);
    return file && new Uint8Array(await file.arrayBuffer());
  }

  async writeCheckpoint(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const { quota = Number.POSITIVE_INFINITY, usage = 0 } = await this.browser.storage.estimate();
    if (quota - usage < bytes.byteLength) throw new StorageFullError(bytes.byteLength, quota - usage);
    await this.#write(CHECKPOINT, bytes);
  }

  writeProgress(progress: RunProgress): Promise<void> {
    return this.#writeJson(PROGRESS, progress);
  }

  readProgress(): Promise<RunProgress | undefined> {
    return readJson<RunProgress>(this.folder, PROGRESS);
  }

  async writeSamples({ rows }: RunSamples): Promise<void> {
    const grid = sampleGrid(rows);
    if (grid) await this.#write(SAMPLES, pngBytes(grid));
  }

  async readSamples(): Promise<Blob | undefined> {
    const file = await readFile(this.folder, SAMPLES);
    return file?.slice(0, file.size, 'image/png');
  }

  #writeJson(name: string, value: unknown): Promise<void> {
    return this.#write(name, new TextEncoder().encode(JSON.stringify(value)));
  }

  /** The former file stays until the new one is whole. @throws StorageFullError, RunStoreError */
  async #write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    let stream: FileSystemWritableFileStream | undefined;
    try {
      const handle = await this.folder.getFileHandle(name, { create: true });
      stream = await handle.createWritable();
      await stream.write(bytes);
      await stream.close();
    } catch (cause) {
      await stream?.abort().catch(() => {}); // it is gone already when closing failed
      if (cause instanceof DOMException && cause.name === 'QuotaExceededError') {
        throw new StorageFullError(bytes.byteLength, undefined, { cause });
      }
      throw new RunStoreError(
        `"${name}" of the training run cannot be written: ${cause instanceof Error ? cause.message : cause}`,
        'Look whether the run was removed in another tab, and whether the page may store data.',
        { cause },
      );
    }
  }
}

/** @returns undefined where there is none; one that was made and never written counts as none */
async function readFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  try {
    const file = await (await folder.getFileHandle(name)).getFile();
    return file.size > 0 ? file : undefined;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function readJson<T>(folder: FileSystemDirectoryHandle, name: string): Promise<T | undefined> {
  const file = await readFile(folder, name);
  if (!file) return undefined;
  try {
    return JSON.parse(await file.text());
  } catch {
    return undefined;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'NotFoundError';
}
