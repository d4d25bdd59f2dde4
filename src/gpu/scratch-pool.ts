/**
 * Memory for what a plan computes on its way. A tensor of which the last reader has run leaves its memory to the next one, as a compiler
 * lets variables share registers; plans that run one after the other share the same memory too. WebGPU forbids a dispatch to read one part of a
 * buffer and to write another: so tensors take whole buffers in turns, which is enough for a frame; or, in a plan that knows which of them meet in a
 * dispatch, they lie side by side where that takes less.
 */
import { fewestBytes, type Lifetime, packSideBySide, takeTurns } from './scratch-packing';
import { largestBlock, type MemoryBlock, type TensorHost, type TextureExtents } from './tensor-host';
import { createTexture, type Texture } from './texture';

/** A tensor that wants memory of a pool. */
export interface ScratchTensor extends Lifetime {
  readonly label: string;
}

/** Part of a block. */
export interface ScratchPlace {
  readonly block: MemoryBlock;
  /** Bytes from its beginning. */
  readonly offset: number;
}

/** How a plan wants its memory. */
export interface ScratchWishes {
  /** Textures that the plan has taken: they are given back with the claim. */
  readonly textures?: readonly Texture[];
  /** For each tensor those, by index, that must lie in other buffers, if tensors may lie side by side. Default: they take turns. */
  readonly apart?: readonly ReadonlySet<number>[] | undefined;
}

/** What buffers in which tensors lie side by side grow to: what every device can bind, and small enough for one to find room. */
const MOST_SHARED_BYTES = 128 * 2 ** 20;

/** What a plan holds of a pool. */
export interface ScratchClaim {
  /** The memory of each tensor, in the order in which they were handed over. */
  readonly places: readonly ScratchPlace[];
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
   * @throws BufferLimitError naming the largest that would share; nothing is claimed then
   */
  claim(tensors: readonly ScratchTensor[], { textures = [], apart }: ScratchWishes = {}): ScratchClaim {
    const pool = [...this.#users.keys()];
    const existing = pool.map(({ bytes }) => bytes);
    const mostBytes = Math.min(MOST_SHARED_BYTES, largestBlock(this.host.limits));
    const inTurns = takeTurns(tensors, existing);
    const packing = apart ? fewestBytes([inTurns, packSideBySide(tensors, apart, mostBytes, existing)]) : inTurns;
    const { places, sizes } = packing;
    const added: MemoryBlock[] = [];
    try {
      for (let buffer = pool.length; buffer < sizes.length; buffer++) {
        const size = sizes[buffer]!;
        const tenants = tensors.filter((_, index) => places[index]!.buffer === buffer);
        const largest = tenants.reduce((one, other) => (other.bytes > one.bytes ? other : one));
        added.push(this.host.allocate(largest.label, size));
      }
    } catch (error) {
      for (const block of added) this.host.release(block);
      throw error;
    }
    const all = [...pool, ...added];
    const used = new Set(places.map(({ buffer }) => all[buffer]!));
    for (const block of used) this.#users.set(block, (this.#users.get(block) ?? 0) + 1);
    return {
      places: places.map(({ buffer, offset }) => ({ block: all[buffer]!, offset })),
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
