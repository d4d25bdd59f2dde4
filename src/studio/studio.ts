/**
 * The studio: the state of the page and every action on it. The elements in `ui` show the state and call the actions; they know
 * nothing of devices. A web app that embeds `<trifold-app>` finds this object as its property `studio`.
 *
 * Behind it, `ScreenKeeper` keeps a model on the screen, `ModelOpener` opens models, `StudentKeeper` their students; `comparisons`, `directions` and
 * `undo` are parts of their own.
 */
import { isMoving, type OrbitState, reset, settle } from '../camera/orbit';
import type { Gpu } from '../gpu/device';
import type { GeneratorConfig } from '../models/config';
import type { FaceRecipe } from '../models/faces/recipe';
import { readFaceRecipe } from '../models/faces/recipe-check';
import type { CanvasSize } from '../render/canvas-output';
import type { PictureKind, RendererKind } from '../render/frame-renderer';
import { Comparisons } from './compare/comparisons';
import { DepthScale } from './compare/depth-scale';
import { Exports } from './export/exports';
import { Choices } from './face/choices';
import { DirectionFinder } from './face/direction-finder';
import { type FaceChange, withPlaceOf, withSeed } from './face/face-actions';
import { FaceLibrary } from './face/face-library';
import { FaceStrip } from './face/face-strip';
import { Thumbnails } from './face/thumbnails';
import { Learning } from './learn/learning';
import { checkMemory } from './model/memory-check';
import type { KnownConfiguration, ModelFacts } from './model/model-facts';
import { ModelOpener } from './model/model-opener';
import type { ModelRequest, ModelSource } from './model/open-model';
import { ScreenKeeper, type StateForModel } from './model/screen-keeper';
import { StudentKeeper } from './model/student-keeper';
import {
  carryStudio,
  encodeStudio,
  type KeptState,
  restoreStudio,
  type SavedStudio,
  withFirstView,
} from './shared/address';
import { recipeModelOf, type UnreadableLink } from './shared/face-address';
import { defaultSettings, type PictureSettings, sanitiseSettings } from './shared/settings';
import { initialState, type Notice, type StudioState, withNotice } from './shared/state';
import { Store } from './shared/store';
import { UndoKeeper } from './shared/undo-keeper';
import type { Layout } from './view/shown';

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
const NOTHING_SAVED: SavedStudio = { settings: {}, face: {}, view: {} };

export class Studio {
  readonly store = new Store<StudioState>(initialState());
  /** The consistency strip and the cost of a frame. */
  readonly comparisons: Comparisons;
  /** What the face shows of several choices. */
  readonly choices: Choices;
  /** Directions of w, found by principal components. */
  readonly directions: DirectionFinder;
  /** Pictures, videos and meshes to take away. */
  readonly exports: Exports;
  /** Faces that the person has saved. */
  readonly faces: FaceLibrary;
  /** Faces to choose from: of this visit, and suggestions. */
  readonly faceStrip: FaceStrip;
  /** The room Learn: scenes, generators and students. */
  readonly learning: Learning;
  /** Small pictures of faces. */
  readonly thumbnails: Thumbnails;
  /** What was done can be undone. */
  readonly undo: UndoKeeper;
  #saved: SavedStudio;
  /** What was asked for together with a model that is not at hand. */
  #wanted: SavedStudio;
  readonly #opener: ModelOpener;
  readonly #keeper: ScreenKeeper;
  readonly #students: StudentKeeper;

