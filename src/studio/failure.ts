/**
 * Errors as a person meets them: what happened, what to do about it, and which kind it is (the page picks its heading by the kind).
 */
import { CheckpointError } from '../checkpoints/errors';
import { BufferLimitError, GpuError, NoAdapterError, OutOfMemoryError, WebGpuUnavailableError } from '../gpu/errors';
import { WeightsError } from './weights-errors';

export type FailureKind = 'no-webgpu' | 'no-adapter' | 'limit' | 'weights' | 'cancelled' | 'device' | 'unknown';

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
  readonly remedy: string;
}

/** Loading was stopped by the person. */
export class LoadingCancelledError extends Error {
  override name = 'LoadingCancelledError';
}

/** The device went away too often in a short time to be asked for once more. */
export class DeviceKeepsFailingError extends GpuError {
  constructor(readonly losses: number) {
    super(
      `The graphics device was lost ${losses} times in a short while.`,
      'Close other tabs that use the graphics card, then try again. Your face, camera and settings are kept.',
    );
  }
}

export function describeFailure(error: unknown): Failure {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof LoadingCancelledError) {
    return {
      kind: 'cancelled',
      message: 'Loading was stopped.',
      remedy: 'Try again when you like; nothing was kept of the half-loaded file.',
    };
  }
  if (error instanceof CheckpointError) {
    return { kind: 'weights', message, remedy: 'Use a file of a model that Trifold knows, or download it again.' };
  }
  if (error instanceof GpuError || error instanceof WeightsError)
    return { kind: kindOf(error), message, remedy: error.remedy };
  return {
    kind: 'unknown',
    message,
    remedy:
      'Try again. If it stays, please report this message together with the name of the browser and the graphics card.',
  };
}

function kindOf(error: GpuError | WeightsError): FailureKind {
  if (error instanceof WeightsError) return 'weights';
  if (error instanceof WebGpuUnavailableError) return 'no-webgpu';
  if (error instanceof NoAdapterError) return 'no-adapter';
  if (error instanceof BufferLimitError || error instanceof OutOfMemoryError) return 'limit';
  return 'device';
}
