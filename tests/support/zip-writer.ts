/** Writes zip archives for tests, honest ones and others. */
import { concatenated } from './pickle-writer';

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly deflate?: boolean;
  /** What the directory claims instead of the truth. */
  readonly claims?: {
    readonly bytes?: number;
    readonly packedBytes?: number;
    readonly method?: number;
    readonly flags?: number;
  };
  /** Sizes and offset as zip64 fields. */
  readonly zip64?: boolean;
}

const WIDE = 0xffffffff;

export async function writeZip(entries: readonly ZipEntry[]): Promise<Uint8Array<ArrayBuffer>> {
  const body: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, data, deflate = false, claims = {}, zip64 = false } of entries) {
    const packed = deflate ? await deflated(data) : data;
    const encoded = new TextEncoder().encode(name);
    const sizes = { packed: claims.packedBytes ?? packed.byteLength, bytes: claims.bytes ?? data.byteLength };
    const header = fields(30, [
      [0, 4, 0x04034b50],
      [4, 2, 20],
      [8, 2, deflate ? 8 : 0],
      [18, 4, sizes.packed],
      [22, 4, sizes.bytes],
      [26, 2, encoded.byteLength],
    ]);
    const extra = zip64
      ? fields(28, [
          [0, 2, 1],
          [2, 2, 24],
          [4, 8, sizes.bytes],
          [12, 8, sizes.packed],
          [20, 8, offset],
        ])
      : new Uint8Array(0);
    const record = fields(46, [
      [0, 4, 0x02014b50],
      [6, 2, 20],
      [8, 2, claims.flags ?? 0],
      [10, 2, claims.method ?? (deflate ? 8 : 0)],
      [20, 4, zip64 ? WIDE : sizes.packed],
      [24, 4, zip64 ? WIDE : sizes.bytes],
      [28, 2, encoded.byteLength],
      [30, 2, extra.byteLength],
      [42, 4, zip64 ? WIDE : offset],
    ]);
    body.push(header, encoded, packed);
    directory.push(record, encoded, extra);
    offset += header.byteLength + encoded.byteLength + packed.byteLength;
  }
  const records = concatenated(directory);
  const end = fields(22, [
    [0, 4, 0x06054b50],
    [8, 2, entries.length],
    [10, 2, entries.length],
    [12, 4, records.byteLength],
    [16, 4, offset],
  ]);
  return concatenated([...body, records, end]);
}

/** A little-endian record from (place, width, value). */
function fields(length: number, values: readonly (readonly [at: number, width: number, value: number])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  for (const [at, width, value] of values) {
    if (width === 2) view.setUint16(at, value, true);
    else if (width === 4) view.setUint32(at, value, true);
    else view.setBigUint64(at, BigInt(value), true);
  }
  return new Uint8Array(view.buffer);
}

async function deflated(data: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(data)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
