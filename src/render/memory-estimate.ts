/**
 * How much device memory a model will take, before a byte of it is uploaded: its networks are wired against a survey that only counts, with
 * the same functions that wire them for a device. It takes milliseconds.
 */
import { BufferLimitError } from '../gpu/errors';
import { MemorySurvey } from '../gpu/memory-survey';
import type { PlanBuilder } from '../gpu/plan';
import { reserveTogether } from '../gpu/plans-together';
import { ScratchPool } from '../gpu/scratch-pool';
import { type DeviceFacts, largestBlock } from '../gpu/tensor-host';
import type { GeneratorConfig } from '../models/config';
import { Generator } from '../models/generator';
import { Student } from '../models/student';
import type { StudentConfig } from '../models/student-config';
import { wireSurvey } from './opening-survey';
import type { RenderSettings } from './render-settings';
import { wireLatents, wireStudent } from './renderer-wiring';

export interface MemoryEstimate {
  /** Weights as their kernels want them, with what is derived from them. */
  readonly weightsBytes: number;
  /** Planes, pictures and scratch memory of the renderer. */
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
 * The memory of a `VolumetricRenderer` with its latents, within a few percent: uniform buffers, the presenter's, and the small feature images of
 * quicker levels are left out, and noise is taken to be used wherever a layer could.
 * @param device an open `Gpu`, or the limits of another
 * @param batch faces rendered at once, each from a camera of its own. Default: 1
 * @throws ShapeError, RenderingOptionError for a configuration or settings that no device could run
 */
export function estimateMemory(
  config: GeneratorConfig,
  settings: RenderSettings,
  device: DeviceFacts,
  batch = 1,
): MemoryEstimate {
  const sketch = batch === 1 && settings.quality === 'fast';
  const { survey, generator, builders } = wireSurvey(config, settings, device, { sketch, batch });
  reserveTogether(builders);
  return estimateOf(survey, generator.weightBytes);
}

/**
 * The memory of a `ConvolutionalRenderer` with its latents: of the generator, only the mapping network is needed.
 * @param batch faces rendered at once. Default: 1
 */
export function estimateStudentMemory(
  config: GeneratorConfig,
  studentConfig: StudentConfig,
  device: DeviceFacts,
  batch = 1,
): MemoryEstimate {
  const survey = new MemorySurvey(device);
  const generator = Generator.withoutFile(survey, config);
  const student = Student.withoutFile(survey, studentConfig);
  const pool = new ScratchPool(survey);
  const latents = wireLatents(generator, pool, batch);
  const wired = wireStudent(student, pool, latents);
  reserveTogether([latents, wired].flatMap(({ builders }) => Object.values<PlanBuilder>(builders)));
  return estimateOf(survey, generator.weightBytes + student.weightBytes);
}

function estimateOf(survey: MemorySurvey, weightsBytes: number): MemoryEstimate {
  const { bytes: largestBinding, label: largestLabel } = survey.largest;
  const limit = largestBlock(survey.limits);
  const fits = largestBinding <= limit;
  return {
    weightsBytes,
    planBytes: survey.bytesInUse - weightsBytes,
    largestBinding,
    largestLabel,
    fits,
    problem: fits ? undefined : new BufferLimitError(largestLabel, largestBinding, limit),
  };
}
