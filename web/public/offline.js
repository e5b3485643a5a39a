/**
 * The page's own files, kept so that it opens without a network. The network goes first: what is kept is given only
 * where nothing answers, so that no visit sees an older page than it must.
 */
const kept = 'onesheet';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/** @param {readonly string[]} files addresses that the page used */
async function keep(files) {
  const cache = await caches.open(kept);
  // Names of these files change with their content: those of an older page are of no use.
  for (const { url } of await cache.keys())
    if (url.includes('/assets/') && !files.includes(url)) await cache.delete(url);
  for (const file of files) {
    const response = await fetch(file).catch(() => undefined);
    if (response?.ok) await cache.put(file, response);
  }
}

self.addEventListener('message', (event) => event.waitUntil(keep(event.data.files)));

async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const wanted = request.mode === 'navigate' ? self.registration.scope : request;
    // Hosts say that an answer depends on headers in which asking to keep it and using it differ.
    const response = await caches.match(wanted, { ignoreVary: true });
    if (response) return response;
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { method, url } = event.request;
  if (method === 'GET' && url.startsWith(self.registration.scope)) event.respondWith(answer(event.request));
});
