/** The values of z that a source has: the seed's own, and what was edited over them. Models with named dimensions show them on sliders. */
import type { FaceSource } from '../../models/faces/recipe';
import { seededLatent } from '../../models/latent';

/** A walk may have so many sources; a hand rests on one. */
const MOST_KEPT = 32;
const kept = new Map<string, Float32Array>();

/** @returns [zDim] of the standard normal distribution; undefined for a saved face, which is taken as it is */
export function ownValuesOf(source: FaceSource, zDim: number): Float32Array | undefined {
  if (source.kind !== 'seed') return undefined;
  const key = `${source.seed}/${zDim}`;
  const known = kept.get(key);
  if (known) return known;
  const values = seededLatent(source.seed, zDim);
  kept.set(key, values);
  const [oldest] = kept.keys();
  if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  return values;
}