  constructor(private readonly options: StudioOptions) {
    this.#saved = options.saved ?? NOTHING_SAVED;
    this.#wanted = this.#saved;
    const opener = new ModelOpener(this.store, options.source);
    const firstState: StateForModel = ({ config, first }) => this.#brought(config, withFirstView(this.#saved, first));
    const keeper = new ScreenKeeper(
      this.store,
      (gpu, options) =>
        opener.first(this.#firstRequest, options, async (opened) => {
          checkMemory(opened, restoreStudio(opened.config, this.#saved).settings, await gpu);
        }),
      firstState,
      (config) => restoreStudio(config, this.#saved).settings,
      () => this.prefersReducedMotion,
    );
    this.#opener = opener;
    this.#keeper = keeper;
    this.#students = new StudentKeeper(this.store, options.source.folder, keeper);
    this.comparisons = new Comparisons(this.store, () => keeper.screen);
    new DepthScale(this.store, () => keeper.screen);
    this.choices = new Choices(() => keeper.screen);
    this.directions = new DirectionFinder(this.store, keeper);
    this.exports = new Exports(this.store, () => keeper.screen);
    this.faces = new FaceLibrary(this.store, () => keeper.screen, this);
    this.faceStrip = new FaceStrip(
      this.store,
      (change) => this.changeFace(change),
      () => this.#newSeed(),
    );
    this.learning = new Learning(this.store, {
      page: options.source.page,
      prefersReducedMotion: () => this.prefersReducedMotion,
      screen: () => keeper.screen,
      takeDevice: () => keeper.takeDevice(),
      model: () => keeper.opened,
      openFile: (file) => this.openFile(file),
    });
    this.thumbnails = new Thumbnails(this.store, () => keeper.screen);
    this.undo = new UndoKeeper(this.store);
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
    this.#opener.cancel();
    this.#students.cancel();
    this.comparisons.stopStrip();
    this.comparisons.stopEfficiency();
    this.directions.stop();
    this.exports.dismiss();
    this.exports.endMesh();
    this.faceStrip.close();
    this.learning.close();
    this.#keeper.close();
  }

  // The model

  /** Opens a model file; the model on screen stays until the new one is there. Never rejects: what goes wrong is in a notice. */
  async openFile(file: File): Promise<void> {
    if (await this.learning.openScene(file)) return;
    await this.#openModel({ kind: 'file', file });
  }

  /** Opens a file that is kept on this device. @param fingerprint as in `state.keeping.files` */
  async openKept(fingerprint: string): Promise<void> {
    await this.#openModel({ kind: 'kept', fingerprint });
  }

  /** Opens the file that an address names and this device does not keep (notice 'file-wanted'), with the face and view of that address. */
  async openWanted(file: File): Promise<void> {
    const wanted = this.#wanted;
    await this.#openModel({ kind: 'file', file }, ({ config }) => this.#brought(config, wanted));
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
    this.#opener.cancel();
  }

  /** Whether opened files, the present one included, are kept on this device for the next visit. */
  async keepFiles(isWanted: boolean): Promise<void> {
    await this.#opener.setKeeping(isWanted);
  }

  /** Removes a kept file from this device. */
  async forgetFile(fingerprint: string): Promise<void> {
    await this.#opener.forget(fingerprint);
  }

  async #openModel(request: ModelRequest, stateFor: StateForModel = carryOver): Promise<void> {
    await this.#opener.open(request, this.#keeper, this.#students, stateFor);
  }

  get #firstRequest(): ModelRequest {
    const { model, modelName } = this.#saved;
    const { address } = this.options;
    if (model !== undefined) return { kind: 'kept', fingerprint: model, name: modelName };
    return address === undefined ? { kind: 'bundled' } : { kind: 'url', address };
  }

  // The face

  /** Changes the face by one of the functions of `face-actions`; what is out of range is brought into it. */
  changeFace(change: FaceChange): void {
    const { model, face } = this.state;
    if (model) this.store.update({ face: sameOr(face, readFaceRecipe(change(face), recipeModelOf(model.config))) });
  }

  /** Another seed for the first source. @param seed whole number, 0..2^32-1; others are brought into the range */
  setSeed(seed: number): void {
    this.changeFace(withSeed(0, seed));
  }

  /** A face that nobody has chosen, as the first source or another one; on the map, the place of one. */
  newFace(index = 0): void {
    const seed = this.#newSeed();
    this.changeFace(this.state.face.mode === 'map' ? withPlaceOf(seed) : withSeed(index, seed));
  }

