/**
 * A training run: it calls a learner's steps, measurements and samples in turn, keeps checkpoints, and tells its state to whoever shows it. The page
 * and the command line run the same one; they differ in where it is kept (`KeptRun`) and in who else uses the device (`between`).
 *
 * ```ts
 * const run = await TrainingRun.open(learner, { seed, goal: 2000 }, await store.create(description));
 * run.subscribe((state) => show(state));
 * await run.start(); // resolves when it is done, stopped or failed
 * ```
 *
 * What a step draws depends on the seed and its number alone, and a checkpoint has all else: so a run that was stopped, or cut short in the middle of a
 * step, goes on from its last checkpoint with the same bits as one that never was. When figures or weights are no numbers, or the learner tells of a
 * collapse, the run goes back there by itself, with half the learning rate.
 */
import type { CameraLabel } from '../../camera/conventions';
import { NotFiniteStateError, type TrainingPosition } from '../training-checkpoint';
import { withFigures } from './curves';
import type { Figures, Learner, LearntPicture, RunPlan } from './learner';
import { GivenUpError, reasonOf, TrainingTroubleError, type Trouble, troubleInWords } from './run-errors';
import { RunKeeper } from './run-keeper';
import { RunPace } from './run-pace';
import type { RunNotes } from './run-progress';
import { firstState, withSettings } from './run-settings';
import type { RunActivity, RunNotice, RunSettings, TrainingRunState } from './run-state';
import { type KeptRun, StorageFullError } from './run-store';
import { type RunListener, RunTeller } from './run-teller';
import { RunViews } from './run-views';
import { SlicedRunner, type SliceOptions } from './sliced-runner';

export interface RunOptions extends Partial<RunSettings>, SliceOptions {
  readonly seed: number;
  /** Steps at which it is done. */
  readonly goal: number;
}

const STATUS_WHEN_WANTED = { run: 'running', stop: 'stopping' } as const;

/** Trouble so often in a row, without a good checkpoint behind it, ends the run. */
const MOST_TROUBLES = 3;
/** Of one submission, at most. */
const LONG_SUBMISSION = 500;

export class TrainingRun {
  readonly #teller: RunTeller;
  readonly #keeper: RunKeeper;
  readonly #runner: SlicedRunner;
  readonly #views: RunViews;
  readonly #pace = new RunPace();
  readonly #now: () => number;
  #loop: Promise<TrainingRunState> | undefined;
  #wanted: keyof typeof STATUS_WHEN_WANTED | 'pause' = 'run';
  #wake = () => {};
  #isResting = false;
  #saves: { readonly resolve: () => void; readonly reject: (reason: unknown) => void }[] = [];
  #measuredAt = -1;
  #sampledAt = -1;
  #troubles = 0;
  #troubleStep = 0;
  /** Whether what is on the device is worth nothing: a step was cut short, or led to trouble. */
  #isSpoilt = false;

  private constructor(
    private readonly learner: Learner,
    options: RunOptions,
    private readonly kept: KeptRun,
  ) {
    this.#now = options.now ?? (() => performance.now());
    this.#keeper = new RunKeeper(learner, kept);
    this.#runner = SlicedRunner.on(learner.gpu, options);
    this.#views = new RunViews(learner, this.#runner.runPlan());
    this.#teller = new RunTeller(firstState(learner, options), this.#now);
  }

