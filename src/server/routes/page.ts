/** @module `GET /`: the built page, file by file, or a sentence that there is none. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import { onesheetError } from '../../errors.ts';
import type { App } from '../app.ts';

/** Files whose names change with their content may be kept for ever. */
const hashed = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/;

export async function addPage(app: App, folder: string | undefined): Promise<void> {
  const root = folder === undefined ? undefined : resolve(folder);
  const index = root === undefined ? undefined : await stat(join(root, 'index.html')).catch(() => undefined);
  if (root === undefined || !index) {
    app.get('/', { schema: { hide: true } }, async () => {
      throw onesheetError('PAGE_MISSING');
    });
    return;
  }
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
