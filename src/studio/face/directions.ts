/**
 * Directions of w for the model on screen: kept ones where there are some, else found anew from samples that are drawn between frames and
 * worked on in a worker. They are kept on this device under the hash of the model, since they depend on nothing else.
 */
import { transfer } from 'comlink';
import { TrifoldError } from '../../errors';
import type { LatentDirections } from '../../models/faces/directions';
import type { LatentRows } from '../../render/latent-samples';
import { browserStore, type KeyValueStore } from '../shared/browser-store';
import { RemoteWorker, WorkerError } from '../shared/workers';
import { FrameLoopStoppedError } from '../view/frame-loop';
import type { DirectionsWorker } from './directions-worker';

/** Of w: twenty for each of its usual 512 dimensions. */
export const DIRECTION_SAMPLES = 10_000;
/** How much of the work the samples are; the eigenvectors are the rest. */
const SHARE_OF_SAMPLES = 0.6;
/** Another way to find them is another version: what is kept under an older one is then not looked at. */
const KEPT_VERSION = 'v1';

/** The model that directions belong to. */
export interface DirectionsModel {
  /** Hash of its file; undefined where it is not known, and then nothing is kept. */
  readonly key: string | undefined;
  readonly wDim: number;
}

/** What finds directions uses the device through: a `JobContext`, with the viewer as its device. */
export interface StepContext<Device> {
  readonly signal: AbortSignal;
  step<T>(work: (device: Device) => Promise<T>): Promise<T>;
}

/** The worker did not run, was ended by the browser, or could not use the samples. */
export class DirectionsFailedError extends TrifoldError {
  override readonly code = 'directions-failed';

  /** @param details a sentence */
  constructor(details: string, options?: ErrorOptions) {
    super(
      `No directions were found in this model: ${details}`,
      'Try again; if it stays, reload the page. The model may be damaged, or memory may have run out.',
      options,
    );
  }
}

/** The directions that are kept of a model, if there are some; whatever else lies in their place is not looked at. Never rejects. */
export async function keptDirections(
  model: DirectionsModel,
  store: KeyValueStore = browserStore('trifold-directions'),
): Promise<LatentDirections | undefined> {
  if (model.key === undefined) return undefined;
  try {
    const kept = await store.get(keyOf(model.key));
    return areDirections(kept, model.wDim) ? kept : undefined;
  } catch {
    return undefined; // Storage is forbidden: they are found anew.
  }
}

/**
 * The directions of a model, kept or found anew. It rejects if it is stopped; nothing stays on the device then.
 * @param openSampler makes {@link DIRECTION_SAMPLES} samples on the device that it is handed
 * @param onProgress is told the share of the work that is done, 0..1
 * @throws DirectionsFailedError, FrameLoopStoppedError if the device went away, the signal's reason, what sampling throws
 */
export async function findDirections<Device>(
  model: DirectionsModel,
  context: StepContext<Device>,
  openSampler: (device: Device, samples: number) => Promise<LatentRows>,
  onProgress: (share: number) => void,
  store: KeyValueStore = browserStore('trifold-directions'),
): Promise<LatentDirections> {
  const kept = await keptDirections(model, store);
  context.signal.throwIfAborted();
  if (kept) return kept;
  const worker = new SampleTaker(model.wDim, context.signal, (samples) =>
    onProgress((SHARE_OF_SAMPLES * samples) / DIRECTION_SAMPLES),
  );
  try {
    await forEachBatch(context, openSampler, (rows) => worker.take(rows));
    const found = await worker.find();
    if (model.key !== undefined) {
      await store.set(keyOf(model.key), found).catch(() => {}); // not kept: they serve until the page is left
    }
    onProgress(1);
    return found;
  } finally {
    worker.end();
  }
}

/** Draws all samples of one device, step by step, and frees what that took. */
async function forEachBatch<Device>(
  { step }: StepContext<Device>,
  openSampler: (device: Device, samples: number) => Promise<LatentRows>,
  take: (rows: Float32Array<ArrayBuffer>) => void,
): Promise<void> {
  let close = () => {};
  try {
    const [owner, sampler] = await step(async (device) => {
      const opened = await openSampler(device, DIRECTION_SAMPLES);
      close = () => opened.destroy();
      return [device, opened] as const;
    });
    const next = async (device: Device) => {
      if (device !== owner) throw new FrameLoopStoppedError(); // the sampler has gone with its device
      return sampler.next();
    };
    for (let rows = await step(next); rows; rows = await step(next)) take(rows);
  } finally {
    close();
  }
}

/** The page's end of the worker. */
class SampleTaker {
  readonly #worker: RemoteWorker<DirectionsWorker>;
  readonly #taken: Promise<void>[] = [];

  constructor(
    private readonly wDim: number,
    signal: AbortSignal,
    private readonly onTaken: (samples: number) => void,
  ) {
    const script = new Worker(new URL('./directions-worker.ts', import.meta.url), { type: 'module' });
    this.#worker = new RemoteWorker(script, (details) => new DirectionsFailedError(`${details}.`), signal);
  }

  /** Hands samples over, without waiting for what the worker says of them: `find` does. */
  take(rows: Float32Array<ArrayBuffer>): void {
    const taken = this.#worker
      .ask((worker) => worker.take(transfer(rows, [rows.buffer]), this.wDim))
      .then(this.onTaken);
    taken.catch(() => {});
    this.#taken.push(taken);
  }

  async find(): Promise<LatentDirections> {
    try {
      await Promise.all(this.#taken);
      return await this.#worker.ask((worker) => worker.find());
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      throw new DirectionsFailedError(error.message, { cause: error });
    }
  }

  end(): void {
    this.#worker.end();
  }
}

function keyOf(model: string): string {
  return `${KEPT_VERSION}/${model}`;
}

/** Whether a kept value is what this version of the page writes for such a model. */
function areDirections(value: unknown, wDim: number): value is LatentDirections {
  if (typeof value !== 'object' || value === null) return false;
  const { mean, directions, shares, samples, wDim: width } = value as Partial<Record<keyof LatentDirections, unknown>>;
  const isVector = (vector: unknown) =>
    vector instanceof Float32Array && vector.length === wDim && vector.every((number) => Number.isFinite(number));
  return (
    width === wDim &&
    samples === DIRECTION_SAMPLES &&
    isVector(mean) &&
    Array.isArray(directions) &&
    directions.every(isVector) &&
    Array.isArray(shares) &&
    shares.length === directions.length &&
    shares.every((share) => typeof share === 'number' && share >= 0 && share <= 1)
  );
}
