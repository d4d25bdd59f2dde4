/** What every long piece of work in this folder takes, and how it lets others have a turn. */

/** Progress and cancellation of a long job. */
export interface LongJob {
  /** Is told the share that is done, 0 to 1, now and then. */
  readonly onProgress?: ((share: number) => void) | undefined;
  /** Ends the job with the signal's reason (an AbortError by default). */
  readonly signal?: AbortSignal | undefined;
}

/** A long job that uses the device. */
export interface DeviceJob extends LongJob {
  /** Runs each short piece of work on the device, with what prepares it, when it is its turn. Default: at once. */
  readonly turn?: (<T>(work: () => Promise<T>) => Promise<T>) | undefined;
}

/** Work that nobody else waits for. */
export function atOnce<T>(work: () => Promise<T>): Promise<T> {
  return work();
}

/**
 * Between two slabs of work on the processor: tells the progress and lets events, frames and cancellation through.
 * @throws the signal's reason
 */
export async function betweenSlabs({ onProgress, signal }: LongJob, share: number): Promise<void> {
  onProgress?.(share);
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}
