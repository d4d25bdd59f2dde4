/**
 * One run, from the moment it is wanted until it is left: the data are made ready, the learner is made, the run is opened where it was kept, and goes
 * on; a device that was lost is waited for, and the run goes on from what was kept. What was learnt can be looked at and taken away meanwhile.
 */
import type { OrbitHome } from '../../camera/orbit';
import { parseSafetensors } from '../../checkpoints/safetensors';
import type { Gpu } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import type { Learner, RunPlan } from '../../training/loops/learner';
import type { RunSettings, RunStatus, TrainingRunState } from '../../training/loops/run-state';
import type { KeptRun, RunDescription } from '../../training/loops/run-store';
import { type Between, SlicedRunner } from '../../training/loops/sliced-runner';
import { TrainingRun } from '../../training/loops/training-run';
import type { MadeFile } from '../export/exports';
import type { DeviceShare } from '../model/shared-device';
import { describeFailure } from '../shared/failure';
import { type Notice, withNotice } from '../shared/state';
import type { LearnAccess } from './learn-access';
import type { LearnRun, TakeAwayKind } from './learn-state';
import type { LearnStore } from './learn-store';
import { turnsOf } from './learn-turns';
import { LiveView } from './live-view';
import type { MadeLearner, PageLearner, ReadData } from './page-learner';

/** The room is told so often, at most: more cannot be read. */
const REPORT_MILLISECONDS = 200;
/** So often a run goes on after a lost device, unless it has kept a step in between. */
const MOST_LOSSES = 3;

export interface SessionParts {
  readonly learner: PageLearner;
  readonly data: ReadData;
  readonly kept: KeptRun;
  readonly home: OrbitHome;
  /** Called when something new is kept. */
  readonly onKept: () => void;
}

/** What is on the device. */
interface OnDevice {
  readonly share: DeviceShare;
  readonly made: MadeLearner;
  readonly plans: RunPlan;
  readonly run: TrainingRun;
  readonly live: LiveView;
}

export class LearnSession {
  readonly #ended = new AbortController();
  readonly #between: Between;
  #present: OnDevice | undefined;
  #reportTimer: ReturnType<typeof setTimeout> | undefined;
  #losses = 0;
  #keptStep: number | undefined;
  /** Notices of the run, of which the page has been told; those of a run that goes on are old. */
  #told = 0;
  #status: RunStatus | undefined;
  #settings: Partial<RunSettings>;

  constructor(
    private readonly learn: LearnStore,
    private readonly access: LearnAccess,
    private readonly parts: SessionParts,
  ) {
    this.#settings = learn.state.intervals;
    this.#between = turnsOf(access);
  }

  get description(): RunDescription {
    return this.parts.kept.description;
  }

  get learner(): Learner | undefined {
    return this.#present?.made.learner;
  }

  get run(): TrainingRun | undefined {
    return this.#present?.run;
  }

