/** Tells whether data are the same when a run goes on: what they are made of, as one hash. */
import { posedFingerprint, sha256 } from '../../training/data/fingerprint';
import type { DataSourceNote, ReadData } from './page-learner';

/**
 * @param source with all that decides what a model makes
 * @returns 64 hexadecimal digits: of all pictures and cameras, and how they come into the box; or of the model that makes them
 */
export async function dataFingerprint(data: ReadData, source: DataSourceNote): Promise<string> {
  if (data.kind === 'posed') return hashOf({ posed: await posedFingerprint(data.data.posed), isFitted: data.isFitted });
  const { sha256: hash, fingerprint, name, fileBytes } = data.model;
  return hashOf({ model: hash ?? fingerprint ?? [name, fileBytes], pictures: source.pictures ?? null });
}

function hashOf(value: unknown): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(value)));
}
