/** What a step and a measurement tell, and how a batch in parts is summed up. */
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

/** Means of what several micro-batches tell. */
export class Means {
  readonly #values = new Map<string, number[]>();

  add(name: string, values: readonly number[]): void {
    this.#values.set(name, [...this.all(name), ...values]);
  }

  all(name: string): readonly number[] {
    return this.#values.get(name) ?? [];
  }

  of(name: string): number {
    const all = this.all(name);
    return all.reduce((sum, value) => sum + value, 0) / all.length;
  }
}
