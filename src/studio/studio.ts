/**
 * The studio: the state of the page and every action on it. The elements in `ui` show the state and call the actions; they know
 * nothing of devices. A web app that embeds `<trifold-app>` finds this object as its property `studio`.
 *
 * Behind it, `SessionKeeper` keeps a model on the screen, and `Openings` opens models.
 */
import { isMoving, type OrbitState, reset, settle } from '../camera/orbit';
import type { Gpu } from '../gpu/device';
import type { CanvasSize } from '../render/canvas-output';
import type { PictureKind, RendererKind } from '../render/frame-renderer';
import { carryStudio, encodeStudio, restoreStudio, type SavedStudio } from './address';
import { fillStrip, newStrip } from './consistency';
import { DEFAULT_BATCH_BUDGET, measureEfficiency } from './efficiency';
import { Job } from './jobs';
import type { KnownConfiguration } from './model-facts';
import type { ModelRequest, ModelSource } from './open-model';
import { Openings } from './openings';
import { type Arrive, SessionKeeper } from './session-keeper';
import { defaultSettings, type PictureSettings, sanitiseSettings } from './settings';
import type { Layout } from './shown';
import { type EfficiencyState, initialState, type Notice, type StripState, type StudioState } from './state';
import { Store } from './store';
import { Students } from './students';

export interface StudioOptions {
  readonly source: ModelSource;
  /** Address of the model to begin with, relative to the page or absolute; a file named by `saved` comes before it. */
  readonly address?: string | undefined;
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

/** Face, settings and view stay as far as the other model allows. */
const carryOver: Arrive = ({ config }, { model, settings, view }) =>
  model ? carryStudio(config, model.config, settings, view) : restoreStudio(config, NOTHING_SAVED);
const NOTHING_SAVED: SavedStudio = { settings: {}, view: {} };

export class Studio {
  readonly store = new Store<StudioState>(initialState());
  #saved: SavedStudio;
  readonly #openings: Openings;
  readonly #keeper: SessionKeeper;
  readonly #students: Students;
  readonly #stripJob = new Job(() => this.#keeper.screen);
  readonly #efficiencyJob = new Job(() => this.#keeper.screen);

  constructor(private readonly options: StudioOptions) {
    this.#saved = options.saved ?? NOTHING_SAVED;
    const openings = new Openings(this.store, options.source);
    const arrive: Arrive = ({ config }) => restoreStudio(config, this.#saved);
    const keeper: SessionKeeper = new SessionKeeper(
      this.store,
      (gpu, signal) =>
        openings.first(this.#firstRequest, signal, (opened) => {
          keeper.checkMemory(opened, arrive(opened, this.state).settings, gpu);
        }),
      arrive,
    );
    this.#openings = openings;
    this.#keeper = keeper;
    this.#students = new Students(this.store, options.source.folder, keeper);
    this.store.subscribe((state, previous) => {
      const { model, student } = state;
      const isOther = model?.config !== previous.model?.config;
      if (isOther || (student !== previous.student && student.status !== 'ready')) this.#forgetComparisons();
    });
  }

  get state(): StudioState {
    return this.store.state;
  }

  /** The open device; undefined while loading or failed. Its `statistics` count dispatches by stage. */
  get gpu(): Gpu | undefined {
    return this.#keeper.gpu;
  }

  /** Whether the canvas shows the present state in full: nothing moves, loads or is being drawn. */
  get isStill(): boolean {
    return this.state.status === 'ready' && (this.#keeper.screen?.isStill ?? false);
  }

  /** Opens everything and draws. Never rejects: what goes wrong is in the state. */
  async start(canvas: HTMLCanvasElement): Promise<void> {
    await this.#keeper.start(canvas);
  }

  /** Tries again after a failure; what was loaded stays loaded. */
  async retry(): Promise<void> {
    if (this.state.status === 'failed') await this.#keeper.retry();
  }

  /** Stops loading; the page then offers to try again. */
  cancelLoading(): void {
    if (this.state.status === 'loading') this.#keeper.cancel();
  }

  /** Frees the device. The studio can be started again. */
  close(): void {
    this.#openings.cancel();
    this.#students.cancel();
    this.stopStrip();
    this.stopEfficiency();
    this.#keeper.close();
  }

  // The model

  /** Opens a model file; the model on screen stays until the new one is there. Never rejects: what goes wrong is in a notice. */
  async openFile(file: File): Promise<void> {
    await this.#openModel({ kind: 'file', file });
  }

  /** Opens a file that is kept on this device. @param fingerprint as in `state.keeping.files` */
  async openKept(fingerprint: string): Promise<void> {
    await this.#openModel({ kind: 'kept', fingerprint });
  }

  async openBundled(): Promise<void> {
    await this.#openModel({ kind: 'bundled' });
  }

  /** Opens a file whose weights came alone, as a model of that official kind. */
  async openLike(notice: Notice, like: KnownConfiguration): Promise<void> {
    if (notice.kind === 'facts-missing') await this.#openModel({ ...notice.request, like });
  }

  /** Gives up opening a model; the one on screen stays. */
  cancelOpening(): void {
    this.#openings.cancel();
  }

  /** Whether opened files, the present one included, are kept on this device for the next visit. */
  async keepFiles(isWanted: boolean): Promise<void> {
    await this.#openings.setKeeping(isWanted);
  }

  /** Removes a kept file from this device. */
  async forgetFile(fingerprint: string): Promise<void> {
    await this.#openings.forget(fingerprint);
  }

  async #openModel(request: ModelRequest, arrive: Arrive = carryOver): Promise<void> {
    await this.#openings.open(request, this.#keeper, this.#students, arrive);
  }

