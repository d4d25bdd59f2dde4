/**
 * Where tensors lie that share memory: which buffer, and at what place of it. Two ways, both "greedy by size" (Pisarchyk and Lee, "Efficient Memory
 * Management for Deep Neural Net Inference", 2020): in turns, each with a buffer to itself while it lives; or side by side, where several live in
 * one buffer at once.
 */

/** A tensor's size, and the dispatches of its plan between which its values matter, both included. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** Where each tensor lies, and the sizes of all buffers, those that were there already first. */
export interface Packing {
  readonly places: readonly { readonly buffer: number; readonly offset: number }[];
  readonly sizes: readonly number[];
}

/**
 * A buffer for every tensor, in turns: the largest tensors first, each into the smallest buffer that is large enough and free all its life, or into a
 * new one.
 * @param existing sizes of buffers that are there already
 */
export function takeTurns(tensors: readonly Lifetime[], existing: readonly number[] = []): Packing {
  const sizes = [...existing];
  const tenants: Lifetime[][] = sizes.map(() => []);
  const bufferOf = new Array<number>(tensors.length).fill(-1);
  const largestFirst = tensors.map((_, index) => index).sort((a, b) => tensors[b]!.bytes - tensors[a]!.bytes);
  for (const index of largestFirst) {
    const tensor = tensors[index]!;
    let best = -1;
    sizes.forEach((size, buffer) => {
      if (size < tensor.bytes || (best >= 0 && sizes[best]! <= size)) return;
      if (!tenants[buffer]!.some((other) => liveAtOnce(other, tensor))) best = buffer;
    });
    if (best < 0) {
      best = sizes.push(tensor.bytes) - 1;
      tenants.push([]);
    }
    tenants[best]!.push(tensor);
    bufferOf[index] = best;
  }
  return { places: bufferOf.map((buffer) => ({ buffer, offset: 0 })), sizes };
}

/** Where a binding may begin on every device: WebGPU's default of `minStorageBufferOffsetAlignment`. */
const ALIGNMENT = 256;

/** Orders of the tensors: by size, and by size times a little of how long they live; each as it is, and shaken a few times. No order is the best for all plans, so all are tried. */
const WEIGHTS_OF_LIFE = [0, 0.2];
const SHAKES = 6;
/** How much larger a tensor may seem than it is. */
const SHAKE = 0.5;

/** A number from 0 to 1, scattered and the same each time: multiples of the golden section. */
function scattered(index: number): number {
  return (index * 0.6180339887) % 1;
}

/**
 * Places side by side, as few bytes as several orders of the tensors find: each goes to the tightest gap among those that live when it does, or where its
 * buffer has to grow the least, or into a new buffer.
 * @param apart for each tensor those (by index) that must lie in other buffers: WebGPU lets no dispatch read one part of a buffer and write another
 * @param mostBytes to which buffers grow, though a tensor that is larger has one
 * @param existing sizes of buffers that are there already, and stay as they are
 */
export function packSideBySide(
  tensors: readonly Lifetime[],
  apart: readonly ReadonlySet<number>[],
  mostBytes: number,
  existing: readonly number[] = [],
): Packing {
  const packings = WEIGHTS_OF_LIFE.flatMap((weight) =>
    Array.from({ length: SHAKES }, (_, shake) => {
      const value = tensors.map(({ bytes, first, last }, index) => {
        const seems = 1 + (shake > 0 ? SHAKE * scattered((index + 1) * (shake + 1) * shake) : 0);
        return bytes * (last - first + 1) ** weight * seems;
      });
      const order = tensors.map((_, index) => index).sort((a, b) => value[b]! - value[a]!);
      return packInOrder(order, { tensors, apart, mostBytes, existing });
    }),
  );
  return fewestBytes(packings);
}

/** The packing of the smallest sum of sizes; the first of them. */
export function fewestBytes(packings: readonly Packing[]): Packing {
  const bytes = packings.map(({ sizes }) => sizes.reduce((sum, size) => sum + size, 0));
  return packings[bytes.indexOf(Math.min(...bytes))]!;
}

interface Tenant extends Lifetime {
  readonly offset: number;
}

interface Arena {
  size: number;
  readonly canGrow: boolean;
  /** In the order of their offsets. */
  readonly tenants: Tenant[];
}

interface Candidate {
  readonly arena: Arena | undefined;
  readonly offset: number;
  /** Bytes that the buffer must grow. */
  readonly growth: number;
  /** Bytes that stay free beside it. */
  readonly slack: number;
}

function packInOrder(
  order: readonly number[],
  {
    tensors,
    apart,
    mostBytes,
    existing,
  }: {
    tensors: readonly Lifetime[];
    apart: readonly ReadonlySet<number>[];
    mostBytes: number;
    existing: readonly number[];
  },
): Packing {
  const arenas = existing.map((size): Arena => ({ size, canGrow: false, tenants: [] }));
  const arenaOf = new Array<Arena>(tensors.length);
  const offsets = new Array<number>(tensors.length);
  for (const index of order) {
    const { first, last } = tensors[index]!;
    const bytes = Math.ceil(tensors[index]!.bytes / ALIGNMENT) * ALIGNMENT;
    const tensor: Lifetime = { bytes, first, last };
    let best: Candidate = { arena: undefined, offset: 0, growth: bytes, slack: 0 };
    const elsewhere = new Set([...apart[index]!].map((other) => arenaOf[other]));
    for (const arena of arenas) {
      if (elsewhere.has(arena)) continue;
      const candidate = placeIn(arena, tensor, mostBytes);
      if (candidate && isBetter(candidate, best)) best = candidate;
    }
    const arena: Arena = best.arena ?? { size: 0, canGrow: true, tenants: [] };
    if (!best.arena) arenas.push(arena);
    const after = arena.tenants.findIndex(({ offset }) => offset > best.offset);
    arena.tenants.splice(after < 0 ? arena.tenants.length : after, 0, { ...tensor, offset: best.offset });
    arena.size = Math.max(arena.size, best.offset + bytes);
    arenaOf[index] = arena;
    offsets[index] = best.offset;
  }
  const places = arenaOf.map((arena, index) => ({ buffer: arenas.indexOf(arena), offset: offsets[index]! }));
  return { places, sizes: arenas.map(({ size }) => size) };
}

/** The tightest gap between the tenants that live when the tensor does, or the room behind them; undefined if there is none. */
function placeIn(arena: Arena, tensor: Lifetime, mostBytes: number): Candidate | undefined {
  let best: Candidate | undefined;
  let free = 0; // the first byte behind the neighbours so far
  for (const tenant of arena.tenants) {
    if (!liveAtOnce(tenant, tensor)) continue;
    const slack = tenant.offset - free - tensor.bytes;
    if (slack >= 0 && (!best || slack < best.slack)) best = { arena, offset: free, growth: 0, slack };
    free = Math.max(free, tenant.offset + tenant.bytes);
  }
  const end = free + tensor.bytes;
  const growth = Math.max(0, end - arena.size);
  if (growth > 0 && !(arena.canGrow && end <= mostBytes)) return best;
  const behind = { arena, offset: free, growth, slack: Math.max(0, arena.size - end) };
  return !best || isBetter(behind, best) ? behind : best;
}

function isBetter(a: Candidate, b: Candidate): boolean {
  return a.growth < b.growth || (a.growth === b.growth && b.arena !== undefined && a.slack < b.slack);
}

function liveAtOnce(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}
