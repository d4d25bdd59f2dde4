/**
 * Small things that the page keeps on this device, in IndexedDB under names of its own. All functions may reject: storage can be forbidden,
 * full, or go away at any moment.
 */
import { createStore, del, get, keys, set } from 'idb-keyval';

/** Values that survive a structured clone, by name. What comes out may be anything: other versions of the page have written there too. */
export interface KeyValueStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  keys(): Promise<string[]>;
}

/** How an attempt to keep something ended. */
export type StoreResult = 'kept' | 'no-storage' | 'storage-full';

/** @param name of the database; one for each kind of thing */
export function browserStore(name: string): KeyValueStore {
  const store = createStore(name, 'entries');
  // The database is opened by the first call, which throws at once where there is none: inside an async function that is a rejection.
  return {
    get: async (key) => get<unknown>(key, store),
    set: async (key, value) => set(key, value, store),
    delete: async (key) => del(key, store),
    keys: async () => (await keys(store)).filter((key) => typeof key === 'string'),
  };
}

/** What an error of a store means. */
export function storeFailure(error: unknown): Exclude<StoreResult, 'kept'> {
  return error instanceof DOMException && error.name === 'QuotaExceededError' ? 'storage-full' : 'no-storage';
}