  get #firstRequest(): ModelRequest {
    const { model } = this.#saved;
    const { address } = this.options;
    if (model !== undefined) return { kind: 'kept', fingerprint: model };
    return address === undefined ? { kind: 'bundled' } : { kind: 'url', address };
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

  /** One renderer alone; the student is loaded if it is not there yet. */
  setRenderer(renderer: RendererKind): void {
    this.#change({ renderer, layout: 'single' });
  }

  /** The other renderer alone. */
  toggleRenderer(): void {
    this.setRenderer(this.state.settings.renderer === 'volumetric' ? 'convolutional' : 'volumetric');
  }

  /** One picture, or both in comparison. */
  setLayout(layout: Layout): void {
    this.#change({ layout });
  }

  /** @param wipe share of the width that shows the volumetric picture, 0..1 */
  setWipe(wipe: number): void {
    this.#change({ wipe });
  }

  /** Loads the student that is shipped with the model, without showing it. */
  loadStudent(): void {
    this.#students.load();
  }

  /** Stops loading the student; the volumetric renderer stays. */
  cancelStudent(): void {
    this.#students.cancel();
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
    this.#keeper.resize(size);
  }

  /** The model's own resolution and samples. */
  resetQuality(): void {
    const { model } = this.state;
    if (!model) return;
    const { neuralResolution, depthSamples } = defaultSettings(model.config);
    this.#change({ neuralResolution, depthSamples });
  }

  // Comparing the renderers

  /** Makes the consistency strip of the present face: `state.strip` fills view by view. Needs a student on the device. */
  async makeStrip(): Promise<void> {
    const { seed, psi } = this.state.settings;
    const report = (strip: StripState) => this.store.update({ strip });
    const begun = newStrip(seed, psi);
    report(begun);
    await this.#stripJob.run(
      (context) => fillStrip(begun, context, report),
      (end) => report({ ...this.state.strip!, ...end }),
    );
  }

  stopStrip(): void {
    this.#stripJob.stop();
  }

  /** Measures frames a second, memory and largest batch of both renderers into `state.efficiency`. Needs a student on the device. */
  async measureEfficiency(budgetBytes = DEFAULT_BATCH_BUDGET): Promise<void> {
    const { gpu } = this;
    if (!gpu) return;
    const report = (efficiency: EfficiencyState) => this.store.update({ efficiency });
    const { adapter } = gpu;
    const begun: EfficiencyState = { status: 'running', share: 0, failure: undefined, adapter, budgetBytes, rows: [] };
    report(begun);
    await this.#efficiencyJob.run(
      (context) => measureEfficiency(begun, this.state.settings, context, report),
      (end) => report({ ...this.state.efficiency!, ...end }),
    );
  }

  stopEfficiency(): void {
    this.#efficiencyJob.stop();
  }

  /** What was compared of another model or another student says nothing about the present ones. */
  #forgetComparisons(): void {
    this.#stripJob.forget();
    this.#efficiencyJob.forget();
    this.store.update({ strip: undefined, efficiency: undefined, likeness: undefined });
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
    const { screen } = this.#keeper;
    if (screen) screen.moveCamera(changed);
    else this.store.update({ view: changed(this.state.view) });
  }

  resetCamera(): void {
    this.moveCamera(reset);
  }

  // Keeping and bringing back

  /** Face, settings and view as the fragment of an address, without "#"; undefined before the model is known. */
  save(): string | undefined {
    const { model, settings, view } = this.state;
    return model && encodeStudio(model.config, settings, view, model.fingerprint);
  }

  /** Goes to a saved face, settings and view, and to the kept file that they belong to. */
  restore(saved: SavedStudio): void {
    const { model } = this.state;
    if (!model) this.#saved = saved;
    else if (saved.model === undefined || model.fingerprint?.startsWith(saved.model)) {
      this.store.update(restoreStudio(model.config, saved));
    } else {
      this.#openModel({ kind: 'kept', fingerprint: saved.model }, ({ config }) => restoreStudio(config, saved));
    }
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
}
