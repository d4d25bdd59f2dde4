/** A scene out of its file, on the stage: nothing is learnt of it any more, but it can be looked at, and made a mesh or a video. */
import { homeOf, type OrbitHome } from '../../camera/orbit';
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import type { LearntPicture, RunPlan } from '../../training/loops/learner';
import type { TrainingRunState } from '../../training/loops/run-state';
import type { RunDescription } from '../../training/loops/run-store';
import { SlicedRunner } from '../../training/loops/sliced-runner';
import { type OpenScene, openScene, type SceneFacts, sceneFacts } from '../../training/scene/scene-file';
import { SceneRenderer } from '../../training/scene/scene-renderer';
import type { MadeFile } from '../export/exports';
import type { DeviceShare } from '../model/shared-device';
import { describeFailure } from '../shared/failure';
import type { LearnAccess } from './learn-access';
import type { TakeAwayKind } from './learn-state';
import type { LearnStore } from './learn-store';
import { turnsOf } from './learn-turns';
import { LiveView } from './live-view';
import { sceneMesh, sceneVideo } from './scene-take-aways';
import { StagePictures } from './stage-pictures';

interface OnDevice {
  readonly gpu: Gpu;
  readonly scene: OpenScene;
  readonly renderer: SceneRenderer;
  readonly run: RunPlan;
}

export class SceneSession {
  readonly #live: LiveView;
  readonly #pictures: StagePictures;
  /** Pictures are made one at a time. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly learn: LearnStore,
    readonly description: RunDescription,
    private readonly home: OrbitHome,
    private readonly share: DeviceShare,
    private readonly device: OnDevice,
    facts: SceneFacts,
  ) {
    this.#pictures = new StagePictures(device.renderer, facts.firstView);
    const state = stateOf(description, device.gpu.memory.bytesInUse);
    learn.update({
      run: {
        description,
        isFile: true,
        preparing: undefined,
        figureKinds: [],
        takeAways: ['mesh', 'video'],
        state,
        failure: undefined,
      },
    });
    this.#live = new LiveView(
      learn.store,
      { state, render: (camera) => this.#render(camera) },
      home,
      this.#pictures.finer,
    );
    device.gpu.lost.then(({ message }) => this.#lost(message));
  }

  /** @throws SceneFileError, CheckpointTensorError, BufferLimitError and the like */
  static async open(learn: LearnStore, access: LearnAccess, name: string, file: Checkpoint): Promise<SceneSession> {
    const facts = sceneFacts(file);
    const share = access.takeDevice();
    let scene: OpenScene | undefined;
    try {
      const gpu = (await share.gpu).forModel('f32');
      const run = SlicedRunner.on(gpu, { between: turnsOf(access) }).runPlan();
      scene = openScene(gpu, facts.settings, file);
      const renderer = await SceneRenderer.build(gpu, scene, facts.settings);
      const { step = 0 } = JSON.parse(file.metadata.training ?? '{}') as { step?: number };
      const device = { gpu, scene, renderer, run };
      return new SceneSession(learn, descriptionOf(name, facts, step), homeFor(facts), share, device, facts);
    } catch (error) {
      scene?.destroy();
      share.giveBack();
      throw error;
    }
  }

  takeAway(
    what: TakeAwayKind,
    { signal, onProgress }: { readonly signal: AbortSignal; readonly onProgress: (share: number) => void },
  ): Promise<MadeFile> {
    const { run } = this.device;
    const pose = this.learn.store.state.live?.view ?? this.home;
    const context = { signal, onProgress, render: (camera: Float32Array) => this.#render(camera), pose, run };
    return what === 'mesh'
      ? sceneMesh(this.device, context)
      : this.#pictures.inFull(() => sceneVideo(this.device, context));
  }

  async close(): Promise<void> {
    this.#live.close();
    await this.#last.catch(() => {});
    this.device.renderer.destroy();
    this.device.scene.destroy();
    this.share.giveBack();
  }

  /** The file is read again by whoever wants to go on looking at it. */
  #lost(message: string): void {
    const { run } = this.learn.state;
    if (run?.description === this.description) {
      this.learn.update({ run: { ...run, failure: describeFailure(new DeviceLostError(message)) } });
    }
  }

  #render(camera: Float32Array): Promise<LearntPicture> {
    const picture = this.#last.catch(() => {}).then(() => this.#pictures.render(camera, this.device.run));
    this.#last = picture;
    return picture;
  }
}

/** Where the picture was taken that its file begins with. */
function homeFor({ firstView: { camToWorld, intrinsics } }: SceneFacts): OrbitHome {
  const [x, y, z] = [camToWorld[3]!, camToWorld[7]!, camToWorld[11]!];
  const home = homeOf({ radius: Math.hypot(x, y, z), focal: intrinsics[0]! });
  return { ...home, yaw: Math.atan2(x, z), pitch: Math.atan2(y, Math.hypot(x, z)) };
}

function descriptionOf(name: string, { settings }: SceneFacts, step: number): RunDescription {
  const data = { name, fingerprint: '' };
  const { seed, field } = settings;
  return { id: `file ${name}`, kind: 'scene', preset: field.kind, settings: {}, data, seed, goal: step, created: '' };
}

/** As of a run that is done. */
function stateOf({ seed, goal }: RunDescription, memoryBytes: number): TrainingRunState {
  return {
    status: 'done',
    activity: undefined,
    position: { seed, step: goal, images: goal },
    goal,
    settings: { rateFactor: 1, checkpointEvery: 1, measureEvery: 0, samplesEvery: 0, isLive: true },
    figures: {},
    curves: {},
    samples: undefined,
    imagesPerSecond: undefined,
    secondsPerStep: undefined,
    secondsLeft: undefined,
    seconds: 0,
    memoryBytes,
    longestSubmission: 0,
    lastCheckpoint: undefined,
    notices: [],
    error: undefined,
  };
}
