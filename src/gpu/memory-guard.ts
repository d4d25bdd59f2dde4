/**
 * WebGPU reports that memory ran out not where a buffer is made but later, to whoever asked to be told. This asks.
 */
import type { Gpu } from './device';
import { OutOfMemoryError } from './errors';

/**
 * Does work that makes buffers, and fails if the device had no memory for one of them.
 * @param what for the message, for example "the model"
 * @param undo frees what the work has made, if there was no memory for all of it
 * @throws OutOfMemoryError, and whatever the work throws
 */
export async function withinMemory<T>(
  { memory }: Pick<Gpu, 'memory'>,
  what: string,
  work: () => Promise<T>,
  undo: (made: T) => unknown = () => {},
): Promise<T> {
  const before = memory.bytesInUse;
  const watch = memory.watch();
  const [outcome] = await Promise.allSettled([work()]);
  const grown = memory.bytesInUse - before;
  const cause = await watch.end();
  if (cause) {
    if (outcome.status === 'fulfilled') await undo(outcome.value);
    throw new OutOfMemoryError(what, grown, { cause }); // an error of the work that follows from missing memory is better told as that
  }
  if (outcome.status === 'rejected') throw outcome.reason;
  return outcome.value;
}
