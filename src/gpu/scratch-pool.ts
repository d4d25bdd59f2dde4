/**
 * Memory for what a plan computes on its way. A tensor of which the last reader has run leaves its memory to the next one, as a compiler
 * lets variables share registers; plans that run one after the other share the same memory too. WebGPU forbids a dispatch to read and
 * to write one buffer, so tensors share whole buffers in turn and never lie side by side in one.
 */
import type { MemoryBlock, TensorHost, TextureExtents } from './tensor-host';
import { createTexture, type Texture } from './texture';

/** A tensor's size, and the dispatches of its plan between which its values matter, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Chooses a buffer for every tensor: the largest tensors first, each into the smallest buffer that is large enough and free all its
 * life, or into a new one ("greedy by size", Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
 * @param existing sizes of buffers that are there already
 * @returns the buffer of each tensor, and the sizes of all buffers, the existing ones first
 */
export function shareBuffers(
  tensors: readonly Lifetime[],
  existing: readonly number[] = [],
): { bufferOf: number[]; sizes: number[] } {
  const sizes = [...existing];
  const tenants: Lifetime[][] = sizes.map(() => []);
  const bufferOf = new Array<number>(tensors.length).fill(-1);
  const largestFirst = tensors.map((_, index) => index).sort((a, b) => tensors[b]!.bytes - tensors[a]!.bytes);
  for (const index of largestFirst) {
    const tensor = tensors[index]!;
    let best = -1;
    sizes.forEach((size, buffer) => {
      if (size < tensor.bytes || (best >= 0 && sizes[best]! <= size)) return;
      if (!tenants[buffer]!.some((other) => other.first <= tensor.last && tensor.first <= other.last)) best = buffer;
    });
    if (best < 0) {
      best = sizes.push(tensor.bytes) - 1;
      tenants.push([]);
    }
    tenants[best]!.push(tensor);
    bufferOf[index] = best;
  }
  return { bufferOf, sizes };
}

/** A tensor that wants memory of a pool. */
export interface ScratchTensor extends Lifetime {
  readonly label: string;
}

/** What a plan holds of a pool. */
export interface ScratchClaim {
  /** The memory of each tensor, in the order in which they were handed over. */
  readonly blocks: readonly MemoryBlock[];
  /** Gives the memory back; it is freed when no other plan uses it. Call once. */
  release(): void;
}

/**
 * Scratch memory that plans share. Only plans that run one after the other, each as a whole, may share a pool: nothing in it lasts from one
 * to the next. Let the plan with the largest tensors claim first, so that the others find room in its buffers.
 */
export class ScratchPool {
  #users = new Map<MemoryBlock, number>();
  #textures = new Map<Texture, number>();

  constructor(private readonly host: TensorHost) {}

  /** Bytes of all buffers in use by any plan. */
  get bytes(): number {
    let sum = 0;
    for (const { bytes } of this.#users.keys()) sum += bytes;
    for (const { block } of this.#textures.keys()) sum += block.bytes;
    return sum;
  }

  /**
   * A texture for one purpose of at least these extents: taller than asked for if such a one is there. To be given back once for each time it
   * is taken.
   */
  takeTexture(purpose: string, extents: TextureExtents): Texture {
    const { format, width, height, layers } = extents;
    const fits = (texture: Texture) =>
      texture.label === purpose &&
      texture.format === format &&
      texture.width === width &&
      texture.layers === layers &&
      texture.height >= height;
    const texture = [...this.#textures.keys()].find(fits) ?? createTexture(this.host, purpose, extents);
    this.#textures.set(texture, (this.#textures.get(texture) ?? 0) + 1);
    return texture;
  }

  giveTextures(textures: readonly Texture[]): void {
    for (const texture of textures) {
      const users = this.#textures.get(texture)! - 1;
      this.#textures.set(texture, users);
      if (users > 0) continue;
      this.#textures.delete(texture);
      this.host.release(texture.block);
    }
  }

  /**
   * Memory for the tensors of one plan.
   * @param textures that the plan has taken: they are given back with the claim
   * @throws BufferLimitError naming the largest that would share; nothing is claimed then
   */
  claim(tensors: readonly ScratchTensor[], textures: readonly Texture[] = []): ScratchClaim {
    const pool = [...this.#users.keys()];
    const { bufferOf, sizes } = shareBuffers(
      tensors,
      pool.map(({ bytes }) => bytes),
    );
    const added: MemoryBlock[] = [];
    try {
      for (let buffer = pool.length; buffer < sizes.length; buffer++) {
        const size = sizes[buffer]!;
        const largest = tensors.find(({ bytes }, index) => bufferOf[index] === buffer && bytes === size);
        added.push(this.host.allocate(largest?.label ?? 'scratch', size));
      }
    } catch (error) {
      for (const block of added) this.host.release(block);
      throw error;
    }
    const all = [...pool, ...added];
    const blocks = bufferOf.map((buffer) => all[buffer]!);
    const used = new Set(blocks);
    for (const block of used) this.#users.set(block, (this.#users.get(block) ?? 0) + 1);
    return {
      blocks,
      release: () => {
        this.#release(used);
        this.giveTextures(textures);
      },
    };
  }

  #release(blocks: ReadonlySet<MemoryBlock>): void {
    for (const block of blocks) {
      const users = this.#users.get(block)! - 1;
      this.#users.set(block, users);
      if (users > 0) continue;
      this.#users.delete(block);
      this.host.release(block);
    }
  }
}
