/**
 * A model on the device: the weights of its generator and of its students, and the kernels that suit this device. What is drawn with it is the
 * viewer's (view/viewer.ts).
 */
import type { Checkpoint } from '../../checkpoints/checkpoint';
import type { Gpu } from '../../gpu/device';
import type { GeneratorConfig } from '../../models/config';
import { Generator } from '../../models/generator';
import { Student } from '../../models/student';
import { tuneForModel } from '../../pipelines/convolution/conv-laboratory';
import { type LatentRows, LatentSampler } from '../../render/latent-samples';
import type { RenderSettings } from '../../render/quality';
import { generatorConvLayers, studentConvLayers } from '../../render/wiring';
import { browserStore } from '../shared/browser-store';

/** What the autotune of convolutions has measured on this machine. */
const CONV_MEASUREMENTS = browserStore('trifold-convolutions');

export class DeviceModel {
  private constructor(
    readonly gpu: Gpu,
    readonly generator: Generator,
  ) {}

  /**
   * @param gpu the model's own: `Gpu.forModel`
   * @param settings that it is shown with at first
   * @throws GpuError, CheckpointError; nothing stays on the device then
   */
  static async open(gpu: Gpu, checkpoint: Checkpoint, settings: RenderSettings): Promise<DeviceModel> {
    const generator = Generator.create(gpu, checkpoint);
    try {
      await tuneForModel(gpu, () => generatorConvLayers(checkpoint, settings, gpu), CONV_MEASUREMENTS);
    } catch (error) {
      generator.destroy();
      throw error;
    }
    return new DeviceModel(gpu, generator);
  }

  get config(): GeneratorConfig {
    return this.generator.config;
  }

  /** Puts a student on the device; whoever asks for it frees it. @throws ModelConfigError, GpuError, CheckpointError; nothing stays then */
  async openStudent(checkpoint: Checkpoint): Promise<Student> {
    const student = Student.create(this.gpu, checkpoint);
    try {
      await tuneForModel(this.gpu, () => studentConvLayers(this.config, checkpoint, this.gpu), CONV_MEASUREMENTS);
    } catch (error) {
      student.destroy();
      throw error;
    }
    return student;
  }

  /** Draws samples of w, for finding directions. */
  sampleLatents(samples: number): Promise<LatentRows> {
    return LatentSampler.create(this.generator, { samples });
  }

  /** Frees the weights: what was wired from them goes before. */
  close(): void {
    this.generator.destroy();
  }
}
