/** @module `GET /`: the built page, file by file, or a sentence that there is none. */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { createBrotliDecompress } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import type { App } from '../app.ts';
import { addPageReader } from './pageReader.ts';

/** Files whose names change with their content may be kept for ever. */
const hashed = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/;

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Media types of files that lie in other places. */
const types: Readonly<Record<string, string>> = { '.wasm': 'application/wasm', '.svg': 'image/svg+xml' };

/** A file of the page that lies in another place, perhaps compressed by Brotli. */
async function addStored(app: App, path: string, file: string): Promise<void> {
  const { size, mtimeMs } = await stat(file);
  const isPacked = file.endsWith('.br');
  app.get(`/${path}`, { schema: { hide: true }, config: { open: true } }, async (request, reply) => {
    const isReady = !isPacked || /\bbr\b/.test(request.headers['accept-encoding'] ?? '');
    const tag = `"${size.toString(36)}-${Math.round(mtimeMs).toString(36)}${isReady ? '' : '-plain'}"`;
    reply.header('cache-control', 'no-cache').header('etag', tag);
    if (isPacked) reply.header('vary', 'accept-encoding');
    if (request.headers['if-none-match'] === tag) return reply.code(304).send();
    reply.type(types[extname(path)] ?? 'application/octet-stream');
    const bytes = createReadStream(file);
    if (!isReady) return reply.send(bytes.pipe(createBrotliDecompress()));
    reply.header('content-length', size);
    if (isPacked) reply.header('content-encoding', 'br');
    return reply.send(bytes);
  });
}

/** Adds what the page's folder lacks in an installed package, which holds each large file once: see vite.config.ts. */
async function addWhatLiesElsewhere(app: App, root: string): Promise<void> {
  const dist = resolve(root, '..');
  const list = join(dist, 'wasm', 'page.json');
  if (!(await isThere(list))) return;
  const places = z.record(z.string(), z.string()).parse(JSON.parse(await readFile(list, 'utf8')));
  for (const [path, place] of Object.entries(places))
    if (!(await isThere(join(root, path)))) await addStored(app, path, resolve(dist, place));
}

export async function addPage(app: App, folder: string | undefined): Promise<void> {
  const root = folder === undefined ? undefined : resolve(folder);
  if (root === undefined || !(await isThere(join(root, 'index.html')))) {
    app.get('/', { schema: { hide: true } }, async () => {
      throw onesheetError('PAGE_MISSING');
    });
    return;
  }
  await addWhatLiesElsewhere(app, root);
  if (!(await isThere(join(root, 'read', 'detection.onnx')))) addPageReader(app);
  await app.register(fastifyStatic, {
    root,
    dotfiles: 'ignore',
    cacheControl: false,
    setHeaders: (reply, path) => {
      const isForEver = hashed.test(path.replaceAll('\\', '/'));
      reply.header('cache-control', isForEver ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
}
