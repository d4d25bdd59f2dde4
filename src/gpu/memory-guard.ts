/**
 * Running out of device memory. WebGPU does not fail where a buffer is made: it reports the failure later, to an error scope that was opened before. So
 * whatever allocates much is run inside such a scope here.
 */
import type { Gpu } from './device';
import { OutOfMemoryError } from './errors';

/**
 * Does work that makes buffers, and fails if the device had no memory for one of them.
 * @param what for the message, for example "the model"
 * @throws OutOfMemoryError, and whatever the work throws
 */
export async function withinMemory<T>(gpu: Gpu, what: string, work: () => Promise<T>): Promise<T> {
  const before = gpu.memory.bytesInUse;
  gpu.device.pushErrorScope('out-of-memory');
  let result: T;
  let grown = 0;
  try {
    result = await work();
    grown = gpu.memory.bytesInUse - before;
  } finally {
    const error = await gpu.device.popErrorScope().catch(() => null); // rejected only when the device is lost
    // biome-ignore lint/correctness/noUnsafeFinally: an error of the work that follows from missing memory is better told as that
    if (error) throw new OutOfMemoryError(what, grown, { cause: error });
  }
  return result;
}
