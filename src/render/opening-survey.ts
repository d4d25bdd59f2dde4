/**
 * What the first picture of a model will be made of, known from its configuration alone: the networks are wired against a survey, which has
 * neither device nor weights. So a device can compile kernels while the weights are on their way.
 */
import type { Gpu } from '../gpu/device';
import { MemorySurvey } from '../gpu/memory-survey';
import type { PlanBuilder } from '../gpu/plan';
import { ScratchPool } from '../gpu/scratch-pool';
import type { DeviceFacts } from '../gpu/tensor-host';
import type { GeneratorConfig } from '../models/config';
import { Generator } from '../models/generator';
import { readGeneratorConfig, type TensorDirectory } from '../models/generator-config';
import type { RenderSettings } from './render-settings';
import { wireLatents, wirePlanes, wireView } from './renderer-wiring';

export interface WiredSurvey {
  readonly survey: MemorySurvey;
  readonly generator: Generator<MemorySurvey>;
  /** In the order in which a frame runs them. */
  readonly builders: readonly PlanBuilder[];
}

/**
 * Wires a `VolumetricRenderer` with its latents against a survey.
 * @param sketch whether the planes come with what `fast` rendering reads
 * @param batch faces rendered at once, each from a camera of its own
 * @param head of the model's file, where it is known: what is stored as halves there has kernels of its own
 * @throws ShapeError, RenderingOptionError for a configuration or settings that no device could run
 */
export function wireSurvey(
  config: GeneratorConfig,
  settings: RenderSettings,
  device: DeviceFacts,
  { sketch, batch, head }: { readonly sketch: boolean; readonly batch: number; readonly head?: TensorDirectory },
): WiredSurvey {
  const survey = new MemorySurvey(device);
  const generator = Generator.withoutFile(survey, config, head);
  const pool = new ScratchPool(survey);
  const latents = wireLatents(generator, pool, batch);
  const planes = wirePlanes(generator, pool, latents, sketch);
  const view = wireView(generator, pool, planes.triPlanes, settings);
  const builders = [latents, planes, view].flatMap((wired) => Object.values<PlanBuilder>(wired.builders));
  return { survey, generator, builders };
}

/**
 * Begins to compile what a renderer for viewing will want, in the order in which the first picture needs it, and waits for nothing. Where the
 * guess is wrong nothing is lost but some time of the compiler; errors are left to those who build the plans.
 *
 * Software adapters alone: they take seconds to compile, and which convolutions a graphics card gets is known when it has been measured.
 */
export function compileAhead(gpu: Gpu, head: TensorDirectory, settings: RenderSettings): void {
  if (!gpu.adapter.isSoftware) return;
  try {
    const { builders } = wireSurvey(readGeneratorConfig(head), settings, gpu, { sketch: true, batch: 1, head });
    for (const builder of builders) builder.compile(gpu).catch(() => {});
  } catch {
    // A configuration that cannot be run is found out, and told, when it is wired for the device.
  }
}
