/**
 * The room Learn, as the page sees it: actions, and `state.learn`. What carries them out (reading data, networks that learn, runs that are kept) is
 * fetched when the room is first opened; until then all of this costs nothing. Nothing here rejects: what goes wrong is in the state.
 */
import { advance, isMoving, type OrbitState, reset, settle } from '../../camera/orbit';
import { parseSafetensors } from '../../checkpoints/safetensors';
import { LENGTH_BYTES, parseHeader, readHeaderLength } from '../../checkpoints/safetensors-header';
import type { MadeFile } from '../export/exports';
import { describeFailure } from '../shared/failure';
import { type StudioState, withNotice } from '../shared/state';
import type { Store } from '../shared/store';
import type { LearnAccess } from './learn-access';
import type {
  DataSource,
  LearnerKind,
  OpenedFiles,
  RunDescription,
  RunExtras,
  RunIntervals,
  RunSettings,
  TakeAwayKind,
} from './learn-state';
import type { LearnWork } from './learn-work';

/** Whether the head of a safetensors file says that it is a scene. */
async function isScene(file: File): Promise<boolean> {
  if (!file.name.endsWith('.safetensors')) return false;
  try {
    const length = readHeaderLength(new Uint8Array(await file.slice(0, LENGTH_BYTES).arrayBuffer()), file.size);
    const head = new Uint8Array(await file.slice(LENGTH_BYTES, LENGTH_BYTES + length).arrayBuffer());
    return parseHeader(head, file.size - LENGTH_BYTES - length).metadata.format === SCENE_FORMAT;
  } catch {
    return false; // told by whoever opens models
  }
}

/** As training/scene/scene-file.ts has it, which is fetched with the room. */
const SCENE_FORMAT = 'trifold-scene';
/** What moves by itself does not leap after a pause. */
const LONGEST_STEP_SECONDS = 1;

export class Learning {
  #loading: Promise<LearnWork> | undefined;
  #cameraTime = 0;
  #glides = false;

  constructor(
    private readonly store: Store<StudioState>,
    private readonly access: LearnAccess,
  ) {
    store.subscribe(({ face, learn }, previous) => {
      // A face that is chosen meanwhile is what the person wants to see.
      if (face !== previous.face && learn.isRoomOpen && learn.wantsLive) this.showLive(false);
    });
  }

