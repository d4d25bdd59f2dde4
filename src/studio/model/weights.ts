/**
 * Weight files: downloaded once with progress, checked against their published SHA-256, kept in the Cache API for the next visit
 * under an address that contains the hash. A file that changed is therefore a different entry, and a damaged entry is found out
 * (the hash is checked again on every visit), thrown away and downloaded anew. Where nothing can be kept (private window, full disk)
 * the file lives in memory for this visit, and a notice says so.
 */
import { type FileEntry, fetchFile } from './model-index';
import { WeightsHashError, WeightsSizeError } from './weights-errors';

const CACHE_NAME = 'trifold-weights';

export interface WeightsProgress {
  readonly phase: 'download' | 'check';
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

export interface LoadWeightsOptions {
  /** Ends the download; the promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WeightsProgress) => void) | undefined;
  /** Is shown what has been downloaded so far, whenever some has come: unchecked, and not to be kept. */
  readonly onBytes?: ((received: Uint8Array) => void) | undefined;
  /** Where files are kept; the default is the browser's Cache API, undefined where the browser has none. */
  readonly caches?: CacheStorage | undefined;
}

/** Why the file will be downloaded again on the next visit; undefined if it will not. */
export type NotKept = 'no-storage' | 'storage-full' | undefined;

export interface LoadedWeights {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly source: 'cache' | 'network';
  readonly notKept: NotKept;
}

/**
 * Loads one file.
 * @param folder address of the folder `weights`, with a slash at its end
 * @throws WeightsUnreachableError, WeightsMissingError, NotWeightsError, WeightsSizeError, WeightsHashError; the signal's reason if aborted
 */
export async function loadWeights(
  folder: URL,
  entry: FileEntry,
  options: LoadWeightsOptions = {},
): Promise<LoadedWeights> {
  const storage = 'caches' in options ? options.caches : globalThis.caches;
  const address = new URL(entry.file, folder);
  const key = keyOf(folder, entry);
  const cache = await openCache(storage);
  const kept = cache && (await readKept(cache, key, entry, options));
  if (kept) return { bytes: kept, source: 'cache', notKept: undefined };
  const bytes = await downloadChecked(address, entry, options);
  if (!cache) return { bytes, source: 'network', notKept: 'no-storage' };
  const stored = await keep(cache, key, bytes);
  return { bytes, source: 'network', notKept: stored ? undefined : 'storage-full' };
}

async function openCache(storage: CacheStorage | undefined): Promise<Cache | undefined> {
  try {
    return await storage?.open(CACHE_NAME);
  } catch {
    return undefined; // Private windows of some browsers have the API and refuse to open it.
  }
}

async function readKept(
  cache: Cache,
  key: string,
  entry: FileEntry,
  options: LoadWeightsOptions,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const response = await cache.match(key);
    if (!response) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    await check(bytes, entry, options);
    return bytes;
  } catch {
    options.signal?.throwIfAborted();
    await cache.delete(key).catch(() => false);
    return undefined;
  }
}

/** What comes may be a former version that the browser's own cache, or one on the way, has kept under the same address: once more, past those. */
async function downloadChecked(
  address: URL,
  entry: FileEntry,
  options: LoadWeightsOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const attempt = async (caching: RequestCache) => {
    const bytes = await download(address, entry, caching, options);
    await check(bytes, entry, options);
    return bytes;
  };
  try {
    return await attempt('default');
  } catch (error) {
    if (!isOtherVersion(error)) throw error;
    return attempt('reload');
  }
}

/** Whether a file came, and was not the one that the index names. */
export function isOtherVersion(error: unknown): boolean {
  return error instanceof WeightsSizeError || error instanceof WeightsHashError;
}

async function download(
  address: URL,
  entry: FileEntry,
  cache: RequestCache,
  options: LoadWeightsOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetchFile(address, entry.file, { signal: options.signal, cache });
  const bytes = new Uint8Array(entry.bytes);
  let receivedBytes = 0;
  const report = () => options.onProgress?.({ phase: 'download', receivedBytes, totalBytes: entry.bytes });
  report();
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true };
      if (done) break;
      if (receivedBytes + value.length > entry.bytes) {
        throw new WeightsSizeError(entry.file, receivedBytes + value.length, entry.bytes);
      }
      bytes.set(value, receivedBytes);
      receivedBytes += value.length;
      report();
      options.onBytes?.(bytes.subarray(0, receivedBytes));
    }
  } catch (cause) {
    options.signal?.throwIfAborted();
    await reader?.cancel().catch(() => undefined);
    if (cause instanceof WeightsSizeError) throw cause;
    throw new WeightsSizeError(entry.file, receivedBytes, entry.bytes, { cause });
  }
  if (receivedBytes < entry.bytes) throw new WeightsSizeError(entry.file, receivedBytes, entry.bytes);
  return bytes;
}

async function check(bytes: Uint8Array<ArrayBuffer>, entry: FileEntry, options: LoadWeightsOptions): Promise<void> {
  options.onProgress?.({ phase: 'check', receivedBytes: bytes.length, totalBytes: entry.bytes });
  const actual = await sha256(bytes);
  options.signal?.throwIfAborted();
  if (actual !== entry.sha256) throw new WeightsHashError(entry.file, actual, entry.sha256);
}

/** Lower-case hexadecimal SHA-256. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** @returns whether the file could be kept */
async function keep(cache: Cache, key: string, bytes: Uint8Array<ArrayBuffer>): Promise<boolean> {
  try {
    await dropOtherVersions(cache, key);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': String(bytes.length) };
    await cache.put(key, new Response(bytes, { headers }));
    return true;
  } catch {
    return false;
  }
}

/** Frees the place of former versions of a file that may not be asked for itself in a long time: a student whose model is another now. */
export async function forgetOtherVersions(
  folder: URL,
  entry: FileEntry,
  storage: CacheStorage | undefined = globalThis.caches,
): Promise<void> {
  const cache = await openCache(storage);
  if (cache) await dropOtherVersions(cache, keyOf(folder, entry)).catch(() => {}); // they stay, and harm nobody
}

/** A file that has changed has another key. */
function keyOf(folder: URL, { file, sha256 }: FileEntry): string {
  return new URL(`?sha256=${sha256}`, new URL(file, folder)).href;
}

/** Versions of the same file with another hash will never be asked for again. */
async function dropOtherVersions(cache: Cache, key: string): Promise<void> {
  const { pathname } = new URL(key);
  for (const request of await cache.keys()) {
    if (request.url !== key && new URL(request.url).pathname === pathname) await cache.delete(request);
  }
}