  #newSeed(): number {
    const random = this.options.random ?? Math.random;
    return Math.floor(random() * NEW_SEEDS);
  }

  /** @param psi truncation, 0..1.5 */
  setPsi(psi: number): void {
    this.changeFace((face) => ({ ...face, psi }));
  }

  /** Lets a walk go on by itself, or stops it. */
  setPlaying(isPlaying: boolean): void {
    this.store.update({ isPlaying });
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

  /** One picture, or two in comparison. */
  setLayout(layout: Layout): void {
    this.#change({ layout });
  }

  /** Whatever is not named stays as it is. */
  changeSettings(wanted: Partial<PictureSettings>): void {
    this.#change(wanted);
  }

  /** @param wipe share of the width that shows the first picture, 0..1 */
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

  #change(wanted: Partial<PictureSettings>): void {
    const { model, settings } = this.state;
    if (model)
      this.store.update({ settings: sameOr(settings, sanitiseSettings(model.config, { ...settings, ...wanted })) });
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
    const { model } = this.state;
    return model && encodeStudio(model.config, this.state, this.#wantedFile ?? model.fingerprint);
  }

  /** The file that the person is being asked for: the address goes on naming it, so that nothing is lost by a reload. */
  get #wantedFile(): string | undefined {
    return this.state.notices.find((notice) => notice.kind === 'file-wanted')?.fingerprint;
  }

  /** As `save`, for somebody else: it names a bundled model too, so that another version of it is noticed. */
  saveForOthers(): string | undefined {
    const { model } = this.state;
    if (!model) return undefined;
    const { origin, fingerprint, sha256 } = model;
    // A model of this server has its address in the link; nobody else keeps it under its hash.
    return encodeStudio(model.config, this.state, origin === 'url' ? undefined : (fingerprint ?? sha256));
  }

  /** Goes to a saved face, settings and view, and to the kept file that they belong to. */
  restore(saved: SavedStudio): void {
    const { model } = this.state;
    if (!model) {
      this.#saved = saved;
      this.#wanted = saved;
      return;
    }
    const brought = ({ config }: Pick<ModelFacts, 'config'>) => this.#brought(config, saved);
    if (isModel(saved.model, model) || saved.model === this.#wantedFile) this.store.update(brought(model));
    else {
      this.#wanted = saved;
      this.#openModel({ kind: 'kept', fingerprint: saved.model!, name: saved.modelName }, brought);
    }
  }

  /** What an address asks for. It sets nothing in motion for people who prefer reduced motion: that is theirs to choose. */
  #brought(config: GeneratorConfig, saved: SavedStudio): KeptState {
    const kept = restoreStudio(config, saved, this.#tellUnreadable);
    const autoRotate = kept.settings.autoRotate && (!this.prefersReducedMotion || this.state.settings.autoRotate);
    return { ...kept, settings: { ...kept.settings, autoRotate } };
  }

  /**
   * What is on the canvas as a PNG picture, in full and at the pictures' own resolution: one picture, or both of a comparison.
   * @param backdrop what the head stands on where its model tells alpha; 'page' and 'transparent' are transparent. Default: that of the settings
   * @returns undefined while nothing is on screen
   * @throws GpuError, OutOfRoomError
   */
  async snapshot(backdrop = this.state.settings.backdrop): Promise<Blob | undefined> {
    const picture = await this.#keeper.screen?.snapshot(backdrop);
    if (!picture) return undefined;
    const { pngBlob } = await import('./export/picture-export');
    return pngBlob(picture);
  }

  /** Takes a notice off the page. */
  dismiss(notice: Notice): void {
    this.store.update({ notices: this.state.notices.filter((other) => other !== notice) });
  }

  readonly #tellUnreadable = ({ message, remedy }: UnreadableLink) => {
    this.store.update({ notices: withNotice(this.state.notices, { kind: 'link-unreadable', message, remedy }) });
  };
}

/** Face, settings and view stay as far as the other model allows. */
const carryOver: StateForModel = ({ config }, state) =>
  state.model ? carryStudio(config, state.model.config, state) : restoreStudio(config, NOTHING_SAVED);

/** Whether a hash, or its first digits, name the model; no name is any model's. */
function isModel(hash: string | undefined, { fingerprint, sha256 }: NonNullable<StudioState['model']>): boolean {
  return hash === undefined || [fingerprint, sha256].some((known) => known?.startsWith(hash));
}

/** The former value if the new one says the same, so that nobody takes it for a change. */
function sameOr<Value extends PictureSettings | FaceRecipe>(former: Value, value: Value): Value {
  return JSON.stringify(former) === JSON.stringify(value) ? former : value;
}

export type { KeptState };
