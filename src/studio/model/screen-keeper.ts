/**
 * Keeps a model on the screen: opens the first one, sets everything up again when the device is lost, and puts another model in the place of the
 * one on screen, which stays until the other's first picture is there. All of them are on one device.
 *
 * A failure without a model on screen ends in the state `failed`, with a message and a way to try again.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import type { GeneratorConfig } from '../../models/config';
import type { TensorDirectory } from '../../models/generator-config';
import type { CanvasSize } from '../../render/canvas-output';
import type { KeptState } from '../shared/address';
import { DeviceKeepsFailingError, describeFailure, LoadingCancelledError } from '../shared/failure';
import { type PictureSettings, renderSettingsFor } from '../shared/settings';
import { type LoadingProgress, type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import { openViewer } from '../view/open-viewer';
import { Screen } from '../view/screen';
import type { Shown } from '../view/shown';
import { StudioCanvas } from '../view/studio-canvas';
import type { Viewer } from '../view/viewer';
import { beginCompiling } from './begin-compiling';
import { LossHistory } from './loss-history';
import { checkMemory } from './memory-check';
import type { MemoryCheck } from './model-facts';
import type { OpenedModel, OpenOptions } from './open-model';
import { kernelsFromNowOn, OpeningProgress } from './opening-progress';
import { type DeviceShare, isLost, SharedDevice } from './shared-device';

/** Chooses the face, the settings and the view with which a model comes on screen, from the state at that moment. */
export type StateForModel = (opened: OpenedModel, state: StudioState) => KeptState;

/** What is on the screen, with its share in the device. */
interface Shows {
  readonly screen: Screen;
  readonly viewer: Viewer;
  readonly share: DeviceShare;
  readonly gpu: Gpu;
}

/** What a model's first picture is made with. */
const VOLUMETRIC_ALONE: Shown = { layout: 'single', renderer: 'volumetric', wipe: 0, against: 'convolutional' };

export class ScreenKeeper {
  #canvas: StudioCanvas | undefined;
  #size: CanvasSize = { width: 512, height: 512 };
  #opened: OpenedModel | undefined;
  #student: Checkpoint | undefined;
  #directions: readonly Float32Array[] | undefined;
  readonly #device = new SharedDevice();
  #shows: Shows | undefined;
  /** Ends the attempt to open that is under way; a new attempt has a new one. */
  #attempt = new AbortController();
  readonly #losses = new LossHistory();

