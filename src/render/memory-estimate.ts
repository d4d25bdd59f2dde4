/**
 * How much device memory a model will take, before a byte of it is uploaded: its networks are wired against a survey that only counts, with
 * the same functions that wire them for a device. It takes milliseconds.
 */
import { BufferLimitError } from '../gpu/errors';
import { MemorySurvey } from '../gpu/memory-survey';
import { reserveTogether } from '../gpu/plans-together';
import { ScratchPool } from '../gpu/scratch-pool';
import { type DeviceFacts, largestBlock } from '../gpu/tensor-host';
import type { GeneratorConfig } from '../models/config';
import { Generator } from '../models/generator';
import type { RenderSettings } from './render-settings';
import { wireFace, wireViews } from './renderer-wiring';

export interface MemoryEstimate {
  /** Weights as their kernels want them, with what is derived from them. */
  readonly weightsBytes: number;
  /** Planes, pictures and scratch memory of a `VolumetricRenderer`. */
  readonly planBytes: number;
  /** Size of the largest single tensor, and what it is. */
  readonly largestBinding: number;
  readonly largestLabel: string;
  /** Whether the device can bind the largest tensor. Whether it has the memory in all, no WebGPU device tells beforehand. */
  readonly fits: boolean;
  /** Why it does not fit, with what to do about it; undefined if it does. */
  readonly problem: BufferLimitError | undefined;
}

/**
 * The memory of a `VolumetricRenderer` for this model, within a few percent: uniform buffers and the presenter's are left out, and noise is
 * taken to be used wherever a layer could.
 * @param device an open `Gpu`, or the limits of another
 * @throws ShapeError, RenderingOptionError for a configuration or settings that no device could run
 */
export function estimateMemory(config: GeneratorConfig, settings: RenderSettings, device: DeviceFacts): MemoryEstimate {
  const survey = new MemorySurvey(device);
  const generator = Generator.withoutFile(survey, config);
  const pool = new ScratchPool(survey);
  const face = wireFace(generator, pool);
  const views = wireViews(generator, pool, face.triPlanes, settings);
  reserveTogether([...Object.values(face.builders), ...Object.values(views.builders)]);
  const { bytes: largestBinding, label: largestLabel } = survey.largest;
  const limit = largestBlock(device.limits);
  const fits = largestBinding <= limit;
  return {
    weightsBytes: generator.weightBytes,
    planBytes: survey.bytesInUse - generator.weightBytes,
    largestBinding,
    largestLabel,
    fits,
    problem: fits ? undefined : new BufferLimitError(largestLabel, largestBinding, limit),
  };
}
