/**
 * A scene in a file: safetensors with the tensors of its field as they are learnt, "occupancy" [G, G, G] (z, y, x), and in the metadata
 *
 *   format   "trifold-scene"
 *   scene    JSON: the settings with which it was learnt, how the world of the data comes into the box (`SceneNormalisation`), the side of the box, and
 *            the camera and size of one of its pictures, to begin with
 *   training JSON: the step that it was taken from
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import { floatsOfShape, type WritableTensor, writeSafetensors } from '../../checkpoints/safetensors';
import { TrifoldError } from '../../errors';
import { destroyTensor, type Tensor, uploadTensor } from '../../gpu/tensor';
import type { TensorHost } from '../../gpu/tensor-host';
import { type Parameter, ParameterStore } from '../../models/parameters';
import type { SceneNormalisation } from '../data/scene-normalisation';
import { BOX_SIDE } from './scene-field';
import type { SceneTensors } from './scene-plans';
import { checkSceneSettings, fieldOf, type SceneSettings } from './scene-settings';

export const SCENE_FORMAT = 'trifold-scene';

const OCCUPANCY = 'occupancy';

/** What a scene's file says beside its tensors. */
export interface SceneFacts {
  readonly settings: SceneSettings;
  readonly normalisation: SceneNormalisation;
  readonly boxSide: number;
  /** In the box. */
  readonly firstView: {
    readonly width: number;
    readonly height: number;
    readonly camToWorld: readonly number[];
    readonly intrinsics: readonly number[];
  };
}

/** A file that is no scene, or of another version. */
export class SceneFileError extends TrifoldError {
  override readonly code = 'scene-file';

  constructor(
    problem: string,
    readonly value: unknown,
  ) {
    super(`This file is no scene: ${problem}.`, 'Open one that "Fit a scene" has written.');
  }
}

function isSceneFile({ metadata }: Pick<Checkpoint, 'metadata'>): boolean {
  return metadata.format === SCENE_FORMAT;
}

/** @throws SceneFileError, SceneSettingError */
export function sceneFacts(checkpoint: Checkpoint): SceneFacts {
  if (!isSceneFile(checkpoint)) throw new SceneFileError('its format is another', checkpoint.metadata.format);
  const text = checkpoint.metadata.scene ?? '';
  let facts: Partial<SceneFacts>;
  try {
    facts = Object(JSON.parse(text)) as Partial<SceneFacts>;
  } catch {
    throw new SceneFileError('what it says of itself is not JSON', text.slice(0, 80));
  }
  const { settings, normalisation, boxSide, firstView } = facts;
  if (!settings?.field || !settings.occupancy || !normalisation || !firstView) {
    throw new SceneFileError('settings, normalisation or first view are missing', text.slice(0, 80));
  }
  if (boxSide !== BOX_SIDE) throw new SceneFileError(`its box has side ${boxSide}, not ${BOX_SIDE}`, boxSide);
  checkSceneSettings(settings);
  return { settings, normalisation, boxSide, firstView };
}

/** @param values of the parameters and the occupancy grid, read back */
export function writeScene(
  facts: SceneFacts,
  parameters: readonly WritableTensor[],
  occupancy: Float32Array,
  step: number,
): Uint8Array<ArrayBuffer> {
  const { side } = facts.settings.occupancy;
  return writeSafetensors([...parameters, { name: OCCUPANCY, shape: [side, side, side], data: occupancy }], {
    format: SCENE_FORMAT,
    scene: JSON.stringify(facts),
    training: JSON.stringify({ step }),
  });
}

/** A scene on a device, with parameters that can learn. */
export interface OpenScene extends SceneTensors {
  readonly trainable: readonly Parameter[];
  destroy(): void;
}

/**
 * @param checkpoint of the field's tensors; with an occupancy grid where there is one. Without, only sizes are of interest
 * @throws MissingTensorError, CheckpointTensorError, BufferLimitError
 */
export function openScene(host: TensorHost, settings: SceneSettings, checkpoint?: Checkpoint): OpenScene {
  const store = new ParameterStore(host, checkpoint, { isTrainable: () => true });
  for (const { name, shape } of fieldOf(settings.field).tensors) store.parameter(name, shape);
  const { side, first } = settings.occupancy;
  const occupancy: Tensor = uploadTensor(host, OCCUPANCY, [side ** 3], () =>
    checkpoint?.has(OCCUPANCY)
      ? floatsOfShape(checkpoint, OCCUPANCY, [side, side, side])
      : new Float32Array(side ** 3).fill(first),
  );
  return {
    parameters: store,
    trainable: store.trainable,
    occupancy,
    destroy() {
      store.destroy();
      destroyTensor(host, occupancy);
    },
  };
}
