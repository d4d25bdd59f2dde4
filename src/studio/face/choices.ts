/**
 * Which of several choices a face shows, where the largest of their numbers in z wins (`LatentAttribute.choice`). The numbers alone do not tell:
 * a model may add to them before it compares them, and what it adds is in no file. Of the bundled model's hair styles, the largest number is the
 * one to be seen on 55 % of the faces. So the mapping network is asked: the number whose loss changes w most is the one that decides, which is
 * right for more than 90 %.
 */
import { type FaceSource, faceOfSeed, seedSource } from '../../models/faces/recipe';
import type { Screen } from '../view/screen';
import { WINNING_MARGIN } from './face-actions';
import { ownValuesOf } from './latent-values';

type SeedSource = Extract<FaceSource, { kind: 'seed' }>;

/** A number that wins against none, in standard deviations. */
const LOST = -3;

export class Choices {
  /** @param screen the present one; undefined while nothing is on screen */
  constructor(private readonly screen: () => Screen | undefined) {}

  /**
   * @param group dimensions of z
   * @param zDim of the model on screen
   * @param isWanted whether the answer is; the network is asked while the screen is free, and a hand that drags a slider has other faces by then
   * @returns the dimension that wins; undefined where nobody can tell, as while nothing is on screen, or wants to know any more. Never rejects
   */
  async shown(
    source: SeedSource,
    group: readonly number[],
    zDim: number,
    isWanted: () => boolean,
  ): Promise<number | undefined> {
    const sure = surelyChosen(valuesOf(source, group, zDim), group);
    const screen = this.screen();
    if (sure !== undefined || !screen) return sure;
    const asked = [source.edits, ...group.map((dimension) => ({ ...source.edits, [dimension]: LOST }))];
    const found: Float32Array[] = [];
    try {
      for (const edits of asked) {
        await screen.whenFree();
        if (!isWanted()) return undefined;
        const face = { ...faceOfSeed(source.seed, 1), sources: [seedSource(source.seed, edits)], psi: 1 };
        found.push(await screen.between(({ offScreen }) => offScreen.wOf(face)));
      }
      const [w, ...without] = found;
      return group[farthest(w!, without)];
    } catch {
      return undefined; // closed or lost meanwhile: whoever shows it asks again of the next screen
    }
  }
}

function valuesOf(source: SeedSource, group: readonly number[], zDim: number): number[] {
  const own = ownValuesOf(source, zDim);
  return group.map((dimension) => source.edits[dimension] ?? own?.[dimension] ?? 0);
}

/** The dimension that wins whatever a model may add; undefined if none does. @param values one for each of the group */
export function surelyChosen(values: readonly number[], group: readonly number[]): number | undefined {
  const [first = 0, second = 0] = values.toSorted((a, b) => b - a);
  return first - second >= WINNING_MARGIN ? group[values.indexOf(first)] : undefined;
}

/** The index of the vector that is farthest from another. */
export function farthest(from: Float32Array, vectors: readonly Float32Array[]): number {
  const distances = vectors.map((vector) => vector.reduce((sum, value, at) => sum + (value - from[at]!) ** 2, 0));
  return distances.indexOf(Math.max(...distances));
}
