/**
 * The studio: the state of the page and every action on it. The elements in `ui` show the state and call the actions; they know
 * nothing of devices. A web app that embeds `<trifold-app>` finds this object as its property `studio`.
 *
 * Life: start() opens the device, then the model, then a session with a screen, and draws. A lost device is asked for again with the
 * same checkpoint, face, view and settings. A failure leaves the page with a message and a way to try again.
 */
import { isMoving, type OrbitState, reset, settle } from '../camera/orbit';
import { Gpu } from '../gpu/device';
import type { CanvasSize } from '../render/canvas-output';
import type { PictureKind } from '../render/volumetric-renderer';
import { encodeStudio, restoreStudio, type SavedStudio } from './address';
import { DeviceKeepsFailingError, describeFailure, LoadingCancelledError } from './failure';
import { LossHistory } from './loss-history';
import { type ModelSource, type OpenedModel, openModel } from './open-model';
import { Screen } from './screen';
import { Session } from './session';
import { defaultSettings, type PictureSettings, renderSettingsFor, sanitiseSettings } from './settings';
import { initialState, type LoadingProgress, type Notice, type StudioState } from './state';
import { Store } from './store';

export interface StudioOptions {
  readonly source: ModelSource;
  /** Where the person was last time (from the address). */
  readonly saved?: SavedStudio;
  /** Picks the seed of a new face: a number in [0, 1). Default `Math.random`. */
  readonly random?: () => number;
  /** Whether the camera should go to its end at once, without gliding. Asked at every gesture. */
  readonly prefersReducedMotion?: () => boolean;
}

/** New faces have short seeds: easier to tell someone, and there are more than anybody will look at. */
const NEW_SEEDS = 100_000;
const REMEMBERED_SEEDS = 100;
/** How long after an error the news of a lost device may arrive. */
const LOSS_NEWS_MILLISECONDS = 200;

export class Studio {
  readonly store = new Store<StudioState>(initialState());
  #canvas: HTMLCanvasElement | undefined;
  #size: CanvasSize = { width: 512, height: 512 };
  #saved: SavedStudio;
  #opened: OpenedModel | undefined;
  #session: Session | undefined;
  #screen: Screen | undefined;
  /** Ends the attempt to open that is under way; a new attempt has a new one. */
  #attempt = new AbortController();
  readonly #losses = new LossHistory();

  constructor(private readonly options: StudioOptions) {
    this.#saved = options.saved ?? { settings: {}, view: {} };
  }

  get state(): StudioState {
    return this.store.state;
  }

  /** The open device; undefined while loading or failed. Its `statistics` count dispatches by stage. */
  get gpu(): Gpu | undefined {
    return this.#session?.gpu;
  }

