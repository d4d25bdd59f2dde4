/** What carries out the actions of the room Learn (learning.ts): choices, the run, the runs that are kept, and what is taken away. */
import { homeOf, type OrbitHome } from '../../camera/orbit';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { TrifoldError } from '../../errors';
import type { RunDescription } from '../../training/loops/run-store';
import type { MadeFile } from '../export/exports';
import { describeFailure } from '../shared/failure';
import type { StudioState } from '../shared/state';
import type { Store } from '../shared/store';
import { dataFingerprint } from './data-fingerprint';
import type { LearnAccess } from './learn-access';
import { LearnChoices } from './learn-choices';
import { estimateStep } from './learn-estimate';
import { LearnRuns } from './learn-runs';
import { LearnSession, type SessionParts } from './learn-session';
import { isTraining, type LearnerKind, type TakeAwayKind } from './learn-state';
import { LearnStore } from './learn-store';
import type { DataSourceNote, ReadData } from './page-learner';
import { pageLearner } from './page-learners';
import { homeOfCameras } from './posed-data';
import { BrowserRunStore } from './run-store';
import { SceneSession } from './scene-session';
import { TakeAways } from './take-aways';

/** A run that is kept learns from data that are not open. */
export class RunNeedsDataError extends TrifoldError {
  override readonly code = 'run-needs-data';

  constructor(
    readonly dataName: string,
    isModel: boolean,
  ) {
    super(
      `This run learns from “${dataName}”, which is not open.`,
      isModel
        ? 'Open that model with “Open file…”, then go on.'
        : 'Choose “Your own” data and open the same folder or zip again, then go on: the page keeps none of your pictures.',
    );
  }
}

/** A scene is opened while something is being learnt: the stage has room for one. */
export class StillTrainingError extends TrifoldError {
  override readonly code = 'still-training';

  constructor() {
    super('Something is being learnt, and has the stage.', 'Stop it first; it is kept. Then open the file again.');
  }
}

/** What is made of data to measure a step. */
const FEW_PICTURES = 8;

export class LearnWork {
  readonly choices: LearnChoices;
  readonly runs: LearnRuns;
  session: LearnSession | undefined;
  #scene: SceneSession | undefined;
  readonly #learn: LearnStore;
  readonly #takeAways: TakeAways;
  /** Seconds a step, as they were measured before a run. */
  readonly #measured = new Map<string, number>();
  #estimating = new AbortController();

