/** What is chosen before a run: what to learn, from which data, and how much of it. Data are read as soon as they are chosen, and what a run takes is counted. */
import { fetchFile } from '../model/model-index';
import { describeFailure } from '../shared/failure';
import type { LearnAccess } from './learn-access';
import type { DataSource, LearnerKind, OpenedFiles, PresetFacts, RunExtras, RunIntervals } from './learn-state';
import type { LearnStore } from './learn-store';
import { type DataSourceNote, modelHash, type PageLearner, type ReadData } from './page-learner';
import { pageLearner } from './page-learners';
import { describePosedData, isInBox, readPosedData } from './posed-data';

const SCENES = 'scenes/';
const LARGEST_SEED = 2 ** 32 - 1;
/** Of the steps from scratch, what a run takes that goes on from another model. */
const TRANSFER_SHARE = 0.1;

export class LearnChoices {
  #reading = new AbortController();
  /** What has been read, by where it comes from; of the kinds that learn from pictures. */
  #read: ReadData | undefined;
  /** Data of the person's own, for when that is chosen again. */
  #own: ReadData | undefined;
  #counting = 0;

  constructor(
    private readonly learn: LearnStore,
    private readonly access: LearnAccess,
    private readonly secondsPerStep: (kind: LearnerKind, preset: string) => number | undefined,
  ) {}

  get data(): ReadData | undefined {
    return this.#read;
  }

  /** The learner of the chosen kind. */
  get learner(): Promise<PageLearner> {
    return pageLearner(this.learn.state.kind);
  }

  /** Reads the data that work at once, if nothing is chosen yet. */
  async begin(): Promise<void> {
    if (this.learn.state.data.status === 'none') await this.choose(this.learn.state.kind);
  }

  async choose(kind: LearnerKind): Promise<void> {
    this.#read = undefined;
    this.learn.update({ kind, data: { status: 'none' }, cost: undefined, problem: undefined });
    const learner = await pageLearner(kind);
    const { presets } = this.learn.state;
    this.learn.update({ presets: { ...presets, [kind]: learner.presets }, intervals: learner.intervals });
    this.#takePreset(learner.presets[0]);
    if (kind === 'student') this.learn.update({ lossSets: (await import('./page-student')).LOSS_CHOICES });
    await this.chooseSource('bundled');
  }

  async chooseSource(source: DataSource): Promise<void> {
    this.#reading.abort();
    this.learn.update({ source, problem: undefined });
    const { kind } = this.learn.state;
    if (source === 'own') return this.#take(this.#own);
    if (kind === 'scene') return this.readScene();
    const model = this.access.model();
    this.#take(model && { kind: 'model', model, source: { model: modelHash(model) } });
  }