  /**
   * Shows a scene out of a file on the stage, if it is one.
   * @returns whether it is one
   */
  async openScene(file: File): Promise<boolean> {
    if (!(await isScene(file))) return false;
    const work = await this.#work();
    try {
      await work.showScene(file.name, parseSafetensors(new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
      const { message, remedy } = describeFailure(error);
      const { notices } = this.store.state;
      this.store.update({ notices: withNotice(notices, { kind: 'open-failed', name: file.name, message, remedy }) });
    }
    return true;
  }

  /** Tells whether the room is what the panel shows. */
  roomShown(isRoomOpen: boolean): void {
    const { learn } = this.store.state;
    if (learn.isRoomOpen === isRoomOpen) return;
    this.store.update({ learn: { ...learn, isRoomOpen } });
    if (isRoomOpen) this.#do((work) => work.opened());
  }

  /** Chooses what to learn. */
  choose(kind: LearnerKind): void {
    this.#do((work) => work.choices.choose(kind));
  }

  chooseSource(source: DataSource): void {
    this.#do((work) => work.choices.chooseSource(source));
  }

  /** Reads data of the person's own. */
  openData(opened: OpenedFiles): void {
    this.#do((work) => work.choices.openData(opened));
  }

  /** Whether the data are moved and scaled into the box. */
  fitData(isFitted: boolean): void {
    this.#do((work) => work.choices.fitData(isFitted));
  }

  setPreset(preset: string): void {
    this.#do((work) => work.choices.setPreset(preset));
  }

  setSteps(steps: number): void {
    this.#do((work) => work.choices.setSteps(steps));
  }

  setSeed(seed: number): void {
    this.#do((work) => work.choices.setSeed(seed));
  }

  /** Changes what is decided beside the preset. */
  changeExtras(extras: Partial<RunExtras>): void {
    this.#do((work) => work.choices.change(extras));
  }

  /** Changes how often a run will be kept, measured and drawn. */
  changeIntervals(intervals: Partial<RunIntervals>): void {
    this.#do((work) => work.choices.changeIntervals(intervals));
  }

  /** For people; of a run that was made by another version, its own word. */
  presetName({ kind, preset }: RunDescription): string {
    return this.store.state.learn.presets[kind].find(({ id }) => id === preset)?.label ?? preset;
  }

  /** Measures how long the chosen run would take (`state.learn.cost`). */
  estimate(): void {
    this.#do((work) => work.estimate());
  }

  start(): void {
    this.#do((work) => work.start());
  }

  pause(): void {
    this.#do((work) => work.session?.pause());
  }

  resume(): void {
    this.#do((work) => work.resume());
  }

  /** Ends the run after the step on its way, and keeps it. */
  stop(): void {
    this.#do((work) => work.session?.stop());
  }

  /** Goes on with a run that has reached its goal, for as many steps again. */
  goFurther(): void {
    this.#do((work) => work.goFurther());
  }

  /** Back to the choice of what to learn; the run is kept. */
  leave(): void {
    this.#do((work) => work.leave());
  }

  change(settings: Partial<RunSettings>): void {
    this.#do((work) => work.session?.change(settings));
  }

  /** Goes on with a kept run, or shows it if it is done. */
  goOn(id: string): void {
    this.#do((work) => work.goOn(id));
  }

  remove(id: string): void {
    this.#do((work) => work.runs.remove(id));
  }

  /** The run that was deleted last comes back. */
  bringBack(): void {
    this.#do((work) => work.runs.bringBack());
  }

  /** @returns the checkpoint of a kept run; undefined if there is none */
  async saveCheckpoint(id: string): Promise<MadeFile | undefined> {
    return (await this.#work()).runs.checkpointFile(id);
  }

  /** Opens what was learnt in the viewer. */
  openResult(): void {
    this.#do((work) => work.openResult());
  }

  /** @returns undefined if it was stopped or failed, which `state.learn.takeAway` tells */
  async takeAway(what: TakeAwayKind): Promise<MadeFile | undefined> {
    return (await this.#work()).takeAway(what);
  }

  stopMaking(): void {
    this.#do((work) => work.stopMaking());
  }

  /** Whether the stage shows what is being learnt. */
  showLive(wantsLive: boolean): void {
    this.store.update({ learn: { ...this.store.state.learn, wantsLive } });
  }

  get prefersReducedMotion(): boolean {
    return this.access.prefersReducedMotion();
  }

  /** Changes the view of the stage by one of the functions of `camera/orbit`. */
  moveCamera(change: (view: OrbitState) => OrbitState): void {
    const { live } = this.store.state;
    if (!live) return;
    const now = performance.now();
    const next = change(this.#glides ? this.#advanced(live.view, now) : live.view);
    this.#cameraTime = now;
    const view = this.prefersReducedMotion && isMoving(next) ? settle(next) : next;
    this.store.update({ live: { ...live, view } });
    if (isMoving(view) && !this.#glides) this.#glide();
  }

  resetCamera(): void {
    this.moveCamera(reset);
  }

  /** Gives the device back and ends what goes on; what was kept stays kept. */
  close(): void {
    this.#loading?.then((work) => work.close());
    this.#loading = undefined;
  }

  /** The camera goes on by itself until it rests. */
  #glide(): void {
    this.#glides = true;
    requestAnimationFrame((now) => {
      this.#glides = false;
      const { live } = this.store.state;
      if (!live) return;
      const view = this.#advanced(live.view, now);
      this.#cameraTime = Math.max(now, this.#cameraTime);
      this.store.update({ live: { ...live, view } });
      if (isMoving(view)) this.#glide();
    });
  }

  #advanced(view: OrbitState, now: number): OrbitState {
    return advance(view, Math.min(LONGEST_STEP_SECONDS, Math.max(0, now - this.#cameraTime) / 1000));
  }

  #work(): Promise<LearnWork> {
    this.#loading ??= import('./learn-work').then(({ LearnWork }) => new LearnWork(this.store, this.access));
    return this.#loading;
  }

  async #do(action: (work: LearnWork) => unknown): Promise<void> {
    const work = await this.#work();
    await work.safely(() => action(work));
  }
}
