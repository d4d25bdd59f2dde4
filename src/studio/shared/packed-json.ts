/**
 * JSON that travels in an address: a version, deflated (RFC 1951) where that is shorter, in the letters of base64url (RFC 4648, section 5).
 * It begins with the number of its version and a dot, so that a version that comes later can be told from nonsense.
 */

import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { TrifoldError } from '../../errors';

const VERSION = 1;
/** No address holds more; a packed bomb is stopped here. */
const MOST_BYTES = 1 << 20;

/** A packed field that cannot be read. */
export class PackedJsonError extends TrifoldError {
  override readonly code = 'packed-json';

  constructor(problem: string, remedy: string) {
    super(`The face in this link cannot be read: ${problem}`, remedy);
  }
}

export function packJson(value: unknown): string {
  const packed = deflateSync(strToU8(JSON.stringify(value)), { level: 9 });
  const letters = btoa(String.fromCharCode(...packed));
  return `${VERSION}.${letters.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
}

/** @throws PackedJsonError */
export function unpackJson(text: string): unknown {
  const [, version, letters] = /^(\d{1,4})\.([\w-]*)$/.exec(text) ?? [];
  if (version === undefined || letters === undefined) {
    throw new PackedJsonError('it was cut off or changed.', 'Copy the whole link and open it again.');
  }
  if (Number(version) > VERSION) {
    throw new PackedJsonError(
      `it was made by a newer version (${version}; this page reads up to ${VERSION}).`,
      'Reload the page to get the newest version, or ask for the link again.',
    );
  }
  try {
    const packed = Uint8Array.from(atob(letters.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
      letter.charCodeAt(0),
    );
    // A buffer of fixed size: what would grow beyond it is cut off, and then is no JSON.
    return JSON.parse(strFromU8(inflateSync(packed, { out: new Uint8Array(MOST_BYTES) })));
  } catch {
    throw new PackedJsonError('it was cut off or changed.', 'Copy the whole link and open it again.');
  }
}
