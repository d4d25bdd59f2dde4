/**
 * Keeps a session on the screen: opens the device and the first model, sets everything up again when the device is lost, and puts another
 * model in the place of the one on screen, which stays until the other's first picture is there.
 *
 * A failure without a model on screen ends in the state `failed`, with a message and a way to try again.
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { Gpu } from '../../gpu/device';
import { largestBlock, type StorageFormat } from '../../gpu/tensor-host';
import type { GeneratorConfig } from '../../models/config';
import { readGeneratorConfig, type TensorDirectory } from '../../models/generator-config';
import type { CanvasSize } from '../../render/canvas-output';
import { compileAhead, estimateMemory } from '../../render/wiring';
import type { KeptState } from '../shared/address';
import { DeviceKeepsFailingError, describeFailure, LoadingCancelledError } from '../shared/failure';
import { type PictureSettings, renderSettingsFor } from '../shared/settings';
import { type LoadingProgress, type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import { Screen } from '../view/screen';
import type { Shown } from '../view/shown';
import { LossHistory } from './loss-history';
import type { MemoryCheck } from './model-facts';
import type { OpenedModel, OpenOptions } from './open-model';
import { OpeningProgress } from './opening-progress';
import { Session } from './session';

/** Chooses face, settings and view with which a model comes on screen, from the state at that moment. */
export type Arrive = (opened: OpenedModel, state: StudioState) => KeptState;

/** How long after an error the news of a lost device may arrive. */
const LOSS_NEWS_MILLISECONDS = 200;

/** What a model's first picture is made with. */
const VOLUMETRIC_ALONE: Shown = { layout: 'single', renderer: 'volumetric', wipe: 0, against: 'convolutional' };

export class SessionKeeper {
  #canvas: HTMLCanvasElement | undefined;
  #size: CanvasSize = { width: 512, height: 512 };
  #opened: OpenedModel | undefined;
  #student: Checkpoint | undefined;
  #directions: readonly Float32Array[] | undefined;
  #session: Session | undefined;
  #screen: Screen | undefined;
  /** Ends the attempt to open that is under way; a new attempt has a new one. */
  #attempt = new AbortController();
  readonly #losses = new LossHistory();

  /**
   * @param loadFirst opens the first model
   * @param arriveFirst where the person was last time
   * @param settingsAhead what settings the first model will have, to judge by its configuration alone
   */
  constructor(
    private readonly store: Store<StudioState>,
    private readonly loadFirst: (gpu: Promise<Gpu>, options: OpenOptions) => Promise<OpenedModel>,
    private readonly arriveFirst: Arrive,
    private readonly settingsAhead: (config: GeneratorConfig) => PictureSettings,
  ) {}

  get gpu(): Gpu | undefined {
    return this.#session?.gpu;
  }

  get screen(): Screen | undefined {
    return this.#screen;
  }