  /**
   * @param loadFirst opens the first model
   * @param firstState where the person was last time
   * @param settingsAhead what settings the first model will have, to judge by its configuration alone
   */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly loadFirst: (gpu: Promise<Gpu>, options: OpenOptions) => Promise<OpenedModel>,
    private readonly firstState: StateForModel,
    private readonly settingsAhead: (config: GeneratorConfig) => PictureSettings,
    private readonly prefersReducedMotion: () => boolean,
  ) {}

  /** The device of what is on screen. */
  get gpu(): Gpu | undefined {
    return this.#shows?.gpu;
  }

  get screen(): Screen | undefined {
    return this.#shows?.screen;
  }

  /** The model on screen, with its file. */
  get opened(): OpenedModel | undefined {
    return this.#opened;
  }

  /** A share in the device of what is on screen, for others who compute. */
  takeDevice(): DeviceShare {
    return this.#device.take();
  }

  async start(canvas: HTMLCanvasElement): Promise<void> {
    this.#canvas = new StudioCanvas(canvas);
    await this.#open('device');
  }

  /** Tries again; what was loaded stays loaded. */
  async retry(): Promise<void> {
    this.#losses.forget();
    await this.#open('device');
  }

  cancel(): void {
    this.#attempt.abort(new LoadingCancelledError());
  }

  /** Gives the device back. */
  close(): void {
    this.#canvas = undefined;
    this.cancel();
    this.#takeDown();
  }

  resize(size: CanvasSize): void {
    this.#size = size;
    this.screen?.resize(size);
  }

  /**
   * Puts a model in the place of the one on screen, or of what is being loaded. Until its first picture is computed nothing changes; an
   * error leaves everything as it is.
   * @param show told how far it is
   * @throws BufferLimitError and other errors of the device, CheckpointError; the signal's reason if aborted
   */
  async replace(
    opened: OpenedModel,
    stateFor: StateForModel,
    signal: AbortSignal,
    show: (progress: LoadingProgress) => void,
  ): Promise<void> {
    const { store } = this;
    const canvas = this.#canvas;
    const share = this.#device.take();
    const progress = new OpeningProgress(show);
    progress.filesDone();
    let gpu: Gpu;
    let memory: MemoryCheck;
    let viewer: Viewer | undefined;
    try {
      gpu = await share.gpu;
      signal.throwIfAborted();
      const start = stateFor(opened, store.state);
      const { settings, face, view } = start;
      memory = checkMemory(opened, settings, gpu);
      progress.kernels(kernelsFromNowOn(gpu.kernels));
      viewer = await this.#openViewer(opened, start, gpu, memory, progress);
      signal.throwIfAborted();
      const { picture, slice, backdrop } = settings;
      const shown = VOLUMETRIC_ALONE;
      await viewer.prepare({ face, picture, shown, slice, level: 0, view, backdrop, size: this.#size });
      signal.throwIfAborted();
      await this.screen?.close(); // its picture stays on the canvas
      if (this.#canvas !== canvas) throw new LoadingCancelledError(); // the studio was closed meanwhile
    } catch (error) {
      await viewer?.close();
      share.giveBack();
      throw error;
    } finally {
      progress.stop();
    }
    this.#attempt.abort(); // whatever was being loaded has lost its purpose
    this.#takeDown();
    this.#setModel(opened, memory, stateFor(opened, store.state));
    await this.#show(viewer, share, gpu);
  }

  /**
   * Puts a student of the model on screen on the device, now and whenever the device comes back; undefined takes it away.
   * @throws ModelConfigError, GpuError, CheckpointError; the one before stays then
   */
  async setStudent(checkpoint: Checkpoint | undefined): Promise<void> {
    await this.screen?.setStudent(checkpoint);
    this.#student = checkpoint;
  }

  /** Hands over the directions of the model on screen, now and whenever the device comes back; undefined forgets them. */
  async setDirections(directions: readonly Float32Array[] | undefined): Promise<void> {
    this.#directions = directions;
    if (directions) await this.screen?.between(async (viewer) => viewer.setDirections(directions));
  }

  async #open(phase: LoadingProgress['phase']): Promise<void> {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.#takeDown();
    this.#progress(phase);
    try {
      const isDeviceLost = await this.#openAll(signal, phase);
      if (isDeviceLost && !signal.aborted) await this.#rebuild();
    } catch (error) {
      if (signal.aborted && !(signal.reason instanceof LoadingCancelledError)) return; // a newer attempt is under way
      this.#fail(signal.aborted ? signal.reason : error);
    }
  }

  /**
   * The device and the model's files are asked for at the same time; as soon as both the device and the configuration are known, it compiles.
   * @returns whether the device was lost on the way
   */
  async #openAll(signal: AbortSignal, phase: LoadingProgress['phase']): Promise<boolean> {
    const given = new AbortController();
    const ended = AbortSignal.any([signal, given.signal]);
    const progress = new OpeningProgress((now) => {
      if (!ended.aborted) this.store.update({ progress: phase === 'rebuild' ? { ...now, phase } : now });
    });
    const share = this.#device.take();
    ended.addEventListener('abort', share.giveBack); // at once: if nobody else is on the device, its compiler stops
    let gpu: Gpu | undefined;
    share.gpu.then(
      (found) => {
        gpu = found;
        progress.kernels(kernelsFromNowOn(found.kernels));
      },
      (error) => given.abort(error), // the download ends, too
    );
    let viewer: Viewer | undefined;
    try {
      const opened = this.#opened ?? (await this.#openFirst(share.gpu, ended, progress));
      const device = await share.gpu;
      signal.throwIfAborted();
      progress.filesDone();
      const { settings, face, view } = this.store.state;
      const memory = checkMemory(opened, settings, device);
      const made = await this.#openViewer(opened, { settings, face, view }, device, memory, progress);
      viewer = made;
      if (this.#student) await made.setStudent(this.#student);
      if (this.#directions) made.setDirections(this.#directions);
      signal.throwIfAborted();
      progress.picture(() => made.firstFrameShare);
      viewer = undefined; // from now on it is freed by who takes it off the screen
      await this.#show(made, share, device);
      signal.throwIfAborted();
      return false;
    } catch (error) {
      // Asked before the device is given back. What is on screen is told itself.
      const isDeviceLost = !ended.aborted && !this.#shows && gpu !== undefined && (await isLost(gpu));
      await viewer?.close();
      given.abort(error);
      if (isDeviceLost) return true;
      throw error;
    } finally {
      progress.stop();
      ended.removeEventListener('abort', share.giveBack);
    }
  }

  async #openFirst(asked: Promise<Gpu>, signal: AbortSignal, progress: OpeningProgress): Promise<OpenedModel> {
    const onHead = (head: TensorDirectory) => beginCompiling(asked, head, this.settingsAhead);
    const opened = await this.loadFirst(asked, { signal, onProgress: progress.files, onHead });
    signal.throwIfAborted();
    const gpu = await asked;
    const start = this.firstState(opened, this.store.state);
    this.#setModel(opened, checkMemory(opened, start.settings, gpu), start);
    return opened;
  }

  #setModel(opened: OpenedModel, memory: MemoryCheck, start: KeptState): void {
    this.#opened = opened;
    const { name, origin, config, fileBytes, weights, fingerprint, sha256, student, attributes } = opened;
    const facts = { name, origin, config, fileBytes, weights, memory, fingerprint, sha256, student, attributes };
    this.store.update({ model: facts, ...start, isPlaying: false });
  }

  #openViewer(
    { config, checkpoint }: OpenedModel,
    { settings, face, view }: KeptState,
    gpu: Gpu,
    { convolutionFormat }: MemoryCheck,
    progress: OpeningProgress,
  ): Promise<Viewer> {
    const canvas = this.#canvas!;
    return openViewer({
      gpu: gpu.forModel(convolutionFormat),
      checkpoint,
      settings: renderSettingsFor(config, settings),
      first: { face, view },
      output: () => canvas.outputOf(gpu),
      onPlanes: progress.planes,
      onTimes: () => this.screen?.reportSoon(),
    });
  }

  async #show(viewer: Viewer, share: DeviceShare, gpu: Gpu): Promise<void> {
    const onError = (error: unknown) => this.#screenFailed(viewer, error);
    const screen = new Screen(this.store, viewer, this.#size, onError, this.prefersReducedMotion);
    this.#shows = { screen, viewer, share, gpu };
    gpu.lost.then(() => {
      if (this.#shows?.viewer === viewer) this.#rebuild();
    });
    try {
      await screen.open();
    } catch (error) {
      if (await isLost(gpu)) return; // it is being set up again
      throw error;
    }
    if (this.#shows?.viewer === viewer) {
      this.store.update({ status: 'ready', progress: undefined, failure: undefined });
    }
  }

  /** The device was lost: asks for it again, after a while if that happens often. */
  async #rebuild(): Promise<void> {
    this.#takeDown();
    const wait = this.#losses.note(performance.now());
    if (wait === undefined) return this.#fail(new DeviceKeepsFailingError(this.#losses.count));
    this.#progress('rebuild');
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.#shows) return; // another model came on screen meanwhile
    await this.#open('rebuild');
    const { status, notices } = this.store.state;
    if (status === 'ready') this.store.update({ notices: withNotice(notices, { kind: 'device-rebuilt' }) });
  }

  async #screenFailed(viewer: Viewer, error: unknown): Promise<void> {
    if (!(await isLost(viewer.gpu)) && this.#shows?.viewer === viewer) this.#fail(error);
  }

  /** Takes off the screen what is there, and frees it as soon as nothing of it is on its way to the device any more. */
  #takeDown(): void {
    const shows = this.#shows;
    this.#shows = undefined;
    if (!shows) return;
    const { screen, viewer, share } = shows;
    screen
      .close()
      .then(() => viewer.close())
      .finally(share.giveBack);
  }

  #progress(phase: LoadingProgress['phase']): void {
    this.store.update({ status: 'loading', failure: undefined, progress: { phase, receivedBytes: 0, totalBytes: 0 } });
  }

  #fail(error: unknown): void {
    this.#takeDown();
    this.store.update({ status: 'failed', progress: undefined, failure: describeFailure(error) });
  }
}
