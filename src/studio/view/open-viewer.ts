/** The way from a model's file to its viewer: weights, wiring and kernels, all that there must be before the first frame. */
import { labelOf, type OrbitState } from '../../camera/orbit';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import { withinMemory } from '../../gpu/memory-guard';
import { Recorder } from '../../gpu/recorder';
import { StageTimer } from '../../gpu/timing';
import type { FaceRecipe } from '../../models/faces/recipe';
import type { CanvasOutput } from '../../render/canvas-output';
import { FaceComposer } from '../../render/face-composer';
import { FaceLatents } from '../../render/face-latents';
import type { RenderSettings } from '../../render/quality';
import { VolumetricRenderer } from '../../render/volumetric-renderer';
import { DeviceModel } from '../model/device-model';
import { FaceOnDevice } from './face-on-device';
import { Viewer, type WiredModel } from './viewer';

export interface OpeningRequest {
  /** The model's own: `Gpu.forModel`. */
  readonly gpu: Gpu;
  readonly checkpoint: Checkpoint;
  readonly settings: RenderSettings;
  /** The face and the view of the first frame: its planes are made while kernels of later stages are still being compiled. */
  readonly first: { readonly face: FaceRecipe; readonly view: OrbitState };
  /** Asked for the canvas at the first frame that is drawn: until then another viewer may have its picture there. */
  readonly output: () => Promise<CanvasOutput>;
  /** Told how much of the planes is made, 0..1. */
  readonly onPlanes: (share: number) => void;
  /** Called when new stage times have arrived. */
  readonly onTimes: () => void;
}

/** @throws GpuError, CheckpointError; nothing stays on the device then, and what is there already is as it was */
export function openViewer(request: OpeningRequest): Promise<Viewer> {
  const { gpu, checkpoint, settings, output } = request;
  const open = async () => {
    const model = await DeviceModel.open(gpu, checkpoint, settings);
    try {
      return new Viewer(await wireModel(model, request), output);
    } catch (error) {
      model.close();
      throw error;
    }
  };
  return withinMemory(gpu, 'the model', open, (viewer) => viewer.close());
}

/** @throws GpuError, CheckpointError; nothing but the model stays on the device then */
async function wireModel(
  model: DeviceModel,
  { gpu, settings, first, onPlanes, onTimes }: OpeningRequest,
): Promise<WiredModel> {
  const latents = await FaceLatents.create(model.generator);
  const timer = StageTimer.create(gpu, onTimes);
  const face = new FaceOnDevice(new FaceComposer(latents, () => new Recorder(gpu, timer)));
  // What goes wrong here (the device may be lost already) goes wrong in the first frame again, and is told there.
  const composed = face.set(first.face, labelOf(first.view)).catch(() => {});
  try {
    const volumetric = await VolumetricRenderer.create(latents, settings, {
      forViewing: true,
      ladderLater: true,
      onPlanes: async (planes) => {
        await composed;
        if (face.has(first.face)) await planes.make(gpu, timer, onPlanes).catch(() => {});
      },
    });
    return { model, latents, volumetric, face, timer };
  } catch (error) {
    await composed;
    timer?.destroy();
    latents.destroy();
    throw error;
  }
}
