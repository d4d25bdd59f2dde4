/**
 * How far the way to the first picture is: one share for all of its parts, some of which go on at the same time (kernels are compiled while the
 * weights are on their way, and planes made while kernels are compiled).
 */
import type { KernelCache } from '../../gpu/kernel';
import type { LoadingProgress } from '../shared/state';

/** Shares of the whole way that the parts take: measured with a software adapter, where it is long (docs/performance.md). */
const WAY = { files: 0.15, kernels: 0.5, planes: 0.15, picture: 0.2 } as const;
/** All bytes are there, all kernels that are known are compiled: something is still to be done. */
const ALMOST = 0.99;
/** What goes on in the device is looked at so often. */
const LOOK_MILLISECONDS = 100;

/** What tells how far a device's compiler is. */
type KernelCounts = Pick<KernelCache, 'compiledCount' | 'pipelineCount'>;

/** Leaves out what the compiler has done for other models. */
export function kernelsFromNowOn(kernels: KernelCounts): KernelCounts {
  const { compiledCount, pipelineCount } = kernels;
  return {
    get compiledCount() {
      return kernels.compiledCount - compiledCount;
    },
    get pipelineCount() {
      return kernels.pipelineCount - pipelineCount;
    },
  };
}

type Part = keyof typeof WAY;
const PARTS = Object.keys(WAY) as Part[];

export class OpeningProgress {
  readonly #done: Record<Part, number> = { files: 0, kernels: 0, planes: 0, picture: 0 };
  #files: LoadingProgress = { phase: 'device', receivedBytes: 0, totalBytes: 0 };
  #kernels: KernelCounts | undefined;
  #picture: (() => number) | undefined;
  readonly #looking = setInterval(() => this.look(), LOOK_MILLISECONDS);

  /** @param show is told whatever is new */
  constructor(private readonly show: (progress: LoadingProgress) => void) {}

  /** Files are being fetched, checked or read. */
  readonly files = (progress: LoadingProgress): void => {
    const { receivedBytes, totalBytes } = progress;
    this.#files = progress;
    this.#note('files', totalBytes > 0 ? receivedBytes / totalBytes : 0, ALMOST);
    this.#tell();
  };

  /** The model is in memory. */
  filesDone(): void {
    this.#note('files', 1);
    this.#tell();
  }

  /** Follows the compiler of a device. */
  kernels(kernels: KernelCounts): void {
    this.#kernels = kernels;
  }

  /** @param share of the planes of the first face that have been made, 0..1 */
  readonly planes = (share: number): void => {
    this.#note('planes', share);
    this.#tell();
  };

  /** Everything is compiled, and planes are made; what is left is the picture. @param share tells how much of it is done, 0..1 */
  picture(share: () => number): void {
    this.#picture = share;
    this.#note('kernels', 1);
    this.#note('planes', 1);
    this.#tell();
  }

  /** Takes note of what the device has done since. */
  look(): void {
    const { compiledCount, pipelineCount } = this.#kernels ?? { compiledCount: 0, pipelineCount: 0 };
    if (pipelineCount > 0) this.#note('kernels', compiledCount / pipelineCount, ALMOST);
    if (this.#picture) this.#note('picture', this.#picture(), ALMOST);
    this.#tell();
  }

  /** The picture is there, or will not come. */
  stop(): void {
    clearInterval(this.#looking);
  }

  #tell(): void {
    this.show(this.#now);
  }

  get #now(): LoadingProgress {
    const share = PARTS.reduce((sum, part) => sum + WAY[part] * this.#done[part], 0);
    const { files, kernels, planes } = this.#done;
    if (files < 1) return { ...this.#files, share };
    const nothing = { receivedBytes: 0, totalBytes: 0, share };
    if (planes > 0 && planes < 1) return { phase: 'planes', ...nothing };
    if (kernels === 1) return { phase: 'picture', ...nothing };
    const { compiledCount: compiled, pipelineCount: wanted } = this.#kernels ?? { compiledCount: 0, pipelineCount: 0 };
    return { phase: 'kernels', ...nothing, kernels: { compiled, wanted } };
  }

  /** Parts do not fall: what turns up meanwhile (another kernel) is waited for without a step back. */
  #note(part: Part, done: number, most = 1): void {
    this.#done[part] = Math.max(this.#done[part], Math.min(most, done));
  }
}