  /** Whether the canvas shows the present state in full: nothing moves, loads or is being drawn. */
  get isStill(): boolean {
    return this.state.status === 'ready' && (this.#screen?.isStill ?? false);
  }

  /** Opens everything and draws. Never rejects: what goes wrong is in the state. */
  async start(canvas: HTMLCanvasElement): Promise<void> {
    this.#canvas = canvas;
    await this.#open('device');
  }

  /** Tries again after a failure; what was loaded stays loaded. */
  async retry(): Promise<void> {
    if (this.state.status !== 'failed') return;
    this.#losses.forget();
    await this.#open('device');
  }

  /** Stops loading; the page then offers to try again. */
  cancelLoading(): void {
    if (this.state.status === 'loading') this.#attempt.abort(new LoadingCancelledError());
  }

  /** Frees the device. The studio can be started again. */
  close(): void {
    this.#attempt.abort(new LoadingCancelledError());
    this.#closeSession();
  }

  // The face

  /** @param seed whole number, 0..2^32-1; others are brought into the range */
  setSeed(seed: number): void {
    const { settings, previousSeeds } = this.state;
    const before = settings.seed;
    this.#change({ seed });
    if (this.state.settings.seed === before) return;
    this.store.update({ previousSeeds: [...previousSeeds, before].slice(-REMEMBERED_SEEDS) });
  }

  newFace(): void {
    const random = this.options.random ?? Math.random;
    this.setSeed(Math.floor(random() * NEW_SEEDS));
  }

  /** Back to the face before; does nothing when there is none. */
  previousFace(): void {
    const { previousSeeds } = this.state;
    const seed = previousSeeds.at(-1);
    if (seed === undefined) return;
    this.store.update({ previousSeeds: previousSeeds.slice(0, -1) });
    this.#change({ seed });
  }

  /** @param psi truncation, 0..1 */
  setPsi(psi: number): void {
    this.#change({ psi });
  }

  // The picture

  setPicture(picture: PictureKind): void {
    this.#change({ picture });
  }

  /** @param neuralResolution side of the feature image in rays */
  setNeuralResolution(neuralResolution: number): void {
    this.#change({ neuralResolution });
  }

  /** @param depthSamples samples of the first pass; the second follows in the model's proportion */
  setDepthSamples(depthSamples: number): void {
    this.#change({ depthSamples });
  }

  /** Size of the canvas in device pixels. */
  resize(size: CanvasSize): void {
    this.#size = size;
    this.#screen?.resize(size);
  }

  /** The model's own resolution and samples. */
  resetQuality(): void {
    const { model } = this.state;
    if (!model) return;
    const { neuralResolution, depthSamples } = defaultSettings(model.config);
    this.#change({ neuralResolution, depthSamples });
  }

  // The camera

  get prefersReducedMotion(): boolean {
    return this.options.prefersReducedMotion?.() ?? false;
  }

  /** Changes the view by one of the functions of `camera/orbit`. */
  moveCamera(change: (view: OrbitState) => OrbitState): void {
    const changed = (view: OrbitState) => {
      const next = change(view);
      return this.prefersReducedMotion && isMoving(next) ? settle(next) : next;
    };
    if (this.#screen) this.#screen.moveCamera(changed);
    else this.store.update({ view: changed(this.state.view) });
  }

  resetCamera(): void {
    this.moveCamera(reset);
  }

  // Keeping and bringing back

  /** Face, settings and view as the fragment of an address, without "#"; undefined before the model is known. */
  save(): string | undefined {
    const { model, settings, view } = this.state;
    return model && encodeStudio(model.config, settings, view);
  }

  /** Goes to a saved face, settings and view. */
  restore(saved: SavedStudio): void {
    const { model } = this.state;
    if (model) this.store.update(restoreStudio(model.config, saved));
    else this.#saved = saved;
  }

  /** Takes a notice off the page. */
  dismiss(notice: Notice): void {
    this.store.update({ notices: this.state.notices.filter((other) => other !== notice) });
  }

  #change(wanted: Partial<PictureSettings>): void {
    const { model, settings } = this.state;
    if (!model) return;
    const changed = sanitiseSettings(model.config, { ...settings, ...wanted });
    const isSame = Object.entries(changed).every(([name, value]) => settings[name as keyof PictureSettings] === value);
    if (!isSame) this.store.update({ settings: changed });
  }

  // Life

  async #open(phase: LoadingProgress['phase']): Promise<void> {
    this.#attempt.abort();
    this.#attempt = new AbortController();
    const { signal } = this.#attempt;
    this.#closeSession();
    this.#progress(phase);
    try {
      await this.#openSession(signal, phase);
    } catch (error) {
      if (signal.aborted && !(signal.reason instanceof LoadingCancelledError)) return; // a newer attempt is under way
      this.#fail(signal.aborted ? signal.reason : error);
    }
  }

  async #openSession(signal: AbortSignal, phase: LoadingProgress['phase']): Promise<void> {
    const gpu = await Gpu.request();
    const releaseDevice = () => gpu.destroy();
    signal.addEventListener('abort', releaseDevice);
    try {
      signal.throwIfAborted();
      const opened = this.#opened ?? (await this.#openModel(signal));
      this.#progress(phase === 'rebuild' ? phase : 'prepare');
      const { config } = opened;
      const session = await Session.open({
        gpu,
        canvas: this.#canvas!,
        checkpoint: opened.checkpoint,
        settings: renderSettingsFor(config, this.state.settings),
        onTimes: () => this.#screen?.reportSoon(),
      });
      signal.throwIfAborted();
      await this.#show(session, signal);
    } catch (error) {
      releaseDevice();
      throw error;
    } finally {
      signal.removeEventListener('abort', releaseDevice);
    }
  }

  async #openModel(signal: AbortSignal): Promise<OpenedModel> {
    const opened = await openModel(this.options.source, signal, (progress) => this.store.update({ progress }));
    const { name, config, notKept } = opened;
    this.#opened = opened;
    this.store.update({ model: { name, config }, ...restoreStudio(config, this.#saved) });
    if (notKept) this.#notify({ kind: notKept });
    return opened;
  }

  async #show(session: Session, signal: AbortSignal): Promise<void> {
    const screen = new Screen(this.store, session, this.#size, (error) => this.#sessionFailed(session, error));
    this.#session = session;
    this.#screen = screen;
    session.gpu.lost.then(() => {
      if (this.#session === session) this.#rebuild();
    });
    await screen.open();
    signal.throwIfAborted();
    if (this.#session === session) this.store.update({ status: 'ready', progress: undefined, failure: undefined });
  }

  /** The device was lost: asks for it again, after a while if that happens often. */
  async #rebuild(): Promise<void> {
    this.#closeSession();
    const wait = this.#losses.note(performance.now());
    if (wait === undefined) return this.#fail(new DeviceKeepsFailingError(this.#losses.count));
    this.#progress('rebuild');
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await this.#open('rebuild');
    if (this.state.status === 'ready') this.#notify({ kind: 'device-rebuilt' });
  }

  /** An error may be the first sign of a lost device, which has its own cure. */
  async #sessionFailed(session: Session, error: unknown): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, LOSS_NEWS_MILLISECONDS));
    if (this.#session === session) this.#fail(error);
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

  #notify(notice: Notice): void {
    this.store.update({ notices: [...this.state.notices.filter(({ kind }) => kind !== notice.kind), notice] });
  }
}
