/**
 * The face on screen as ws, which both renderers read. The mapping network runs once for each source of a face, and its w come back to the
 * processor: there they are truncated, mixed and moved along directions (models/faces/composition.ts), which costs a slider nothing but
 * one upload. It owns the pool of scratch memory that all plans of one picture take turns in.
 */
import type { CameraLabel } from '../camera/conventions';
import type { Plan } from '../gpu/plan';
import { buildTogether } from '../gpu/plans-together';
import { Recorder } from '../gpu/recorder';
import { ScratchPool } from '../gpu/scratch-pool';
import { readTensor, type Tensor, writeTensor } from '../gpu/tensor';
import { type ComposedFace, type LatentSpace, truncated } from '../models/faces/composition';
import type { Generator } from '../models/generator';
import { type WiredLatents, wireLatents } from './wiring';

/** What the mapping network takes. */
export interface LatentCode {
  /** [z_dim], standard normal. */
  readonly z: Float32Array;
  /** The label that conditions the mapping. Default: the model's own frontal camera. Ignored by models that zero it. */
  readonly conditioning?: CameraLabel;
}

/** A face by its latent code. */
export interface FaceCode extends LatentCode {
  /** Truncation: 1 leaves w as it is, 0 gives the average face. */
  readonly psi: number;
  /** Number of leading layers that psi acts on. Default: all. */
  readonly psiCutoff?: number;
}

export class FaceLatents {
  #version = 0;

  private constructor(
    readonly generator: Generator,
    readonly pool: ScratchPool,
    private readonly wired: WiredLatents,
    private readonly plan: Plan,
    /** What compositions need to know of the model; its directions are not known here. */
    readonly space: LatentSpace,
  ) {}

  /** @throws BufferLimitError, KernelCompileError, MissingTensorError and the like; nothing stays allocated then */
  static async create(generator: Generator): Promise<FaceLatents> {
    const pool = new ScratchPool(generator.host);
    const wired = wireLatents(generator, pool);
    const { mapping } = await buildTogether(wired.builders);
    const [, numWs, wDim] = wired.ws.shape;
    const average = generator.parameters('backbone.mapping.').floats('w_avg', [wDim!]);
    return new FaceLatents(generator, pool, wired, mapping, { numWs: numWs!, wDim: wDim!, average });
  }

  /** [1, num_ws, w_dim] */
  get ws(): Tensor {
    return this.wired.ws;
  }

  /** The w of the super-resolution, [1, w_dim]: the last of ws, unless a mix says otherwise. */
  get superResolutionW(): Tensor {
    return this.wired.superResolutionW;
  }

  /** Another number for every other face. */
  get version(): number {
    return this.#version;
  }

  /**
   * Runs the mapping network.
   * @param recorder for example one that times its stages
   * @returns w without truncation, [w_dim]
   */
  async map({ z, conditioning }: LatentCode, recorder = new Recorder(this.generator.host)): Promise<Float32Array> {
    const { mapping } = this.wired;
    mapping.write({ z, psi: 1, ...(conditioning && { conditioning }) });
    recorder.run(this.plan);
    recorder.submit();
    const ws = await readTensor(this.generator.host, mapping.ws);
    return ws.slice(0, this.space.wDim); // every layer has the same w
  }

  /** Takes another face by its code. */
  async setFace({ psi, psiCutoff, ...code }: FaceCode): Promise<void> {
    this.setWs(truncated(await this.map(code), this.space, psi, psiCutoff));
  }

  /**
   * Takes another face by its ws.
   * @param ws [num_ws * w_dim]
   * @param superResolutionW [w_dim]. Default: the last of ws
   */
  setWs(ws: Float32Array, superResolutionW: Float32Array = ws.slice(-this.space.wDim)): void {
    const { host } = this.generator;
    writeTensor(host, this.ws, ws);
    writeTensor(host, this.superResolutionW, superResolutionW);
    this.#version++;
  }

  /** Takes another face as `composeFace` makes it. */
  setComposed({ ws, superResolutionW }: ComposedFace): void {
    this.setWs(ws, superResolutionW);
  }

  /** Frees everything but the generator's weights. Renderers of these latents go first. */
  destroy(): void {
    this.plan.destroy();
  }
}
