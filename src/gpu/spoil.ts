/**
 * Fills memory with NaN, so that a kernel that reads what nobody has written cannot go unnoticed: every result that a NaN goes into is NaN.
 */
import type { Gpu } from './device';
import type { MemoryBlock } from './tensor-host';

/** Bytes that one copy fills. */
const STEP_BYTES = 1 << 20;

/** Overwrites whole blocks. Acts on all work that is submitted afterwards. */
export function spoilMemory(gpu: Gpu, blocks: Iterable<MemoryBlock>): void {
  const { device, memory } = gpu;
  const nans = memory.create('NaN', STEP_BYTES, GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
  device.queue.writeBuffer(nans, 0, new Uint32Array(STEP_BYTES / 4).fill(0xffffffff)); // NaN as f32, and as two f16
  const encoder = device.createCommandEncoder({ label: 'spoil' });
  for (const { buffer, bytes } of blocks) {
    for (let at = 0; buffer && at < bytes; at += STEP_BYTES) {
      encoder.copyBufferToBuffer(nans, 0, buffer, at, Math.min(STEP_BYTES, bytes - at));
    }
  }
  device.queue.submit([encoder.finish()]);
  memory.release(nans);
}
