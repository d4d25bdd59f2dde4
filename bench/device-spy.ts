/**
 * Counts what any code of a page hands to WebGPU, whoever wrote it: the browser's own functions are wrapped, so that peers and the finished page are
 * counted alike. Load it before anything that opens a device.
 */

export interface DeviceCounts {
  /** Compute dispatches. */
  readonly dispatches: number;
  /** Draws of render passes. */
  readonly draws: number;
  readonly submits: number;
  /** Compute and render pipelines asked for, compiled at once or later. */
  readonly pipelines: number;
  /** Buffers and textures made. */
  readonly allocations: number;
  /** Buffers mapped to be read, but for the timestamps of a former frame. */
  readonly readBacks: number;
  /** Times that a canvas was asked for its next picture. */
  readonly canvasFrames: number;
  /** Bytes of all buffers and of our textures that have not been destroyed. */
  readonly bytes: number;
}

const counts = {
  dispatches: 0,
  draws: 0,
  submits: 0,
  pipelines: 0,
  allocations: 0,
  readBacks: 0,
  canvasFrames: 0,
  bytes: 0,
};

/** The counts so far. */
export function deviceCounts(): DeviceCounts {
  return { ...counts };
}

/** What was counted between two moments; `bytes` is the growth. */
export function countsBetween(before: DeviceCounts, after: DeviceCounts): DeviceCounts {
  const difference = { ...after };
  for (const name of Object.keys(counts).filter(isCount)) difference[name] -= before[name];
  return difference;
}

const isCount = (name: string): name is keyof typeof counts => name in counts;

/** Wraps a method of a class of the browser so that `note` is told of each call: its arguments, what it gave, and its object. */
function watch(
  prototype: object,
  name: string,
  note: (args: readonly unknown[], result: unknown, self: object) => void,
): void {
  const original: unknown = Reflect.get(prototype, name);
  if (typeof original !== 'function') throw new Error(`WebGPU has no ${name} here`);
  const apply = (method: typeof original, self: object, args: unknown[]) => {
    const result: unknown = Reflect.apply(method, self, args);
    note(args, result, self);
    return result;
  };
  Reflect.set(prototype, name, new Proxy(original, { apply }));
}

const liveBytes = new WeakMap<object, number>();

function born(thing: object, bytes: number): void {
  counts.allocations++;
  counts.bytes += bytes;
  liveBytes.set(thing, bytes);
}

function gone(thing: object): void {
  counts.bytes -= liveBytes.get(thing) ?? 0;
  liveBytes.delete(thing);
}

/** Bytes of a texel of the formats that are used here; others count as four. */
const TEXEL_BYTES: Readonly<Record<string, number>> = { rgba32float: 16, rgba16float: 8, r16float: 2, r8unorm: 1 };

function textureBytes({ width, height, depthOrArrayLayers, format }: GPUTexture): number {
  return width * height * depthOrArrayLayers * (TEXEL_BYTES[format] ?? 4);
}

/** Starts to count. Call once. */
export function spyOnDevice(): void {
  watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroups', () => counts.dispatches++);
  watch(GPUComputePassEncoder.prototype, 'dispatchWorkgroupsIndirect', () => counts.dispatches++);
  watch(GPURenderPassEncoder.prototype, 'draw', () => counts.draws++);
  watch(GPUQueue.prototype, 'submit', () => counts.submits++);
  watch(GPUDevice.prototype, 'createComputePipeline', () => counts.pipelines++);
  watch(GPUDevice.prototype, 'createComputePipelineAsync', () => counts.pipelines++);
  watch(GPUDevice.prototype, 'createRenderPipeline', () => counts.pipelines++);
  watch(GPUDevice.prototype, 'createRenderPipelineAsync', () => counts.pipelines++);
  watch(GPUCanvasContext.prototype, 'getCurrentTexture', () => counts.canvasFrames++);
  watch(GPUBuffer.prototype, 'mapAsync', ([mode], _, buffer) => {
    const isTimestamps = buffer instanceof GPUBuffer && buffer.label.startsWith('timestamps');
    if (mode === GPUMapMode.READ && !isTimestamps) counts.readBacks++;
  });
  watch(GPUDevice.prototype, 'createBuffer', (_, buffer) => {
    if (buffer instanceof GPUBuffer) born(buffer, buffer.size);
  });
  watch(GPUDevice.prototype, 'createTexture', (_, texture) => {
    if (texture instanceof GPUTexture) born(texture, textureBytes(texture));
  });
  watch(GPUBuffer.prototype, 'destroy', (_, __, buffer) => gone(buffer));
  watch(GPUTexture.prototype, 'destroy', (_, __, texture) => gone(texture));
}
