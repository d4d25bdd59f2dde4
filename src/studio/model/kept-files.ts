/**
 * Model files that the person lets the page keep on this device, each under its fingerprint in the browser's Cache API. Bytes go from
 * disk to disk: they are never in the page's memory as a whole.
 */
import { KNOWN_CONFIGURATION_NAMES, type KnownConfiguration } from './model-facts';

const CACHE_NAME = 'trifold-files';
const NAME_HEADER = 'x-trifold-name';
const LIKE_HEADER = 'x-trifold-like';
const KEPT_AT_HEADER = 'x-trifold-kept-at';
/** Older ones make room. */
const MOST_FILES = 5;

export interface KeptFile {
  /** Of the content: 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** File name as it was. */
  readonly name: string;
  readonly bytes: number;
  /** What completes a state dict that was saved alone. */
  readonly like: KnownConfiguration | undefined;
  /** Milliseconds since 1970. */
  readonly keptAt: number;
}

/** 'unreadable': the file was moved or changed meanwhile. */
export type KeepResult = 'kept' | 'no-storage' | 'storage-full' | 'unreadable';

export class KeptFiles {
  /**
   * @param folder address below which the entries are named; nothing is ever fetched from there
   * @param storage default: the browser's; undefined where it has none
   */
  constructor(
    private readonly folder: URL,
    private readonly storage: CacheStorage | undefined = globalThis.caches,
  ) {}

  /** Newest first; empty where nothing can be kept. */
  async list(): Promise<KeptFile[]> {
    try {
      const cache = await this.storage?.open(CACHE_NAME);
      const requests = (await cache?.keys()) ?? [];
      const files = await Promise.all(
        requests.map(async ({ url }) => describe(url, (await cache?.match(url))?.headers ?? new Headers())),
      );
      return files.sort((a, b) => b.keptAt - a.keptAt);
    } catch {
      return []; // Private windows of some browsers have the API and refuse to open it.
    }
  }

  /** Keeps a file; the oldest ones go when there are more than five. */
  async keep(
    file: Blob,
    { fingerprint, name, like }: Pick<KeptFile, 'fingerprint' | 'name' | 'like'>,
  ): Promise<KeepResult> {
    let cache: Cache | undefined;
    try {
      cache = await this.storage?.open(CACHE_NAME);
    } catch {
      return 'no-storage';
    }
    if (!cache) return 'no-storage';
    const headers = {
      'content-type': 'application/octet-stream',
      'content-length': String(file.size),
      ...(like && { [LIKE_HEADER]: like }),
      [NAME_HEADER]: encodeURIComponent(name),
      [KEPT_AT_HEADER]: String(Date.now()),
    };
    try {
      await cache.put(this.#key(fingerprint), new Response(file, { headers }));
    } catch (error) {
      return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'storage-full' : 'unreadable';
    }
    for (const old of (await this.list()).slice(MOST_FILES)) await this.remove(old.fingerprint);
    return 'kept';
  }

  /** @param fingerprint the whole one or its first digits; undefined is the answer where no such file is kept */
  async open(fingerprint: string): Promise<{ entry: KeptFile; file: Blob } | undefined> {
    const entry = (await this.list()).find((kept) => kept.fingerprint.startsWith(fingerprint));
    if (!entry) return undefined;
    const cache = await this.storage?.open(CACHE_NAME);
    const response = await cache?.match(this.#key(entry.fingerprint));
    return response && { entry, file: await response.blob() };
  }

  async remove(fingerprint: string): Promise<void> {
    const cache = await this.storage?.open(CACHE_NAME).catch(() => undefined);
    await cache?.delete(this.#key(fingerprint));
  }

  #key(fingerprint: string): string {
    return new URL(fingerprint, this.folder).href;
  }
}

function describe(url: string, headers: Headers): KeptFile {
  return {
    fingerprint: url.slice(url.lastIndexOf('/') + 1),
    name: decodeURIComponent(headers.get(NAME_HEADER) ?? ''),
    like: KNOWN_CONFIGURATION_NAMES.find((known) => known === headers.get(LIKE_HEADER)),
    bytes: Number(headers.get('content-length') ?? 0),
    keptAt: Number(headers.get(KEPT_AT_HEADER) ?? 0),
  };
}
