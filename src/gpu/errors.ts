/**
 * What can go wrong between this page and the graphics device. Every error carries the value and the limit where there is one, and says
 * what to do next; `remedy` is the sentence the page shows below the message.
 */

import { TrifoldError } from '../errors';

/** Base of all errors that the `gpu` folder throws. */
export abstract class GpuError extends TrifoldError {}

/** The browser has no `navigator.gpu` at all. */
export class WebGpuUnavailableError extends GpuError {
  override readonly code = 'web-gpu-unavailable';

  constructor() {
    super(
      'This browser does not offer WebGPU.',
      'Open the page in a current Chrome, Edge, Firefox or Safari, over https or on localhost.',
    );
  }
}

/** WebGPU exists, but no adapter was given. */
export class NoAdapterError extends GpuError {
  override readonly code = 'no-adapter';

  constructor() {
    super(
      'The browser offers WebGPU, but no graphics adapter.',
      'Turn on hardware acceleration in the browser settings, update the graphics driver, or try another browser.',
    );
  }
}

/** One buffer would be larger than the device allows. */
export class BufferLimitError extends GpuError {
  override readonly code = 'buffer-limit';

  constructor(
    readonly label: string,
    readonly bytes: number,
    readonly limit: number,
  ) {
    super(
      `"${label}" needs ${megabytes(bytes)} MB in one buffer; this device allows ${megabytes(limit)} MB.`,
      'Lower the neural rendering resolution or the samples per ray, or use a device with larger buffers.',
    );
  }
}

/** Somebody wants the values of a tensor that is overwritten while its plan runs. A fault of the wiring, never of the device. */
export class ScratchAccessError extends GpuError {
  override readonly code = 'scratch-access';

  constructor(readonly label: string) {
    super(
      `"${label}" is scratch memory of a plan: its values do not last beyond the dispatches that use them.`,
      'Call keep(tensor) on its PlanBuilder, before the plan is built, for every tensor that is read, written or bound from outside.',
    );
  }
}

/** The device ran out of memory while a buffer was made. */
export class OutOfMemoryError extends GpuError {
  override readonly code = 'out-of-memory';

  constructor(
    readonly label: string,
    readonly bytes: number,
    options?: ErrorOptions,
  ) {
    super(
      `The device has no memory left for "${label}" (${megabytes(bytes)} MB).`,
      'Close other tabs that use the graphics card, or lower the neural rendering resolution.',
      options,
    );
  }
}

/** A kernel did not compile: a fault of ours, or of the driver. */
export class KernelCompileError extends GpuError {
  override readonly code = 'kernel-compile';

  constructor(kernel: string, details: string, options?: ErrorOptions) {
    super(
      `The kernel "${kernel}" did not compile: ${details}`,
      'Update the browser and the graphics driver; if it stays, please report it with the adapter named in the status line.',
      options,
    );
  }
}

/** Wrong shapes or names handed to a pipeline: a programming error of the caller. */
export class ShapeError extends GpuError {
  override readonly code = 'shape';

  constructor(message: string) {
    super(message, 'Check the shapes against the documentation of the function named in the message.');
  }
}

/** The device went away while something was under way. */
export class DeviceLostError extends GpuError {
  override readonly code = 'device-lost';

  constructor(reason: string) {
    super(`The graphics device was lost (${reason}).`, 'The page asks for it again; if that fails, reload the page.');
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
