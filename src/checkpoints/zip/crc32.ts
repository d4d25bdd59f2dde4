/** The checksum of zip entries, CRC-32 (ISO 3309): readers refuse an entry whose sum is another. Four bytes a step, about a second for a gigabyte. */

/** TABLES[k][b]: what a byte b does to the sum when k more zero bytes follow it. */
const TABLES = makeTables();

export function crc32(bytes: Uint8Array): number {
  const [one, two, three, four] = TABLES;
  let sum = -1;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum = four[sum & 255]! ^ three[(sum >>> 8) & 255]! ^ two[(sum >>> 16) & 255]! ^ one[sum >>> 24]!;
  }
  for (; at < bytes.length; at++) sum = one[(sum ^ bytes[at]!) & 255]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

function makeTables(): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const tables: [Int32Array, Int32Array, Int32Array, Int32Array] = [
    new Int32Array(256),
    new Int32Array(256),
    new Int32Array(256),
    new Int32Array(256),
  ];
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    tables[0][byte] = sum;
  }
  for (let byte = 0; byte < 256; byte++) {
    for (let k = 1; k < 4; k++) {
      const before = tables[k - 1]![byte]!;
      tables[k]![byte] = (before >>> 8) ^ tables[0][before & 255]!;
    }
  }
  return tables;
}
