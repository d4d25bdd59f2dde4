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

/** A plan would read, or add to, scratch memory that nothing in it has written before. */
export class UnwrittenScratchError extends GpuError {
  override readonly code = 'unwritten-scratch';

  /** @param use what the step of that name does */
  constructor(
    readonly label: string,
    step: string,
    use: 'reads' | 'accumulates into',
  ) {
    super(
      `"${step}" ${use} "${label}", which nothing before it has written.`,
      use === 'reads' ? 'Dispatch the kernel that writes it first.' : 'Call fill(tensor) on the PlanBuilder before it.',
    );
  }
}

/** A plan that has its memory was asked for more. */
export class PlanClosedError extends GpuError {
  override readonly code = 'plan-closed';

  constructor(readonly stage: string) {
    super(
      `The plan "${stage}" has its memory and cannot be changed any more.`,
      'Call all that adds to a PlanBuilder before reserve() and build().',
    );
  }
}

/** A plan that was wired to learn how much memory it takes was asked to run. */
export class SurveyedPlanError extends GpuError {
  override readonly code = 'surveyed-plan';

  constructor(readonly stage: string) {
    super(`The plan "${stage}" was wired for a survey, not for a device.`, 'Wire it again with a Gpu for its host.');
  }
}

/** A gradient would have to flow through a kernel that no operation on the tape answers for. */
export class NoGradientError extends GpuError {
  override readonly code = 'no-gradient';

  /** @param step the kernel, or "copy" */
  constructor(
    readonly label: string,
    readonly step: string,
  ) {
    super(
      `No gradient passes "${label}": "${step}" has written it, and no operation on the tape says how to go back.`,
      'Use an operation that calls record() on its PlanBuilder, or give the wrapper of this kernel a backward rule.',
    );
  }
}

/** A gradient would need what a tensor held before it was written again. */
export class OverwrittenError extends GpuError {
  override readonly code = 'overwritten';

  /** @param step the kernel, "fill" or "copy" that has written it again */
  constructor(
    readonly label: string,
    readonly step: string,
  ) {
    super(
      `A gradient needs what "${label}" held before "${step}" wrote it again.`,
      'Ask for gradients before the step that overwrites it (the update of weights, say), or let that step write a tensor of its own.',
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

/** Names, formats or options that a kernel or an operation cannot take: a programming error of the caller. */
export class WiringError extends GpuError {
  override readonly code = 'wiring';

  constructor(message: string) {
    super(message, 'Check the call against the shader or the function named in the message.');
  }
}

/** Wrong shapes handed to an operation: a programming error of the caller. */
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
