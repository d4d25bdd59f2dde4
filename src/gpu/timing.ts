/**
 * Milliseconds by stage, from GPU timestamp queries. The result of a frame is mapped while later frames run: no frame waits for it,
 * and one that begins while the former result is still being mapped is not timed.
 */
import type { Gpu } from './device';

const MAX_STAGES = 16;
const BYTES = MAX_STAGES * 2 * 8;

export class StageTimer {
  /** Milliseconds of each stage the last time it ran. */
  readonly milliseconds = new Map<string, number>();
  #querySet: GPUQuerySet;
  #resolved: GPUBuffer;
  #readable: GPUBuffer;
  #stages: string[] = [];
  #active = false;
  #mapping = false;
  #destroyed = false;

  private constructor(
    private readonly gpu: Gpu,
    private readonly onResult: () => void,
  ) {
    this.#querySet = gpu.device.createQuerySet({ label: 'stages', type: 'timestamp', count: MAX_STAGES * 2 });
    const resolveUsage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    this.#resolved = gpu.memory.create('timestamps', BYTES, resolveUsage);
    this.#readable = gpu.memory.create('timestamps read', BYTES, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
  }

  /**
   * @param onResult called when new figures have arrived
   * @returns undefined where the device has no timestamp queries
   */
  static create(gpu: Gpu, onResult: () => void = () => {}): StageTimer | undefined {
    return gpu.hasTimestamps ? new StageTimer(gpu, onResult) : undefined;
  }

  /** Starts a frame; called by the recorder. */
  begin(): void {
    this.#active = !this.#mapping && !this.#destroyed;
    this.#stages = [];
  }

  /** The timestamp writes for what is recorded next, one pass or several, or undefined if this frame is not timed. */
  writesFor(stage: string): Required<GPUComputePassTimestampWrites> | undefined {
    if (!this.#active || this.#stages.length === MAX_STAGES) return undefined;
    const beginningOfPassWriteIndex = this.#stages.length * 2;
    this.#stages.push(stage);
    return { querySet: this.#querySet, beginningOfPassWriteIndex, endOfPassWriteIndex: beginningOfPassWriteIndex + 1 };
  }

  /** Copies the frame's timestamps to where they can be read. */
  resolve(encoder: GPUCommandEncoder): void {
    if (!this.#active || this.#stages.length === 0) return;
    encoder.resolveQuerySet(this.#querySet, 0, this.#stages.length * 2, this.#resolved, 0);
    encoder.copyBufferToBuffer(this.#resolved, 0, this.#readable, 0, BYTES);
  }

  /** Reads the figures when the device has them; returns at once. */
  collect(): void {
    if (!this.#active || this.#stages.length === 0) return;
    this.#active = false;
    this.#mapping = true;
    const stages = this.#stages;
    this.#readable.mapAsync(GPUMapMode.READ).then(
      () => {
        const nanoseconds = new BigUint64Array(this.#readable.getMappedRange());
        const sums = new Map<string, number>();
        stages.forEach((stage, index) => {
          const elapsed = Number(nanoseconds[index * 2 + 1]! - nanoseconds[index * 2]!) / 1e6;
          sums.set(stage, (sums.get(stage) ?? 0) + Math.max(0, elapsed));
        });
        for (const [stage, elapsed] of sums) this.milliseconds.set(stage, elapsed);
        this.#readable.unmap();
        this.#mapping = false;
        this.onResult();
      },
      () => {
        this.#mapping = false; // The device went away, or the timer was destroyed: the frame has no figures.
      },
    );
  }

  destroy(): void {
    this.#destroyed = true;
    this.#querySet.destroy();
    this.gpu.memory.release(this.#resolved);
    this.gpu.memory.release(this.#readable);
  }
}
