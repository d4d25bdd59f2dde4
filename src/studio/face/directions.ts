/**
 * Directions of w for the model on screen: kept ones where there are some, else found anew from samples that are drawn between frames and
 * worked on in a worker. They are kept on this device under the hash of the model, since they depend on nothing else.
 */
import { TrifoldError } from '../../errors';
import type { LatentDirections } from '../../models/faces/directions';
import type { LatentRows } from '../../render/latent-samples';
import { browserStore, type KeyValueStore } from '../shared/browser-store';
import { FrameLoopStoppedError } from '../view/frame-loop';
import type { DirectionsReply, DirectionsRequest } from './directions-messages';

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

/** What finds directions uses the device through: a `JobContext`, with the session as its device. */
export interface StepContext<Device> {
  readonly signal: AbortSignal;
  step<T>(work: (device: Device) => Promise<T>): Promise<T>;
}

/** The worker did not run, was ended by the browser, or could not use the samples. */
export class DirectionsFailedError extends TrifoldError {
  override readonly code = 'directions-failed';

  constructor(details: string) {
    super(
      `No directions were found in this model: ${details}`,
      'Try again; if it stays, reload the page. The model may be damaged, or memory may have run out.',
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
  const worker = new DirectionsWorker(model.wDim, context.signal, (samples) =>
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
class DirectionsWorker {
  readonly #worker = new Worker(new URL('./directions-worker.ts', import.meta.url), { type: 'module' });
  readonly #found: Promise<LatentDirections>;
  readonly #listening = new AbortController();

  constructor(
    private readonly wDim: number,
    signal: AbortSignal,
    onTaken: (samples: number) => void,
  ) {
    this.#found = new Promise((resolve, reject) => {
      const options = { signal: this.#listening.signal };
      const fail = (details: string) => reject(new DirectionsFailedError(details));
      signal.addEventListener('abort', () => reject(signal.reason), options);
      this.#worker.addEventListener('error', ({ message }) => fail(message || 'its worker did not run.'));
      this.#worker.addEventListener('messageerror', () => fail('its answer was lost.'));
      this.#worker.addEventListener('message', ({ data: reply }: MessageEvent<DirectionsReply>) => {
        if (reply.kind === 'taken') onTaken(reply.samples);
        else if (reply.kind === 'error') fail(reply.message);
        else resolve(reply.directions);
      });
    });
    this.#found.catch(() => {}); // It may fail while samples are still drawn; `find` then says so.
  }

  take(rows: Float32Array<ArrayBuffer>): void {
    this.#post({ kind: 'rows', wDim: this.wDim, rows }, [rows.buffer]);
  }

  find(): Promise<LatentDirections> {
    this.#post({ kind: 'find' });
    return this.#found;
  }

  end(): void {
    this.#listening.abort();
    this.#worker.terminate();
  }

  #post(request: DirectionsRequest, transfer: Transferable[] = []): void {
    this.#worker.postMessage(request, transfer);
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