  /**
   * A run at its beginning, or where its checkpoint has it: of the options then only a goal and settings count.
   * @throws TrainingCheckpointError, CheckpointError where the checkpoint is of something else
   */
  static async open(learner: Learner, options: RunOptions, kept: KeptRun): Promise<TrainingRun> {
    const run = new TrainingRun(learner, options, kept);
    if (kept.description.goal !== options.goal) await kept.describe({ goal: options.goal });
    const notes = await run.#restore();
    if (notes) {
      run.#pace.seconds = notes.seconds;
      run.#teller.update({
        settings: withSettings({ ...run.state.settings, rateFactor: notes.rateFactor }, options),
        notices: notes.notices,
        seconds: notes.seconds,
        lastCheckpoint: { step: run.state.position.step, time: Date.parse(notes.saved) },
      });
    }
    return run;
  }

  get state(): TrainingRunState {
    return this.#teller.state;
  }

  /** @returns a function that ends the subscription */
  subscribe(listener: RunListener): () => void {
    return this.#teller.subscribe(listener);
  }

  /**
   * Runs from where it is; from its last checkpoint, if it failed in the middle of a step. Resolves when it is done, stopped or failed; never rejects.
   */
  start(): Promise<TrainingRunState> {
    this.#wanted = 'run';
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined;
    });
    return this.#loop;
  }

  /** Ends the step on its way and saves; the promise of `start` stays open. */
  pause(): void {
    if (!this.#loop || this.#wanted !== 'run') return;
    this.#wanted = 'pause';
    this.#teller.update({ status: 'pausing' });
  }

  resume(): void {
    if (!this.#loop || this.#wanted !== 'pause') return;
    this.#wanted = 'run';
    this.#teller.update({ status: 'running' });
    this.#wake();
  }

  /** Ends the step on its way and saves. Resolves when that is done. */
  async stop(): Promise<TrainingRunState> {
    if (!this.#loop) return this.state;
    this.#wanted = 'stop';
    this.#teller.update({ status: 'stopping' });
    this.#wake();
    return this.#loop;
  }

  /** Takes effect with the next step. */
  change(settings: Partial<RunSettings>): void {
    if (settings.rateFactor !== undefined) this.#keeper.isSaved = false;
    this.#teller.update({ settings: withSettings(this.state.settings, settings) });
  }

  /**
   * Saves after the step on its way.
   * @throws StorageFullError and what else the store throws; what a run has failed by that has nothing to save
   */
  async saveNow(): Promise<void> {
    if (this.#isSpoilt && this.state.error) throw this.state.error;
    if (!this.#loop) return this.#write();
    const saved = new Promise<void>((resolve, reject) => this.#saves.push({ resolve, reject }));
    this.#wake();
    return saved;
  }

  /** What was learnt so far from a camera, between two parts of a step: for a live view, one picture at a time. */
  render(camera: CameraLabel): Promise<LearntPicture> {
    const picture = this.#views.wish(camera);
    if (!this.#loop || this.#isResting) void this.#views.serve();
    return picture;
  }

  /**
   * How long a step takes, by two that are thrown away; before the run is started.
   * @returns seconds
   */
  async estimate(): Promise<number> {
    const { position } = this.state;
    const seconds = await this.#keeper.throwAway(position, async () => {
      let begun = 0;
      for (let time = 0; time < 2; time++) {
        begun = this.#now(); // the first compiles kernels and feels its way
        await this.learner.step(position, this.#runner.runPlan());
      }
      return (this.#now() - begun) / 1000;
    });
    this.#pace.assume(seconds);
    this.#teller.update(this.#paceAt(position));
    return seconds;
  }

  async #run(): Promise<TrainingRunState> {
    this.#teller.update({ status: 'running', error: undefined });
    try {
      if (this.#isSpoilt) await this.#restore();
      if (!this.state.lastCheckpoint) await this.#save();
      while (await this.#doNext());
    } catch (caught) {
      const error = await reasonOf(this.learner.gpu, caught);
      for (const { reject } of this.#saves.splice(0)) reject(error);
      this.#isSpoilt ||= this.state.activity === 'step' || error instanceof TrainingTroubleError;
      this.#teller.update({ status: 'failed', activity: undefined, error });
    }
    await this.#views.serve();
    return this.state;
  }

  /** @returns whether there is more to do */
  async #doNext(): Promise<boolean> {
    await this.#views.serve();
    const { position, goal, settings } = this.state;
    const { step } = position;
    const isAtEnd = step >= goal;
    const isDue = (every: number, doneAt: number) => every > 0 && doneAt !== step && (isAtEnd || step % every === 0);
    const { measureEvery, samplesEvery, checkpointEvery } = settings;
    if (this.#wanted === 'run') {
      if (isDue(measureEvery, this.#measuredAt)) await this.#measure();
      else if (isDue(samplesEvery, this.#sampledAt) || (samplesEvery > 0 && !this.state.samples)) await this.#sample();
      else if (this.#saves.length > 0 || (!this.#keeper.isSaved && isDue(checkpointEvery, -1))) await this.#save();
      else if (isAtEnd) return this.#end('done');
      else await this.#step();
    } else if (this.#saves.length > 0 || !this.#keeper.isSaved) await this.#save();
    else if (this.#wanted === 'stop') return this.#end('stopped');
    else await this.#rest();
    return true;
  }

  #end(status: 'done' | 'stopped'): false {
    this.#teller.update({ status, activity: undefined });
    return false;
  }

  /** Until somebody wants it to go on, to stop or to save. @param error that keeps it from going on */
  async #rest(error?: Error): Promise<void> {
    this.#wanted = 'pause';
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#isResting = true;
    this.#teller.update({ status: 'paused', activity: undefined, error });
    await woken;
    this.#isResting = false;
    this.#wake = () => {};
    if (this.#wanted !== 'pause') this.#teller.update({ status: STATUS_WHEN_WANTED[this.#wanted], error: undefined });
  }

  async #step(): Promise<void> {
    const { position, settings } = this.state;
    this.learner.rateFactor = settings.rateFactor;
    const run = this.#runner.runPlan(() => this.#views.serve());
    const figures = await this.#timed('step', () => this.learner.step(position, run));
    const { seed, step, images } = position;
    this.#keeper.isSaved = false;
    await this.#take(figures, { seed, step: step + 1, images: images + this.learner.imagesPerStep });
  }

  async #measure(): Promise<void> {
    const { position } = this.state;
    const figures = await this.#unlessPaused('measure', (run) => this.learner.measure(position, run));
    if (!figures) return;
    this.#measuredAt = position.step;
    this.#keeper.isSaved = false;
    await this.#take(figures, position);
  }

  async #sample(): Promise<void> {
    const { position } = this.state;
    const { step } = position;
    const rows = await this.#unlessPaused('samples', (run) => this.learner.samples(position, run));
    if (!rows) return;
    this.#sampledAt = step;
    const samples = { step, rows };
    this.#teller.update({ samples });
    try {
      await this.kept.writeSamples(samples);
    } catch (error) {
      if (!(error instanceof StorageFullError)) throw error;
      this.#say('storage-full', 'There was no room to keep the samples.');
    }
  }

  /** What changes nothing is given up for a pause, and done again later. */
  async #unlessPaused<T>(activity: RunActivity, work: (run: RunPlan) => Promise<T>): Promise<T | undefined> {
    const run = this.#runner.runPlan(async () => {
      if (this.#wanted !== 'run') throw new GivenUpError();
    });
    try {
      return await this.#timed(activity, () => work(run));
    } catch (error) {
      if (error instanceof GivenUpError) return undefined;
      throw error;
    }
  }

  /** Figures of a step or a measurement. */
  async #take(figures: Figures, position: TrainingPosition): Promise<void> {
    const spoilt = Object.keys(figures).filter((name) => !Number.isFinite(figures[name]));
    const trouble = spoilt.length > 0 ? 'not-finite' : this.learner.trouble?.(figures);
    if (trouble) return this.#goBack(trouble, spoilt.join(', '), position.step);
    this.#teller.updateOften({
      position,
      figures: { ...this.state.figures, ...figures },
      curves: withFigures(this.state.curves, position.step, figures),
      ...this.#paceAt(position),
    });
    this.#lookAtSubmissions();
  }

  /** What takes a graphics card long is said once, before its driver resets it. */
  #lookAtSubmissions(): void {
    const { longest } = this.#runner;
    if (this.learner.gpu.adapter.isSoftware || longest <= LONG_SUBMISSION) return;
    if (this.state.notices.some(({ kind }) => kind === 'long-submission')) return;
    const took = `One submission took ${Math.round(longest)} ms`;
    this.#say('long-submission', `${took}; drivers reset a device that is busy with one for about 2 s.`);
  }

  /** As `#write`, but deals with what can be dealt with. */
  async #save(): Promise<void> {
    try {
      await this.#timed('save', () => this.#write());
      for (const { resolve } of this.#saves.splice(0)) resolve();
    } catch (error) {
      const { step } = this.state.position;
      if (error instanceof NotFiniteStateError) return this.#goBack('not-finite', error.tensor, step);
      for (const { reject } of this.#saves.splice(0)) reject(error);
      if (!(error instanceof StorageFullError) || this.#wanted === 'stop') throw error;
      this.#say('storage-full', error.message);
      await this.#rest(error);
    }
  }

  async #write(): Promise<void> {
    const { position, goal, figures, curves, settings, notices, secondsPerStep, memoryBytes } = this.state;
    const time = Date.now();
    await this.#keeper.save({
      position,
      goal,
      figures,
      curves,
      rateFactor: settings.rateFactor,
      notices,
      seconds: this.#pace.seconds,
      secondsPerStep,
      memoryBytes,
      saved: new Date(time).toISOString(),
      measuredAt: this.#measuredAt,
    });
    if (position.step > this.#troubleStep) this.#troubles = 0;
    this.#teller.update({ lastCheckpoint: { step: position.step, time } });
  }

  /** To the last checkpoint, with half the learning rate. @throws TrainingTroubleError when that has not helped */
  async #goBack(trouble: Trouble, details: string, step: number): Promise<void> {
    const { settings } = this.state;
    this.#troubles++;
    this.#troubleStep = step;
    if (this.#troubles === MOST_TROUBLES || !this.state.lastCheckpoint) {
      const times = this.#troubles;
      this.#troubles = 0; // for who starts it again, with other settings
      throw new TrainingTroubleError(trouble, details, step, times);
    }
    await this.#restore();
    const rateFactor = settings.rateFactor / 2;
    this.#teller.update({ settings: { ...this.state.settings, rateFactor } });
    const back = `The run went back to step ${this.state.position.step} and goes on with half the learning rate`;
    this.#say(
      trouble,
      `Step ${step} met ${troubleInWords(trouble, details)}. ${back} (${rateFactor} of the first).`,
      step,
    );
  }

  /** @returns what the checkpoint says beside its tensors, if there is one */
  async #restore(): Promise<RunNotes | undefined> {
    const restored = await this.#keeper.restore();
    if (!restored) return undefined;
    const { position, notes } = restored;
    this.#measuredAt = notes?.measuredAt ?? -1;
    this.#isSpoilt = false;
    this.#teller.update({ position, figures: notes?.figures ?? {}, curves: notes?.curves ?? {} });
    return notes;
  }

  async #timed<T>(activity: RunActivity, work: () => Promise<T>): Promise<T> {
    if (activity !== this.state.activity) this.#teller.update({ activity });
    const begun = this.#now();
    const result = await work();
    this.#pace.note(activity, (this.#now() - begun) / 1000);
    return result;
  }

  #paceAt({ step }: TrainingPosition): Partial<TrainingRunState> {
    const { learner } = this;
    return {
      ...this.#pace.figuresAt(step, this.state, learner.imagesPerStep),
      memoryBytes: learner.gpu.memory.bytesInUse,
      longestSubmission: this.#runner.longest,
    };
  }

  #say(kind: RunNotice['kind'], message: string, step = this.state.position.step): void {
    this.#teller.say({ kind, step, message });
  }
}