  async start(canvas: HTMLCanvasElement): Promise<void> {
    this.#canvas = canvas;
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

  /** Frees the device. */
  close(): void {
    this.cancel();
    this.#closeSession();
  }

  resize(size: CanvasSize): void {
    this.#size = size;
    this.#screen?.resize(size);
  }

  /**
   * Puts a model in the place of the one on screen, or of what is being loaded. Until its first picture is computed nothing changes; an
   * error leaves everything as it is.
   * @param show told how far it is
   * @throws BufferLimitError and other errors of the device, CheckpointError; the signal's reason if aborted
   */
  async replace(
    opened: OpenedModel,
    arrive: Arrive,
    signal: AbortSignal,
    show: (progress: LoadingProgress) => void,
  ): Promise<void> {
    const { store } = this;
    const gpu = await Gpu.request();
    const progress = new OpeningProgress(show);
    progress.filesDone();
    let session: Session;
    let memory: MemoryCheck;
    try {
      signal.throwIfAborted();
      const arrival = arrive(opened, store.state);
      const { settings, face, view } = arrival;
      memory = this.checkMemory(opened, settings, gpu);
      session = await this.#openSession(opened, arrival, gpu, memory, progress);
      signal.throwIfAborted();
      const { picture, slice } = settings;
      const frame = { face, picture, shown: VOLUMETRIC_ALONE, slice, level: 0, view, size: this.#size };
      await session.prepare(frame);
      signal.throwIfAborted();
    } catch (error) {
      gpu.destroy();
      throw error;
    } finally {
      progress.stop();
    }
    this.#attempt.abort(); // whatever was being loaded has lost its purpose
    this.#closeSession();
    this.#setModel(opened, memory, arrive(opened, store.state));
    await this.#show(session);
  }

  /**
   * Puts a student of the model on screen on the device, now and whenever the device comes back; undefined takes it away.
   * @throws ModelConfigError, GpuError, CheckpointError; the one before stays then
   */
  async setStudent(checkpoint: Checkpoint | undefined): Promise<void> {
    await this.#screen?.setStudent(checkpoint);
    this.#student = checkpoint;
  }

  /** Hands over the directions of the model on screen, now and whenever the device comes back; undefined forgets them. */
  async setDirections(directions: readonly Float32Array[] | undefined): Promise<void> {
    this.#directions = directions;
    if (directions) await this.#screen?.between(async (session) => session.setDirections(directions));
  }

  /**
   * How much memory the model will take; halves take the place of floats where those do not fit.
   * @throws BufferLimitError if the device cannot have either
   */
  checkMemory(
    { config }: Pick<OpenedModel, 'config'>,
    settings: PictureSettings,
    { adapter, limits, features }: Gpu,
  ): MemoryCheck {
    const check = (convolutionFormat: StorageFormat) => {
      const device = { adapter, limits, features, convolutionFormat };
      const estimate = estimateMemory(config, renderSettingsFor(config, settings), device);
      return { ...estimate, limit: largestBlock(limits), convolutionFormat };
    };
    const floats = check('f32');
    const memory = floats.fits ? floats : check('f16');
    if (memory.problem) throw memory.problem;
    return memory;
  }

  async #open(phase: LoadingProgress['phase']): Promise<void> {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.#closeSession();
    this.#progress(phase);
    try {
      const isDeviceLost = await this.#openOnNewDevice(signal, phase);
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
  async #openOnNewDevice(signal: AbortSignal, phase: LoadingProgress['phase']): Promise<boolean> {
    const given = new AbortController();
    const ended = AbortSignal.any([signal, given.signal]);
    const progress = new OpeningProgress((now) => {
      if (!ended.aborted) this.store.update({ progress: phase === 'rebuild' ? { ...now, phase } : now });
    });
    const asked = Gpu.request();
    let gpu: Gpu | undefined;
    const releaseDevice = () => gpu?.destroy();
    ended.addEventListener('abort', releaseDevice);
    asked.then(
      (found) => {
        gpu = found;
        progress.kernels(found.kernels);
        if (ended.aborted) releaseDevice();
      },
      (error) => given.abort(error), // the download ends, too
    );
    try {
      const opened = this.#opened ?? (await this.#openFirst(asked, ended, progress));
      const device = await asked;
      signal.throwIfAborted();
      progress.filesDone();
      const { settings, face, view } = this.store.state;
      const memory = this.checkMemory(opened, settings, device);
      const session = await this.#openSession(opened, { settings, face, view }, device, memory, progress);
      if (this.#student) await session.setStudent(this.#student);
      if (this.#directions) session.setDirections(this.#directions);
      signal.throwIfAborted();
      progress.picture(() => session.firstFrameShare);
      await this.#show(session);
      signal.throwIfAborted();
      return false;
    } catch (error) {
      // Asked before the device is freed. Once there is a session, it is told itself.
      const isDeviceLost = !ended.aborted && !this.#session && gpu !== undefined && (await isLost(gpu));
      given.abort(error);
      if (isDeviceLost) return true;
      throw error;
    } finally {
      progress.stop();
      ended.removeEventListener('abort', releaseDevice);
    }
  }

  async #openFirst(asked: Promise<Gpu>, signal: AbortSignal, progress: OpeningProgress): Promise<OpenedModel> {
    const onHead = (head: TensorDirectory) => this.#compileAhead(asked, head);
    const opened = await this.loadFirst(asked, { signal, onProgress: progress.files, onHead });
    signal.throwIfAborted();
    const gpu = await asked;
    const arrival = this.arriveFirst(opened, this.store.state);
    this.#setModel(opened, this.checkMemory(opened, arrival.settings, gpu), arrival);
    return opened;
  }

  /** @param head of a model that is still on its way */
  async #compileAhead(asked: Promise<Gpu>, head: TensorDirectory): Promise<void> {
    try {
      const gpu = await asked;
      const config = readGeneratorConfig(head);
      const settings = this.settingsAhead(config);
      gpu.convolutionFormat = this.checkMemory({ config }, settings, gpu).convolutionFormat;
      compileAhead(gpu, head, renderSettingsFor(config, settings));
    } catch {
      // No device, or a model that does not fit: both are told when the model is there.
    }
  }

  #setModel(opened: OpenedModel, memory: MemoryCheck, arrival: KeptState): void {
    this.#opened = opened;
    const { name, origin, config, fileBytes, weights, fingerprint, sha256, student, attributes } = opened;
    const facts = { name, origin, config, fileBytes, weights, memory, fingerprint, sha256, student, attributes };
    this.store.update({ model: facts, ...arrival, isPlaying: false });
  }

  #openSession(
    { config, checkpoint }: OpenedModel,
    { settings, face, view }: KeptState,
    gpu: Gpu,
    { convolutionFormat }: MemoryCheck,
    progress: OpeningProgress,
  ): Promise<Session> {
    progress.kernels(gpu.kernels);
    gpu.convolutionFormat = convolutionFormat;
    return Session.open({
      gpu,
      canvas: this.#canvas!,
      checkpoint,
      settings: renderSettingsFor(config, settings),
      first: { face, view },
      onPlanes: progress.planes,
      onTimes: () => this.#screen?.reportSoon(),
    });
  }