  /** @param id of a bundled scene; default: the one that the page begins with */
  async readScene(id?: string): Promise<void> {
    await this.#readFiles('', async (signal) => {
      const folder = new URL(SCENES, this.access.page);
      const index = await (await fetchFile(new URL('index.json', folder), 'index.json', { signal })).json();
      const wanted = id ?? index.default;
      const scene = index.scenes.find((scene: { id: string }) => scene.id === wanted) ?? index.scenes[0];
      const zip = await (await fetchFile(new URL(scene.file, folder), scene.file, { signal })).blob();
      return { opened: { name: scene.name, zip }, source: { scene: scene.id } };
    });
  }

  async openData(opened: OpenedFiles): Promise<void> {
    this.learn.update({ source: 'own', problem: undefined });
    await this.#readFiles(opened.name, async () => ({ opened, source: { own: opened.name } }));
    this.#own = this.#read;
  }

  fitData(isFitted: boolean): void {
    if (this.#read?.kind === 'posed') this.#take({ ...this.#read, isFitted });
  }

  /** Another model is on screen, or one at last. */
  modelChanged(): void {
    const { kind, source, data } = this.learn.state;
    if (data.status === 'none' || (kind !== 'scene' && source === 'bundled')) this.chooseSource(source);
    else this.count();
  }

  setPreset(id: string): void {
    const { kind, presets } = this.learn.state;
    this.#takePreset(presets[kind].find((preset) => preset.id === id));
    this.#take(this.#read);
  }

  setSteps(steps: number): void {
    this.learn.update({ steps: Math.max(1, Math.round(steps)) });
  }

  setSeed(seed: number): void {
    this.learn.update({ seed: Math.min(LARGEST_SEED, Math.max(0, Math.round(seed))) });
    this.#describe(this.#read);
  }

  changeIntervals(intervals: Partial<RunIntervals>): void {
    this.learn.update({ intervals: { ...this.learn.state.intervals, ...intervals } });
  }

  change(extras: Partial<RunExtras>): void {
    const { kind, presets, preset } = this.learn.state;
    const { steps = 0 } = presets[kind].find(({ id }) => id === preset) ?? {};
    if (extras.isTransfer !== undefined) this.setSteps(extras.isTransfer ? steps * TRANSFER_SHARE : steps);
    this.learn.update({ extras: { ...this.learn.state.extras, ...extras } });
    this.#take(this.#read);
  }

  close(): void {
    this.#reading.abort();
  }

  #takePreset(preset: PresetFacts | undefined): void {
    this.learn.update({ preset: preset?.id ?? '', steps: preset?.steps ?? 0 });
  }

  async #readFiles(
    name: string,
    open: (signal: AbortSignal) => Promise<{ opened: OpenedFiles; source: DataSourceNote }>,
  ): Promise<void> {
    this.#reading.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const { signal } = reading;
    this.#read = undefined;
    this.learn.update({ data: { status: 'reading', name, share: 0 }, cost: undefined });
    try {
      const { opened, source } = await open(signal);
      const onProgress = (share: number) => {
        if (!signal.aborted) this.learn.update({ data: { status: 'reading', name: opened.name, share } });
      };
      const data = await readPosedData(opened, { signal, onProgress });
      signal.throwIfAborted();
      this.#take({ kind: 'posed', data, isFitted: !isInBox(data), source });
    } catch (error) {
      if (!signal.aborted) this.learn.update({ data: { status: 'failed', name, failure: describeFailure(error) } });
    }
  }

  #take(read: ReadData | undefined): void {
    this.#read = read;
    this.#describe(read);
    this.count();
  }

  async #describe(read: ReadData | undefined): Promise<void> {
    if (!read) return this.learn.update({ data: { status: 'none' }, cost: undefined });
    const learner = await this.learner;
    if (this.#read !== read) return;
    try {
      learner.check(read);
    } catch (error) {
      const name = read.kind === 'posed' ? read.data.name : read.model.name;
      return this.learn.update({ data: { status: 'failed', name, failure: describeFailure(error) } });
    }
    if (read.kind === 'posed') {
      return this.learn.update({ data: { status: 'ready', facts: describePosedData(read.data, read.isFitted) } });
    }
    const facts = learner.describeModel(read.model, this.learn.state);
    this.learn.update({ data: { status: 'ready', facts } });
  }

  /** Counts what the chosen run takes. */
  async count(): Promise<void> {
    const counting = ++this.#counting;
    const read = this.#read;
    const choices = this.learn.state;
    const { kind, preset } = choices;
    const learner = await this.learner;
    if (!read || preset === '') return;
    const share = this.access.takeDevice();
    try {
      const gpu = await share.gpu;
      const settings = learner.settings(choices, read, this.access.model());
      const { bytes, largest } = learner.survey(gpu, settings, read);
      const fits = largest.bytes <= Math.min(gpu.limits.maxBufferSize, gpu.limits.maxStorageBufferBindingSize);
      const cost = { bytes, fits, secondsPerStep: this.secondsPerStep(kind, preset) };
      if (counting === this.#counting) this.learn.update({ cost });
    } catch (error) {
      if (counting === this.#counting) this.learn.update({ cost: undefined, problem: describeFailure(error) });
    } finally {
      share.giveBack();
    }
  }
}
