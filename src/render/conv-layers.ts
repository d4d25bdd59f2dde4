/**
 * Which kinds of 3x3 convolutions a model has, for the autotune: its networks are wired against a survey that computes and uploads nothing, and
 * whose list of choices only notes what it is asked for. It takes milliseconds.
 */
import type { Checkpoint } from '../checkpoints/checkpoint';
import { MemorySurvey } from '../gpu/memory-survey';
import { ScratchPool } from '../gpu/scratch-pool';
import type { DeviceFacts, TensorHost } from '../gpu/tensor-host';
import type { GeneratorConfig } from '../models/config';
import { Generator } from '../models/generator';
import { Student } from '../models/student';
import type { RenderSettings } from './render-settings';
import { wireLatents, wirePlanes, wireStudent, wireView } from './renderer-wiring';

/** Has no entries, and remembers which were wanted. */
class WantedKeys extends Map<string, string> {
  readonly wanted = new Set<string>();

  override get(key: string): undefined {
    this.wanted.add(key);
  }
}

/**
 * Of backbone and super-resolution, as `convChoiceKey` (pipelines/convolution/conv-tuning.ts) names them.
 * @throws ModelConfigError, CheckpointError, ShapeError, as wiring the model for a device would
 */
export function generatorConvLayers(checkpoint: Checkpoint, settings: RenderSettings, device: DeviceFacts): string[] {
  return layersWanted(device, (survey) => {
    const generator = Generator.create(survey, checkpoint);
    const pool = new ScratchPool(survey);
    const planes = wirePlanes(generator, pool, wireLatents(generator, pool), false);
    wireView(generator, pool, planes.triPlanes, settings);
  });
}

/** Of a student's networks and the super-resolution behind it. @param config of its generator @throws as {@link generatorConvLayers} */
export function studentConvLayers(config: GeneratorConfig, checkpoint: Checkpoint, device: DeviceFacts): string[] {
  return layersWanted(device, (survey) => {
    const pool = new ScratchPool(survey);
    const latents = wireLatents(Generator.withoutFile(survey, config), pool);
    wireStudent(Student.create(survey, checkpoint), pool, latents);
  });
}

function layersWanted(device: DeviceFacts, wire: (survey: TensorHost) => void): string[] {
  const { adapter, limits, features, convolutionFormat } = device;
  const convChoices = new WantedKeys();
  wire(new MemorySurvey({ adapter, limits, features, convolutionFormat, convChoices }));
  return [...convChoices.wanted];
}
