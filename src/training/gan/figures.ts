/** What a step and a measurement tell. */
import type { Gpu } from '../../gpu/device';
import { readTensor, type Tensor } from '../../gpu/tensor';
import { POOLED_FEATURES } from '../../models/perceptual';
import type { FigureKind } from '../loops/learner';

export const GAN_FIGURES: readonly FigureKind[] = [
  { name: 'frechet', label: `Fréchet distance, ${POOLED_FEATURES}`, better: 'lower', chart: 'frechet' },
  { name: 'variety', label: 'Variety of generated pictures over that of real ones', chart: 'variety' },
  { name: 'lossG', label: 'Generator', chart: 'loss' },
  { name: 'lossD', label: 'Discriminator', chart: 'loss' },
  { name: 'density', label: 'Density regularisation', chart: 'regularisation' },
  { name: 'r1', label: 'R1', chart: 'regularisation' },
  { name: 'realLogit', label: 'Logits of real pictures', chart: 'logits' },
  { name: 'fakeLogit', label: 'Logits of generated pictures', chart: 'logits' },
  { name: 'faults', label: 'Gradients that were no numbers, in all', better: 'lower', chart: 'faults' },
  { name: 'augmentation', label: 'Probability of augmentation', chart: 'augmentation' },
];

/** Where the loss of each phase is told. */
export const LOSS_FIGURES = { Gmain: 'lossG', Greg: 'density', Dmain: 'lossD', Dreg: 'r1' } as const;

/**
 * Reads what the phases of a step tell, while the device works on: each reading is queued at once, behind the run that has made the numbers, and waited
 * for in the end.
 */
export class Readings {
  readonly #begun = new Map<string, Promise<Float32Array>[]>();

  constructor(private readonly gpu: Gpu) {}

  /** @param name may be read several times: once for each micro-batch */
  begin(name: string, tensor: Tensor): void {
    const reading = readTensor(this.gpu, tensor);
    reading.catch(() => {}); // whoever waits for it is told
    this.#begun.set(name, [...(this.#begun.get(name) ?? []), reading]);
  }

  /** All numbers of a name; none if it was not read. */
  async all(name: string): Promise<number[]> {
    const read = await Promise.all(this.#begun.get(name) ?? []);
    return read.flatMap((values) => [...values]);
  }

  async mean(name: string): Promise<number> {
    const all = await this.all(name);
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  }
}
