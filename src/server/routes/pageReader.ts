/** @module `GET /read/...`: what reads posters in the browser, from the optional package that carries it, or word that it is missing. */
import { networkFileNames, networkFiles, sizeOfNetworks } from '../../read/index.ts';
import { version } from '../../version.ts';
import type { App } from '../app.ts';

/** Adds the files of the page's `read/`, which an installed package lacks: they would make it larger by half. */
export function addPageReader(app: App): void {
  const open = { schema: { hide: true }, config: { open: true } };
  app.get('/read/reader.json', open, async (_request, reply) => {
    const bytes = await sizeOfNetworks().catch(() => undefined);
    return reply.header('cache-control', 'no-cache').send(bytes === undefined ? {} : { bytes });
  });
  let files: ReturnType<typeof networkFiles> | undefined;
  for (const name of networkFileNames)
    app.get(`/read/${name}`, open, async (request, reply) => {
      const tag = `"${version}"`;
      reply.header('cache-control', 'no-cache').header('etag', tag);
      if (request.headers['if-none-match'] === tag) return reply.code(304).send();
      files ??= networkFiles();
      try {
        const bytes = (await files)[name];
        return reply.type(name.endsWith('.txt') ? 'text/plain' : 'application/octet-stream').send(bytes);
      } catch (error) {
        files = undefined;
        throw error;
      }
    });
}
