/**
 * Errors as a person meets them: what happened, what to do about it, and which kind it is (the page picks its heading by the kind).
 */
import { CheckpointError } from '../../checkpoints/errors';
import { BufferLimitError, GpuError, NoAdapterError, OutOfMemoryError, WebGpuUnavailableError } from '../../gpu/errors';
import { ModelConfigError } from '../../models/generator-config';
import { WeightsError } from '../model/weights-errors';

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
  const fallback =
    error instanceof CheckpointError
      ? 'Use a file of a model that Trifold knows, or download it again.'
      : 'Try again. If it stays, please report this message together with the name of the browser and the graphics card.';
  return { kind: kindOf(error), message, remedy: remedyOf(error) ?? fallback };
}

function remedyOf(error: unknown): string | undefined {
  const remedy = error instanceof Error && 'remedy' in error ? error.remedy : undefined;
  return typeof remedy === 'string' ? remedy : undefined;
}

function kindOf(error: unknown): FailureKind {
  if (error instanceof WebGpuUnavailableError) return 'no-webgpu';
  if (error instanceof NoAdapterError) return 'no-adapter';
  if (error instanceof BufferLimitError || error instanceof OutOfMemoryError) return 'limit';
  if (error instanceof GpuError) return 'device';
  if (error instanceof WeightsError || error instanceof CheckpointError || error instanceof ModelConfigError)
    return 'weights';
  return 'unknown';
}
