/**
 * Bounds on what one pickle may ask for. An official file of three networks takes some 70,000 instructions, 15,000 memo entries, a stack of
 * 1,100 values and nests 40 deep; the bounds leave room for any real model and keep a hostile file within a second and 100 MB.
 */
export const LIMITS = {
  instructions: 2_000_000,
  /** Values on the stack at once. */
  stack: 100_000,
  /** Open marks. */
  nesting: 10_000,
  memo: 400_000,
  /** Containers and records that one pickle may make. */
  objects: 200_000,
  /** Longer texts stay where they are in the file, unread: source code, and byte arrays that old protocols write as text. */
  textBytes: 4096,
  /** Bytes of all texts that are decoded, together. */
  totalTextBytes: 16_000_000,
  /** Byte arrays up to this length are copied out at once: numpy's scalars and small arrays. */
  inlineBytes: 1024,
  /** Bytes of a whole number. */
  integerBytes: 256,
  /** Characters of a number that is written as text (protocol 0). */
  numberLine: 1024,
} as const;
