/**
 * Errors as a person meets them: what happened, what to do about it, and which kind it is (the page picks its heading by the kind).
 */

import { CheckpointError } from '../../checkpoints/errors';
import { TrifoldError } from '../../errors';
import { BufferLimitError, GpuError, NoAdapterError, OutOfMemoryError, WebGpuUnavailableError } from '../../gpu/errors';
import { ModelConfigError } from '../../models/generator-config';
import { WeightsError } from '../model/weights-errors';

export type FailureKind = 'no-webgpu' | 'no-adapter' | 'limit' | 'weights' | 'cancelled' | 'device' | 'unknown';

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly remedy: string;
}

/** What to do about an error that is none of ours. */
const REPORT =
  'Try again. If it stays, please report this message together with the name of the browser and the graphics card.';

/** Loading was stopped by the person. */
export class LoadingCancelledError extends TrifoldError {
  override readonly code = 'loading-cancelled';

  constructor() {
    super('Loading was stopped.', 'Try again when you like; nothing was kept of the half-loaded file.');
  }
}

/** The device went away too often in a short time to be asked for once more. */
export class DeviceKeepsFailingError extends GpuError {
  override readonly code = 'device-keeps-failing';

  constructor(readonly losses: number) {
    super(
      `The graphics device was lost ${losses} times in a short while.`,
      'Close other tabs that use the graphics card, then try again. Your face, camera and settings are kept.',
    );
  }
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof TrifoldError) return { kind: kindOf(error), message: error.message, remedy: error.remedy };
  return { kind: 'unknown', message: error instanceof Error ? error.message : String(error), remedy: REPORT };
}

function kindOf(error: TrifoldError): FailureKind {
  if (error instanceof LoadingCancelledError) return 'cancelled';
  if (error instanceof WebGpuUnavailableError) return 'no-webgpu';
  if (error instanceof NoAdapterError) return 'no-adapter';
  if (error instanceof BufferLimitError || error instanceof OutOfMemoryError) return 'limit';
  if (error instanceof GpuError) return 'device';
  if (error instanceof WeightsError || error instanceof CheckpointError || error instanceof ModelConfigError)
    return 'weights';
  return 'unknown';
}
