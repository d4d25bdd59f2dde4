/**
 * Keeps the page itself (HTML, script, style, icon, list of models) for visits without a network. Weight files are not its business:
 * the page keeps them by their hash (studio/model/weights.ts), and they pass through here untouched.
 *
 * The build replaces the two constants below in the finished file (vite.config.ts): addresses relative to this script, and a version
 * that changes whenever one of those files does. This script runs as a classic worker and imports nothing.
 */

/** The part of `ServiceWorkerGlobalScope` that is used; the DOM's types and the worker's cannot be loaded side by side. */
interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: { claim(): Promise<void> };
  readonly location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
}

interface ExtendableEvent {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

declare const __SHELL_FILES__: readonly string[];
declare const __SHELL_VERSION__: string;

const worker: WorkerScope = globalThis as typeof globalThis & WorkerScope;
const PREFIX = 'trifold-shell-';
const CACHE_NAME = PREFIX + __SHELL_VERSION__;
const PAGE = new URL('./', worker.registration.scope).href;
const SHELL = new Set(__SHELL_FILES__.map((file) => new URL(file, worker.registration.scope).href));

worker.addEventListener('install', (event) => event.waitUntil(install()));
worker.addEventListener('activate', (event) => event.waitUntil(activate()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET') return;
  const address = new URL(request.url);
  address.search = '';
  address.hash = '';
  if (request.mode === 'navigate') {
    if (address.href === PAGE || address.href === `${PAGE}index.html`) event.respondWith(freshOrKept(request, PAGE));
  } else if (SHELL.has(address.href)) {
    event.respondWith(
      address.pathname.includes('/assets/') ? keptOrFresh(request) : freshOrKept(request, address.href),
    );
  }
});

async function install(): Promise<void> {
  const cache = await caches.open(CACHE_NAME);
  await cache.addAll([...SHELL].map((address) => new Request(address, { cache: 'no-cache' })));
  await worker.skipWaiting();
}

async function activate(): Promise<void> {
  const names = await caches.keys();
  const outdated = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE_NAME);
  await Promise.all(outdated.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

/** For files whose name changes with their content. */
async function keptOrFresh(request: Request): Promise<Response> {
  return (await kept(request.url)) ?? fetch(request);
}

/** For files that keep their name: the server's version, or without a network the kept one. */
async function freshOrKept(request: Request, key: string): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const response = await kept(key);
    if (response) return response;
    throw error;
  }
}

/** Servers that vary their answers by origin (as Vite's preview does) vary none of these. */
async function kept(address: string): Promise<Response | undefined> {
  const cache = await caches.open(CACHE_NAME);
  return cache.match(address, { ignoreSearch: true, ignoreVary: true });
}
