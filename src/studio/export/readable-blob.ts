/** Blobs that are really there: a browser keeps large ones on the disk, and a full disk shows only when they are read. */
import { OutOfRoomError } from './export-errors';

/** @throws OutOfRoomError if the browser could not keep the bytes */
export async function readableBlob(parts: BlobPart[], type: string): Promise<Blob> {
  let blob: Blob | undefined;
  try {
    blob = new Blob(parts, { type });
    await blob.slice(-1).arrayBuffer();
    return blob;
  } catch (error) {
    throw new OutOfRoomError(blob?.size ?? 0, error);
  }
}
