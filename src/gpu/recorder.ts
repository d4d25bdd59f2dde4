/**
 * The recorder: one command buffer for one frame. Every plan becomes one compute pass (or several, if it has fills and copies), and is timed as one
 * stage.
 */
import type { Gpu } from './device';
import type { Plan, PlanPart } from './plan';
import type { StageTimer } from './timing';

export class Recorder {
  readonly encoder: GPUCommandEncoder;

  /** @param timer where to note the begin and end of every stage, if anybody wants to know */
  constructor(
    readonly gpu: Gpu,
    private readonly timer?: StageTimer,
  ) {
    this.encoder = gpu.device.createCommandEncoder({ label: 'frame' });
    timer?.begin();
  }

  /** Appends a plan, or a part of it (see `Plan.encode`). */
  run(plan: Plan, part?: PlanPart): void {
    plan.encode(this.encoder, { part, timestamps: this.timer?.writesFor(plan.stage) });
  }

  /** Appends a plan several times, timed together. */
  repeat(plan: Plan, times: number): void {
    plan.encode(this.encoder, { times, timestamps: this.timer?.writesFor(plan.stage) });
  }

  /** Appends a render pass over a cleared texture, timed and counted as `stage`. */
  draw(stage: string, view: GPUTextureView, clearValue: GPUColor, encode: (pass: GPURenderPassEncoder) => void): void {
    const timestampWrites = this.timer?.writesFor(stage);
    const pass = this.encoder.beginRenderPass({
      label: stage,
      colorAttachments: [{ view, clearValue, loadOp: 'clear', storeOp: 'store' }],
      ...(timestampWrites && { timestampWrites }),
    });
    encode(pass);
    pass.end();
    this.gpu.countDispatches(stage, 1);
  }

  /** Hands the command buffer to the device. The recorder is used up. */
  submit(): void {
    this.timer?.resolve(this.encoder);
    this.gpu.device.queue.submit([this.encoder.finish()]);
    this.gpu.statistics.submits += 1;
    this.timer?.collect();
  }
}
