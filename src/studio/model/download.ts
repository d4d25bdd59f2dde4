/**
 * A model file from an address (`?model=`). The page's promise is to ask nobody but its own server, and its content security policy
 * enforces it; an address elsewhere is therefore refused here, in words, before the browser refuses it without any.
 */
import { fetchFile } from './model-index';
import { WeightsError, WeightsSizeError, WeightsUnreachableError } from './weights-errors';

/** `?model=` names another server. */
export class ForeignAddressError extends WeightsError {
  override readonly code = 'foreign-address';

  constructor(readonly address: string) {
    super(
      `"${address}" is on another server, and this page asks no server but its own.`,
      'Download the file yourself and drop it on the page, or put it on the server that this page comes from.',
    );
  }
}

/** `?model=` is no address at all. */
export class AddressError extends WeightsError {
  override readonly code = 'address';

  constructor(readonly address: string) {
    super(
      `"${address}" is no address of a file.`,
      'Write ?model= and the path of a file on this server, as in "?model=weights/my-model.pkl".',
    );
  }
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** `totalBytes` is 0 where the server does not say how much will come. */
  readonly onProgress: (receivedBytes: number, totalBytes: number) => void;
}

/**
 * @param address relative to the page, or absolute
 * @param page address of the page
 * @throws AddressError, ForeignAddressError
 */
export function modelAddress(address: string, page: URL): URL {
  if (!URL.canParse(address, page)) throw new AddressError(address);
  const url = new URL(address, page);
  if (url.origin !== page.origin) throw new ForeignAddressError(address);
  return url;
}

/** File name in an address, for people. */
export function nameInAddress({ pathname, href }: URL): string {
  const name = pathname.slice(pathname.lastIndexOf('/') + 1);
  try {
    return decodeURIComponent(name) || href;
  } catch {
    return name;
  }
}

/**
 * Downloads a file into a Blob, which the browser keeps on disk if it is large.
 * @throws WeightsUnreachableError, WeightsMissingError, NotWeightsError, WeightsSizeError; the signal's reason if aborted
 */
export async function downloadFile(address: URL, { signal, onProgress }: DownloadOptions): Promise<Blob> {
  const name = nameInAddress(address);
  const response = await fetchFile(address, name, { signal });
  // Where the answer is compressed on the way, the header counts other bytes than those that arrive.
  const announced = response.headers.has('content-encoding') ? 0 : Number(response.headers.get('content-length') ?? 0);
  let receivedBytes = 0;
  onProgress(0, announced);
  const counted = response.body?.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        receivedBytes += piece.byteLength;
        onProgress(receivedBytes, announced);
        controller.enqueue(piece);
      },
    }),
  );
  let blob: Blob;
  try {
    blob = await new Response(counted ?? null).blob();
  } catch (cause) {
    signal.throwIfAborted();
    if (announced > 0) throw new WeightsSizeError(name, receivedBytes, announced, { cause });
    throw new WeightsUnreachableError(name, { cause });
  }
  if (announced > 0 && blob.size !== announced) throw new WeightsSizeError(name, blob.size, announced);
  return blob;
}
