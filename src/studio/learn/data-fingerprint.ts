/** Tells whether data are the same when a run goes on: what they are made of, as one hash. */
import type { DataSourceNote, ReadData } from './page-learner';

/**
 * @param source with all that decides what a model makes
 * @returns SHA-256 in hexadecimal digits: of all pictures' names, sizes and cameras, and how they come into the box; or of the model that makes them
 */
export async function dataFingerprint(data: ReadData, source: DataSourceNote): Promise<string> {
  if (data.kind === 'model') {
    const { sha256, fingerprint, name, fileBytes } = data.model;
    return hashOf({ model: sha256 ?? fingerprint ?? [name, fileBytes], pictures: source.pictures ?? null });
  }
  const { posed, size } = data.data;
  const pictures = posed.pictures.map(({ name, split, camera: { camToWorld, intrinsics } }) => [
    name,
    split,
    ...camToWorld,
    ...intrinsics,
  ]);
  return hashOf({ kind: posed.kind, size, pictures, isFitted: data.isFitted, samples: await samplesOf(data) });
}

/** Bytes of pictures, of some of them where there are many: names and cameras alone would not tell a picture that was painted over. */
const MOST_HASHED = 256;

async function samplesOf({ data }: Extract<ReadData, { kind: 'posed' }>): Promise<string[]> {
  const { pictures } = data.posed;
  const each = Math.ceil(pictures.length / MOST_HASHED);
  const some = pictures.filter((_, index) => index % each === 0);
  return Promise.all(some.map(async (picture) => hexadecimal(await digest(await picture.bytes()))));
}

async function hashOf(value: unknown): Promise<string> {
  return hexadecimal(await digest(new TextEncoder().encode(JSON.stringify(value))));
}

function digest(bytes: Uint8Array): Promise<ArrayBuffer> {
  return crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
}

function hexadecimal(bytes: ArrayBuffer): string {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