  /** Resolves when the run is done, stopped, failed or left. Never rejects. */
  async start(): Promise<void> {
    for (;;) {
      try {
        await this.#open();
        if (this.#present && !isAtGoal(this.#present.run.state)) await this.#present.run.start();
        const error = this.#present?.run.state.error;
        this.#report();
        if (error) throw error;
        return;
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        if (!(error instanceof DeviceLostError) || ++this.#losses > MOST_LOSSES) {
          this.#show({ failure: describeFailure(error), preparing: undefined });
          return;
        }
        await this.#comeBack();
      }
    }
  }

  pause(): void {
    this.run?.pause();
  }

  /** Goes on after a pause. One that was stopped is started again. */
  resume(): void {
    this.run?.resume();
  }

  /** Whether there is a checkpoint to go on from. */
  get isKept(): boolean {
    return this.#keptStep !== undefined;
  }

  async stop(): Promise<void> {
    if (this.run) await this.run.stop();
    else await this.close();
  }

  /** Makes a file of what is learnt so far. @throws what its making throws; the signal's reason */
  async takeAway(
    what: TakeAwayKind,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
  ): Promise<MadeFile> {
    const { made, run, plans } = this.#present!;
    if (what === 'file') {
      const { name, bytes } = await made.learner.result();
      return { name, blob: new Blob([bytes]) };
    }
    return made.takeAways[what]!({
      signal,
      onProgress,
      render: (camera) => run.render(camera),
      pose: this.learn.store.state.live?.view ?? this.parts.home,
      checkpoint: async () => {
        await run.saveNow();
        return parseSafetensors((await this.parts.kept.readCheckpoint())!);
      },
      run: plans,
    });
  }

  change(settings: Partial<RunSettings>): void {
    this.#settings = { ...this.#settings, ...settings };
    this.run?.change(settings);
    this.#report();
  }

  /** Ends it and frees what it has on the device. */
  async close(): Promise<void> {
    this.#ended.abort(new DOMException('The run was left.', 'AbortError'));
    if (this.run?.state.status === 'running' || this.run?.state.status === 'paused') await this.run.stop();
    this.#free();
    clearTimeout(this.#reportTimer);
  }

  async #open(): Promise<void> {
    if (this.#present) return;
    const { signal } = this.#ended;
    const { kept, learner: maker, data, home } = this.parts;
    this.#show({ preparing: { what: 'data', share: 0 }, failure: undefined });
    const share = this.access.takeDevice();
    let made: MadeLearner | undefined;
    try {
      const gpu = (await share.gpu).forModel('f32');
      signal.throwIfAborted();
      const plans = SlicedRunner.on(gpu, { between: this.#between }).runPlan();
      made = await this.#make(gpu, plans, maker, data);
      signal.throwIfAborted();
      const { learner, takeAways } = made;
      const kinds: TakeAwayKind[] = ['file', ...(Object.keys(takeAways) as TakeAwayKind[])];
      this.#show({
        preparing: { what: 'checkpoint', share: 0 },
        figureKinds: learner.figureKinds,
        takeAways: kinds,
      });
      const { seed, goal } = kept.description;
      const between = this.#between;
      const run = await TrainingRun.open(learner, { seed, goal, between, ...this.#settings }, kept);
      signal.throwIfAborted();
      run.subscribe(() => this.#reportSoon());
      this.#told = run.state.notices.length;
      this.#status = run.state.status;
      this.#present = { share, made, plans, run, live: new LiveView(this.learn.store, run, home, made.finer) };
      this.#show({ preparing: undefined });
      this.#report();
    } catch (error) {
      if (made) destroy(made);
      share.giveBack();
      throw error;
    }
  }

  #make(gpu: Gpu, run: RunPlan, maker: PageLearner, data: ReadData): Promise<MadeLearner> {
    const { signal } = this.#ended;
    return maker.create({
      gpu,
      settings: this.description.settings,
      data,
      model: this.access.model(),
      page: this.access.page,
      run,
      signal,
      onProgress: (what, share) => this.#show({ preparing: { what, share } }),
    });
  }

  /** The device was lost: waits until the page has another. */
  async #comeBack(): Promise<void> {
    this.#free();
    const { store } = this.learn;
    this.#notice({ kind: 'learning-goes-on' });
    this.#show({ preparing: { what: 'checkpoint', share: 0 }, state: undefined });
    await new Promise<void>((resolve) => {
      const look = () => {
        if (store.state.status === 'loading' && !this.#ended.signal.aborted) return;
        unsubscribe();
        resolve();
      };
      const unsubscribe = store.subscribe(look);
      setTimeout(look, REPORT_MILLISECONDS); // the news of the loss may not have reached the screen yet
    });
    this.#ended.signal.throwIfAborted();
  }

  #free(): void {
    const present = this.#present;
    this.#present = undefined;
    if (!present) return;
    present.live.close();
    destroy(present.made);
    present.share.giveBack();
  }

  #reportSoon(): void {
    this.#reportTimer ??= setTimeout(() => this.#report(), REPORT_MILLISECONDS);
  }

  #report(): void {
    clearTimeout(this.#reportTimer);
    this.#reportTimer = undefined;
    const state = this.run?.state;
    if (!state) return;
    this.#show({ state, failure: state.error && describeFailure(state.error) });
    this.#tell(state);
    if (state.lastCheckpoint?.step !== this.#keptStep) {
      this.#keptStep = state.lastCheckpoint?.step;
      this.#losses = 0;
      this.parts.onKept();
    }
  }

  /** What a person should hear of in any room. */
  #tell({ status, notices, error }: TrainingRunState): void {
    for (const { kind, message } of notices.slice(this.#told)) {
      if (kind !== 'long-submission') this.#notice({ kind: 'learning-trouble', message, remedy: '' });
    }
    this.#told = notices.length;
    const hasEnded = status !== this.#status && !this.learn.state.isRoomOpen;
    this.#status = status;
    if (hasEnded && status === 'done') this.#notice({ kind: 'learning-done' });
    if (hasEnded && error && !(error instanceof DeviceLostError)) {
      const { message, remedy } = describeFailure(error);
      this.#notice({ kind: 'learning-trouble', message, remedy });
    }
  }

  #notice(notice: Notice): void {
    const { store } = this.learn;
    store.update({ notices: withNotice(store.state.notices, notice) });
  }

  #show(change: Partial<LearnRun>): void {
    if (this.#ended.signal.aborted) return;
    const { run } = this.learn.state;
    const former: LearnRun =
      run?.description.id === this.description.id
        ? run
        : {
            description: this.description,
            isFile: false,
            preparing: undefined,
            figureKinds: [],
            takeAways: [],
            state: undefined,
            failure: undefined,
          };
    this.learn.update({ run: { ...former, description: this.description, ...change } });
  }
}

function destroy({ learner, destroy: others }: MadeLearner): void {
  learner.destroy();
  others?.();
}

function isAtGoal({ position, goal }: TrainingRunState): boolean {
  return position.step >= goal;
}
