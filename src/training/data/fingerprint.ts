/** Tells data apart: a run that goes on must learn from what it began with. */
import { labelOfPicture, type PosedPictures } from './posed-pictures';

/** @returns 64 hexadecimal digits: SHA-256 of the names, uses, cameras and bytes of all pictures */
export async function posedFingerprint({ kind, pictures }: PosedPictures): Promise<string> {
  const lines: string[] = [kind];
  for (const picture of pictures) {
    const bytes = await picture.bytes();
    lines.push([picture.name, picture.split, labelOfPicture(picture).join(' '), await sha256(bytes)].join('\n'));
  }
  return sha256(new TextEncoder().encode(lines.join('\n')));
}

/** @returns 64 hexadecimal digits */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
