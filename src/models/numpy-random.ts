/**
 * numpy's legacy random numbers, so that seed N means the same face here as in the official scripts:
 * `numpy.random.RandomState(N).randn(1, z_dim)`.
 *
 * The generator is MT19937 (Matsumoto and Nishimura 1998, "Mersenne Twister"): 624 words of state. numpy seeds it from
 * one integer by Knuth's multiplicative recurrence, makes doubles from 53 bits of two words, and makes normal numbers
 * in pairs by Marsaglia's polar method, keeping the second of a pair for the next call. numpy has promised never to
 * change this stream (NEP 19). It is random enough for faces and not at all for secrets.
 */
import { TrifoldError } from '../errors';
import { LARGEST_SEED } from '../numbers/written';

export { LARGEST_SEED };

const STATE_WORDS = 624;
const SHIFT_WORDS = 397;
const TWIST = 0x9908b0df;

/** A seed that numpy would not take either. */
export class SeedError extends TrifoldError {
  override readonly code = 'seed';

  readonly limit = LARGEST_SEED;
  constructor(readonly value: number) {
    super(`The seed is ${value}; it must be a whole number from 0 to ${LARGEST_SEED}.`, 'Choose another seed.');
  }
}

/** What numpy seeds from before it mixes a list of numbers in. */
const SEED_OF_LISTS = 19650218;

/** numpy's `RandomState(seed)`. Equal seeds give equal streams; `rand` and `randn` draw from the same one. */
export class NumpyRandomState {
  private readonly words = new Uint32Array(STATE_WORDS);
  private position = STATE_WORDS;
  private spareNormal: number | undefined;

  /**
   * @param seed whole number, 0..2^32-1, or a list of some, such as a seed and the number of a training step: each list has a stream of its own
   * @throws SeedError
   */
  constructor(seed: number | readonly [number, ...number[]]) {
    const seeds = typeof seed === 'number' ? [seed] : seed;
    for (const one of seeds) {
      if (!Number.isInteger(one) || one < 0 || one > LARGEST_SEED) throw new SeedError(one);
    }
    this.fill(typeof seed === 'number' ? seed : SEED_OF_LISTS);
    if (typeof seed !== 'number') this.mixIn(seed);
  }

  /** `count` uniform numbers in [0, 1). */
  rand(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.nextDouble());
  }

  /**
   * `count` standard normal numbers; numpy's `randn(a, b)` is `randn(a * b)` read row by row.
   * The double may differ from numpy's in its last bit, where the C library's logarithm does from the engine's.
   */
  randn(count: number): Float64Array {
    return Float64Array.from({ length: count }, () => this.nextNormal());
  }

  private fill(seed: number): void {
    this.words[0] = seed;
    for (let i = 1; i < STATE_WORDS; i++) {
      const previous = this.words[i - 1]!;
      this.words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
  }

  /** The Mersenne Twister's `init_by_array`: two rounds over all words, the first of which takes the list in. */
  private mixIn(seeds: readonly number[]): void {
    const { words } = this;
    const firstRound = Math.max(STATE_WORDS, seeds.length);
    let word = 1;
    for (let turn = 0; turn < firstRound + STATE_WORDS - 1; turn++) {
      const previous = words[word - 1]!;
      const mixed = previous ^ (previous >>> 30);
      const entry = turn % seeds.length;
      words[word] =
        turn < firstRound
          ? (words[word]! ^ Math.imul(mixed, 1664525)) + seeds[entry]! + entry
          : (words[word]! ^ Math.imul(mixed, 1566083941)) - word;
      word++;
      if (word < STATE_WORDS) continue;
      words[0] = words[STATE_WORDS - 1]!;
      word = 1;
    }
    words[0] = 0x80000000;
  }

  private nextNormal(): number {
    if (this.spareNormal !== undefined) {
      const spare = this.spareNormal;
      this.spareNormal = undefined;
      return spare;
    }
    for (;;) {
      const x = 2 * this.nextDouble() - 1;
      const y = 2 * this.nextDouble() - 1;
      const radiusSquared = x * x + y * y;
      if (radiusSquared >= 1 || radiusSquared === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(radiusSquared)) / radiusSquared);
      this.spareNormal = scale * x;
      return scale * y;
    }
  }

  private nextDouble(): number {
    const high = this.nextWord() >>> 5;
    const low = this.nextWord() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  private nextWord(): number {
    if (this.position === STATE_WORDS) this.twist();
    let word = this.words[this.position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    word ^= word >>> 18;
    return word >>> 0;
  }

  private twist(): void {
    const words = this.words;
    for (let i = 0; i < STATE_WORDS; i++) {
      const joined = (words[i]! & 0x80000000) | (words[(i + 1) % STATE_WORDS]! & 0x7fffffff);
      words[i] = words[(i + SHIFT_WORDS) % STATE_WORDS]! ^ (joined >>> 1) ^ (joined & 1 ? TWIST : 0);
    }
    this.position = 0;
  }
}
