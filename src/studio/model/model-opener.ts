/**
 * Opening models: the first one at the start, then whatever the person drops, picks or asks for again. One opening at a time; a newer one
 * ends the one before. A model that cannot be opened is told in a notice and harms nothing: what was on screen stays there.
 */
import { MissingFactsError } from '../../checkpoints/errors';
import { describeFailure, LoadingCancelledError } from '../shared/failure';
import { type Notice, type Opening, type PlainNotice, type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import { fingerprintInWorker } from './checkpoint-reader';
import type { KeepResult } from './kept-files';
import {
  FileNotKeptError,
  type ModelRequest,
  type ModelSource,
  nameOfRequest,
  type OpenedModel,
  type OpenedStudent,
  type OpenOptions,
  openModel,
  StudentAloneError,
} from './open-model';
import type { ScreenKeeper, StateForModel } from './screen-keeper';
import type { StudentKeeper } from './student-keeper';

const BUNDLED: ModelRequest = { kind: 'bundled' };
const PREFERENCE = 'trifold-keep-files';

const KEEP_NOTICES: Readonly<Record<Exclude<KeepResult, 'kept'>, PlainNotice>> = {
  'no-storage': 'file-no-storage',
  'storage-full': 'file-storage-full',
  unreadable: 'file-unreadable',
};

export class ModelOpener {
  #attempt: AbortController | undefined;
  /** What could be kept, should the person want it: the file on screen. */
  #keepable: Pick<OpenedModel, 'file' | 'like'> = { file: undefined, like: undefined };

  constructor(
    private readonly store: Store<StudioState>,
    private readonly source: ModelSource,
  ) {
    store.update({ keeping: { isWanted: readPreference(), files: [] } });
    this.#listFiles();
  }

  /**
   * Opens the first model; where that is not the bundled one and it cannot be had, the bundled one, with a notice (unless the source says no).
   * @param check rejects if a model does not fit on the device
   * @throws WeightsError, CheckpointError, ModelConfigError for a model without a substitute; the signal's reason if aborted
   */
  async first(
    request: ModelRequest,
    options: OpenOptions,
    check: (opened: OpenedModel) => Promise<void>,
  ): Promise<OpenedModel> {
    const { signal } = options;
    if (request.kind !== 'bundled') {
      try {
        const opened = await openModel(this.source, request, options);
        if (opened.kind === 'student') throw new StudentAloneError(opened.name);
        await check(opened);
        this.#afterwards(opened);
        return opened;
      } catch (error) {
        signal.throwIfAborted();
        if (this.source.hasSubstitute === false) throw error;
        this.#noteFailure(request, error);
      }
    }
    const opened = await openModel(this.source, BUNDLED, options);
    if (opened.kind === 'student') throw new StudentAloneError(opened.name);
    this.#afterwards(opened);
    return opened;
  }

  /** Opens a model and shows it, or a student of the one on screen. Never rejects: what goes wrong is in a notice. */
  async open(
    request: ModelRequest,
    keeper: ScreenKeeper,
    students: StudentKeeper,
    stateFor: StateForModel,
  ): Promise<void> {
    this.#attempt?.abort(new LoadingCancelledError());
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { signal } = attempt;
    const { store } = this;
    const name = nameOfRequest(request);
    const show = (opening: Omit<Opening, 'name'>) => {
      if (this.#attempt === attempt) store.update({ opening: { ...opening, name } });
    };
    store.update({
      notices: store.state.notices.filter(({ kind }) => kind !== 'open-failed' && kind !== 'facts-missing'),
    });
    show({ phase: 'read', receivedBytes: 0, totalBytes: 0 });
    try {
      const opened = await openModel(this.source, request, { signal, onProgress: show });
      show({ phase: 'prepare', receivedBytes: 0, totalBytes: 0 });
      if (opened.kind === 'student') {
        await this.#openStudent(opened, students);
        return;
      }
      await keeper.replace(opened, stateFor, signal, show);
      store.update({ notices: store.state.notices.filter(({ kind }) => kind !== 'file-wanted') });
      this.#afterwards(opened);
    } catch (error) {
      if (!signal.aborted) this.#noteFailure(request, error);
    } finally {
      if (this.#attempt === attempt) {
        this.#attempt = undefined;
        store.update({ opening: undefined });
      }
    }
  }

  async #openStudent(opened: OpenedStudent, students: StudentKeeper): Promise<void> {
    if (!this.store.state.model) throw new StudentAloneError(opened.name);
    await students.open(opened, this.#keepable.file);
  }

  /** Gives up the opening that is under way, if any. */
  cancel(): void {
    this.#attempt?.abort(new LoadingCancelledError());
  }

  /** Whether opened files are kept on this device from now on, the one on screen included. Files that are kept stay until removed. */
  async setKeeping(isWanted: boolean): Promise<void> {
    writePreference(isWanted);
    this.store.update({ keeping: { ...this.store.state.keeping, isWanted } });
    if (!isWanted) return;
    askForLastingStorage();
    await this.#keep();
  }

  /** Removes a kept file from this device; on screen it stays. */
  async forget(fingerprint: string): Promise<void> {
    await this.source.kept.remove(fingerprint);
    await this.#listFiles();
  }

  #afterwards(opened: OpenedModel): void {
    this.#keepable = opened;
    if (opened.notKept) this.#notify(opened.notKept);
    if (opened.file) this.#nameByContent(opened.file, opened.fingerprint);
  }

  /** The fingerprint takes a look at every byte; the picture does not wait for it. */
  async #nameByContent(file: Blob, known: string | undefined): Promise<void> {
    try {
      const fingerprint = known ?? (await fingerprintInWorker(file));
      const { model } = this.store.state;
      if (this.#keepable.file !== file || !model) return;
      this.store.update({ model: { ...model, fingerprint } });
      if (this.store.state.keeping.isWanted) await this.#keep();
    } catch {
      // The file cannot be read again: it is on screen, but has no name in the address and cannot be kept.
      if (this.store.state.keeping.isWanted) this.#notify('file-unreadable');
    }
  }

  async #keep(): Promise<void> {
    const { model, keeping } = this.store.state;
    const { file, like } = this.#keepable;
    if (!file || !model?.fingerprint) return;
    if (keeping.files.some(({ fingerprint }) => fingerprint === model.fingerprint)) return;
    const result = await this.source.kept.keep(file, { fingerprint: model.fingerprint, name: model.name, like });
    if (result !== 'kept') this.#notify(KEEP_NOTICES[result]);
    await this.#listFiles();
  }

  async #listFiles(): Promise<void> {
    const files = await this.source.kept.list();
    this.store.update({ keeping: { ...this.store.state.keeping, files } });
  }

  #noteFailure(request: ModelRequest, error: unknown): void {
    this.store.update({ notices: withNotice(this.store.state.notices, noticeOf(request, error)) });
  }

  #notify(kind: PlainNotice): void {
    this.store.update({ notices: withNotice(this.store.state.notices, { kind }) });
  }
}

/** What is said of a model that could not be opened. */
function noticeOf(request: ModelRequest, error: unknown): Notice {
  const name = nameOfRequest(request);
  const { message, remedy } = describeFailure(error);
  if (error instanceof FileNotKeptError) {
    return { kind: 'file-wanted', fingerprint: error.fingerprint, message, remedy };
  }
  const canComplete = error instanceof MissingFactsError && (request.kind === 'file' || request.kind === 'url');
  return canComplete
    ? { kind: 'facts-missing', name, missing: error.missing, request }
    : { kind: 'open-failed', name, message, remedy };
}

/** A browser that is short of room clears storage without this; where it says no, the files stay as long as there is room. */
function askForLastingStorage(): void {
  navigator.storage?.persist?.().catch(() => false);
}

function readPreference(): boolean {
  try {
    return localStorage.getItem(PREFERENCE) === 'yes';
  } catch {
    return false; // Storage can be forbidden altogether.
  }
}

function writePreference(isWanted: boolean): void {
  try {
    if (isWanted) localStorage.setItem(PREFERENCE, 'yes');
    else localStorage.removeItem(PREFERENCE);
  } catch {
    // The preference then lasts as long as the page.
  }
}
