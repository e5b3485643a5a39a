/** @module The page's own files -> kept by a service worker, so that the page opens without a network. */
import { privateFiles } from './private/loading.ts';

/** Milliseconds after which nobody waits for a first result any more. */
const later = 4000;

let isAsked = false;

/** Has the files that this visit used kept; nothing happens where the browser or the address does not allow it. */
export function keepOffline(): void {
  if (isAsked || !('serviceWorker' in navigator)) return;
  isAsked = true;
  setTimeout(() => {
    isAsked = false;
    navigator.serviceWorker
      .register(new URL('offline.js', document.baseURI))
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => active?.postMessage({ files: usedFiles() }))
      .catch(() => undefined); // without it the page works as long as there is a network
  }, later);
}

/** Addresses of the page's own files, and of nothing that a service answered. */
function usedFiles(): string[] {
  const base = new URL('.', document.baseURI).href;
  const fetched = performance.getEntriesByType('resource').map(({ name }) => name);
  const own = fetched.filter((name) => name.startsWith(base) && !name.startsWith(`${base}v1/`));
  return [...new Set([base, ...own, ...privateFiles()])];
}