  async #show(session: Session): Promise<void> {
    const screen = new Screen(this.store, session, this.#size, (error) => this.#sessionFailed(session, error));
    this.#session = session;
    this.#screen = screen;
    session.gpu.lost.then(() => {
      if (this.#session === session) this.#rebuild();
    });
    try {
      await screen.open();
    } catch (error) {
      if (await isLost(session.gpu)) return; // it is being set up again
      throw error;
    }
    if (this.#session === session) this.store.update({ status: 'ready', progress: undefined, failure: undefined });
  }

  /** The device was lost: asks for it again, after a while if that happens often. */
  async #rebuild(): Promise<void> {
    this.#closeSession();
    const wait = this.#losses.note(performance.now());
    if (wait === undefined) return this.#fail(new DeviceKeepsFailingError(this.#losses.count));
    this.#progress('rebuild');
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    if (this.#session) return; // another model came on screen meanwhile
    await this.#open('rebuild');
    const { status, notices } = this.store.state;
    if (status === 'ready') this.store.update({ notices: withNotice(notices, { kind: 'device-rebuilt' }) });
  }

  async #sessionFailed(session: Session, error: unknown): Promise<void> {
    if (!(await isLost(session.gpu)) && this.#session === session) this.#fail(error);
  }

  #closeSession(): void {
    this.#screen?.close();
    this.#session?.close();
    this.#screen = undefined;
    this.#session = undefined;
  }

  #progress(phase: LoadingProgress['phase']): void {
    this.store.update({ status: 'loading', failure: undefined, progress: { phase, receivedBytes: 0, totalBytes: 0 } });
  }

  #fail(error: unknown): void {
    this.#closeSession();
    this.store.update({ status: 'failed', progress: undefined, failure: describeFailure(error) });
  }
}

/** Whether the device is lost: an error may be the first sign of that, which has its own cure. */
function isLost({ lost }: Gpu): Promise<boolean> {
  const noNews = new Promise<boolean>((resolve) => setTimeout(resolve, LOSS_NEWS_MILLISECONDS, false));
  return Promise.race([lost.then(() => true), noNews]);
}
