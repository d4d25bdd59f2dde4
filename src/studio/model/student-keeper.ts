/**
 * The student of the model on screen: loaded when the convolutional renderer is first wanted, or when the person opens a student's file.
 * Follows the state: another model makes another student, and where a student is wanted and cannot be had, the volumetric renderer comes back with a notice.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { parseSafetensors } from '../../checkpoints/safetensors';
import { readStudentConfig } from '../../models/student-config';
import { describeFailure, LoadingCancelledError } from '../shared/failure';
import { type LoadingProgress, type Notice, type StudentState, type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import { FrameLoopStoppedError } from '../view/frame-loop';
import { wantsStudent } from '../view/shown';
import { parameterCount } from './model-facts';
import type { StudentEntry } from './model-index';
import type { OpenedStudent } from './open-model';
import type { ScreenKeeper } from './screen-keeper';
import { type StudentFacts, studentFactsOf } from './student-facts';
import { loadWeights, sha256 } from './weights';

/** Hashing wants all bytes of a file at once: larger generators stay unchecked. */
const LARGEST_HASHED_BYTES = 512 << 20;

export class StudentKeeper {
  #attempt: AbortController | undefined;

  /** @param folder address of the folder `weights`, with a slash at its end */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly folder: URL,
    private readonly keeper: ScreenKeeper,
  ) {
    store.subscribe((state, previous) => {
      if (state.model?.config !== previous.model?.config) this.#modelChanged(state);
      else if (state.settings !== previous.settings || state.status !== previous.status) this.#loadIfWanted();
    });
  }

  /** Takes the student of an opened file and shows it. Never rejects: what goes wrong is in a notice. */
  async open(opened: OpenedStudent, modelFile: Blob | undefined): Promise<void> {
    const isReady = await this.#attach(async () => {
      const { checkpoint, name, origin, fileBytes } = opened;
      return { checkpoint, name, origin, fileBytes, indexViews: undefined };
    });
    const { settings } = this.store.state;
    if (isReady && !wantsStudent(settings)) {
      this.store.update({ settings: { ...settings, renderer: 'convolutional', picture: 'image' } });
    }
    await this.#hashModel(modelFile);
  }

  /** Loads the student that is shipped with the model, if there is one that is not there yet; what is on screen stays. */
  load(): void {
    const { student, model } = this.store.state;
    if (student.status === 'available' && model?.student) this.#loadBundled(model.name, model.student);
  }

  /** Stops loading; the volumetric renderer stays. */
  cancel(): void {
    this.#attempt?.abort(new LoadingCancelledError());
  }

  #modelChanged({ model }: StudioState): void {
    this.cancel();
    this.keeper.setStudent(undefined);
    this.store.update({
      student: model?.student ? { status: 'available', bytes: model.student.bytes } : { status: 'none' },
    });
    this.#loadIfWanted();
  }

  #loadIfWanted(): void {
    const { status, settings, student, model, notices } = this.store.state;
    if (status !== 'ready' || !model || !wantsStudent(settings)) return;
    this.load();
    if (student.status === 'none') {
      this.#giveUp();
      this.store.update({ notices: withNotice(notices, { kind: 'no-student' }) });
    }
  }

  async #loadBundled(name: string, entry: StudentEntry): Promise<void> {
    await this.#attach(async (signal) => {
      const onProgress = (progress: LoadingProgress) => {
        if (!signal.aborted) this.store.update({ student: { status: 'loading', progress } });
      };
      const { bytes } = await loadWeights(this.folder, entry, { signal, onProgress });
      return {
        checkpoint: parseSafetensors(bytes),
        name,
        origin: 'bundled' as const,
        fileBytes: bytes.byteLength,
        indexViews: entry.trainedViews,
      };
    });
  }

  /** @returns whether the student is on the device now */
  async #attach(
    load: (signal: AbortSignal) => Promise<
      Pick<StudentFacts, 'name' | 'origin' | 'fileBytes'> & {
        readonly checkpoint: Checkpoint;
        readonly indexViews: StudentFacts['trainedViews'] | undefined;
      }
    >,
  ): Promise<boolean> {
    this.cancel();
    const attempt = new AbortController();
    this.#attempt = attempt;
    const { signal } = attempt;
    const { store } = this;
    const former = this.#settled;
    const { model: forModel } = store.state;
    store.update({ student: { status: 'loading', progress: { phase: 'read', receivedBytes: 0, totalBytes: 0 } } });
    try {
      const { checkpoint, indexViews, ...file } = await load(signal);
      signal.throwIfAborted();
      const { model } = store.state;
      if (!model) return false;
      const config = readStudentConfig(checkpoint);
      const parameters = parameterCount(checkpoint, STUDENT_NETWORKS).parameters;
      await this.keeper.setStudent(checkpoint);
      signal.throwIfAborted();
      const facts = studentFactsOf({ ...file, config, parameters }, model.config.camera, indexViews);
      store.update({ student: { status: 'ready', facts } });
      return true;
    } catch (error) {
      if (this.#attempt !== attempt) return false; // a newer one is under way
      if (store.state.model?.config !== forModel?.config) return false; // what was known before was of another model
      store.update({ student: former });
      if (error instanceof FrameLoopStoppedError) return false; // the device is being set up again; it stays wanted
      this.#giveUp();
      if (signal.aborted) return false;
      const { message, remedy } = describeFailure(error);
      this.#notify({ kind: 'student-failed', message, remedy });
      return false;
    } finally {
      if (this.#attempt === attempt) this.#attempt = undefined;
    }
  }

  /** The state without what is being loaded. */
  get #settled(): StudentState {
    const { student, model } = this.store.state;
    if (student.status !== 'loading') return student;
    return model?.student ? { status: 'available', bytes: model.student.bytes } : { status: 'none' };
  }

  /** Back to the renderer that is always there. */
  #giveUp(): void {
    const { settings } = this.store.state;
    if (!wantsStudent(settings)) return;
    this.store.update({ settings: { ...settings, renderer: 'volumetric', layout: 'single' } });
  }

  /** Learns the hash of the generator's file, which a student names its teacher by. */
  async #hashModel(file: Blob | undefined): Promise<void> {
    const { model } = this.store.state;
    if (!model || model.sha256 || !file || file.size > LARGEST_HASHED_BYTES) return;
    try {
      const hash = await sha256(new Uint8Array(await file.arrayBuffer()));
      const { model: present } = this.store.state;
      if (present?.config === model.config) this.store.update({ model: { ...present, sha256: hash } });
    } catch {
      // The file cannot be read again: whether the student belongs to it stays unknown, and the page says so.
    }
  }

  #notify(notice: Notice): void {
    this.store.update({ notices: withNotice(this.store.state.notices, notice) });
  }
}

const STUDENT_NETWORKS = ['mapping.', 'synthesis.', 'superresolution.'];