  constructor(
    store: Store<StudioState>,
    private readonly access: LearnAccess,
  ) {
    this.#learn = new LearnStore(store);
    this.runs = new LearnRuns(this.#learn, new BrowserRunStore());
    this.choices = new LearnChoices(this.#learn, access, (kind, preset) => this.#secondsPerStep(kind, preset));
    this.#takeAways = new TakeAways(this.#learn);
    store.subscribe((state, previous) => {
      const hasOther = state.model?.config !== previous.model?.config || state.status !== previous.status;
      if (hasOther && state.status === 'ready' && state.learn.isRoomOpen)
        this.safely(() => this.choices.modelChanged());
    });
  }

  /** Tells in the room what goes wrong. */
  async safely(action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      this.#learn.update({ problem: describeFailure(error) });
    }
  }

  /** The room is opened, for the first time or again. */
  async opened(): Promise<void> {
    await Promise.all([this.choices.begin(), this.runs.load()]);
  }

  async start(): Promise<void> {
    const choices = this.#learn.state;
    const { kind, preset, steps: goal, seed } = choices;
    const learner = await pageLearner(kind);
    const { data } = this.choices;
    if (!data || isTraining(choices)) return;
    await this.#begin(async () => {
      const model = this.access.model();
      const settings = learner.settings(choices, data, model);
      const source = {
        ...learner.source(choices, data, model),
        ...(data.kind === 'posed' && { isFitted: data.isFitted }),
      };
      const fingerprint = await dataFingerprint(data, source);
      const created = new Date().toISOString();
      const id = `${kind}-${created.replace(/\D/g, '').slice(0, 14)}-${Math.floor(Math.random() * 1e4)}`;
      const description: RunDescription = {
        id,
        kind,
        preset,
        settings,
        data: { name: nameOf(data), fingerprint, source },
        seed,
        goal,
        created,
      };
      return { data: { ...data, source }, kept: await this.runs.store.create(description) };
    });
  }

  /** Shows a scene out of its file. @throws SceneFileError and what else the file is refused for */
  async showScene(name: string, file: Checkpoint): Promise<void> {
    if (isTraining(this.#learn.state)) throw new StillTrainingError();
    await this.leave();
    this.#learn.update({ wantsLive: true });
    this.#scene = await SceneSession.open(this.#learn, this.access, name, file);
  }

  async goOn(id: string): Promise<void> {
    if (isTraining(this.#learn.state)) return;
    await this.leave();
    await this.#begin(async () => {
      const kept = await this.runs.store.open(id);
      return { data: await this.#dataOf(kept.description), kept };
    });
  }

  /** As many steps again. */
  async goFurther(): Promise<void> {
    const { session } = this;
    const { run } = this.#learn.state;
    if (!session || !run?.state) return;
    const { id, goal } = session.description;
    const further = 2 * goal;
    await this.leave();
    await this.#begin(async () => {
      const kept = await this.runs.store.open(id);
      const data = await this.#dataOf(kept.description);
      await kept.describe({ goal: further });
      return { data, kept: await this.runs.store.open(id) };
    });
  }

  async resume(): Promise<void> {
    const { session } = this;
    if (session?.run?.state.status === 'paused') session.resume();
    else if (session) await this.#alone(() => session.start());
  }

  async leave(): Promise<void> {
    const { session } = this;
    this.session = undefined;
    this.#takeAways.stop();
    await session?.close();
    await this.#scene?.close();
    this.#scene = undefined;
    // What failed before anything was kept is nothing to go on with.
    const hasNothing = session && !session.isKept && !this.runs.find(session.description.id)?.progress;
    if (hasNothing) await this.runs.store.remove(session.description.id);
    this.#learn.update({ run: undefined, takeAway: undefined, problem: undefined });
    await this.runs.load();
  }

  /** Measures how long the chosen run would take. */
  async estimate(): Promise<void> {
    const choices = this.#learn.state;
    const { kind, preset, seed } = choices;
    const { data } = this.choices;
    if (!data || choices.isEstimating || isTraining(choices)) return;
    this.#estimating = new AbortController();
    this.#learn.update({ isEstimating: true, problem: undefined });
    try {
      const learner = await pageLearner(kind);
      const model = this.access.model();
      const settings = learner.settings(choices, data, model);
      const few = { ...choices, extras: { ...choices.extras, pictures: FEW_PICTURES } };
      const estimated = { learner, settings, data: { ...data, source: learner.source(few, data, model) }, seed };
      const { signal } = this.#estimating;
      const seconds = await this.#alone(() => estimateStep(this.access, estimated, signal));
      this.#measured.set(`${kind}/${preset}`, seconds);
      await this.choices.count();
    } finally {
      this.#learn.update({ isEstimating: false });
    }
  }

  async openResult(): Promise<void> {
    const learner = this.session?.learner;
    if (!learner) return;
    const { name, bytes } = await learner.result();
    this.#learn.update({ wantsLive: false });
    await this.access.openFile(new File([bytes], name));
  }

  takeAway(what: TakeAwayKind): Promise<MadeFile | undefined> {
    const session = this.session ?? this.#scene;
    return session ? this.#takeAways.make(what, session) : Promise.resolve(undefined);
  }

  stopMaking(): void {
    this.#takeAways.stop();
  }

  async close(): Promise<void> {
    this.choices.close();
    this.#estimating.abort();
    await this.leave();
    await this.runs.forgetDeleted();
  }

  /** Opens a run, and runs to the end. */
  #begin(open: () => Promise<Pick<SessionParts, 'data' | 'kept'>>): Promise<void> {
    this.#learn.update({ problem: undefined, takeAway: undefined, wantsLive: true });
    return this.#alone(async () => {
      const { data, kept } = await open();
      const learner = await pageLearner(kept.description.kind);
      const onKept = () => this.safely(() => this.runs.load());
      this.session = new LearnSession(this.#learn, this.access, { data, kept, learner, home: homeFor(data), onKept });
      await this.session.start();
    });
  }

  /** Nobody else trains meanwhile, in no tab. @throws AlreadyTrainingError */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const unlock = await this.runs.store.lock();
    try {
      return await work();
    } finally {
      await unlock();
    }
  }

  /** The data that a kept run learns from. @throws RunNeedsDataError */
  async #dataOf({ kind, data: { name, source: noted, fingerprint } }: RunDescription): Promise<ReadData> {
    const source = Object(noted) as DataSourceNote;
    const { choices } = this;
    if (this.#learn.state.kind !== kind) await choices.choose(kind);
    const found = async (): Promise<ReadData | undefined> => {
      const { data } = choices;
      if (!data) return undefined;
      const wanted =
        data.kind === 'posed' ? { ...data, isFitted: source.isFitted ?? data.isFitted, source } : { ...data, source };
      return (await dataFingerprint(wanted, source)) === fingerprint ? wanted : undefined;
    };
    const open = await found();
    if (open) return open;
    if (source.scene !== undefined) await choices.readScene(source.scene);
    else if (source.model !== undefined) await choices.chooseSource('bundled');
    else await choices.chooseSource('own');
    const data = await found();
    if (!data) throw new RunNeedsDataError(name, source.model !== undefined);
    return data;
  }

  #secondsPerStep(kind: LearnerKind, preset: string): number | undefined {
    const measured = this.#measured.get(`${kind}/${preset}`);
    if (measured !== undefined) return measured;
    const { runs = [] } = this.#learn.state;
    const known = runs.find(
      ({ description, progress }) =>
        description.kind === kind && description.preset === preset && (progress?.position.step ?? 0) > 0,
    )?.progress;
    return known && known.seconds / known.position.step;
  }
}

function nameOf(data: ReadData): string {
  return data.kind === 'posed' ? data.data.name : data.model.name;
}

/** Where the stage's camera begins. */
function homeFor(data: ReadData): OrbitHome {
  return data.kind === 'posed' ? homeOfCameras(data.data, data.isFitted) : homeOf(data.model.config.camera);
}
