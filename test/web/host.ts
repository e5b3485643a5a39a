import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Plugin, preview } from 'vite';

const folder = new URL('../../dist/web/', import.meta.url);

/** The metadata of the browser's model, as the page gets it. */
export function browserModel() {
  return JSON.parse(readFileSync(new URL('model/model.json', folder), 'utf8'));
}

/** The headers under which the service serves the page. */
const serviceHeaders = {
  'Content-Security-Policy':
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; object-src 'none'; base-uri 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Referrer-Policy': 'no-referrer',
};

type Middleware = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

export interface Host {
  readonly address: string;
  /** What was posted: path and body. */
  readonly posted: { readonly path: string; readonly body: string }[];
  close(): Promise<void>;
}

async function serve(
  middleware: Middleware | undefined,
  headers: Record<string, string>,
  posted: Host['posted'],
) {
  const plugin: Plugin = {
    name: 'stub',
    configurePreviewServer: (server) => {
      if (middleware) server.middlewares.use(middleware);
    },
  };
  const server = await preview({
    configFile: false,
    appType: 'mpa',
    logLevel: 'silent',
    root: fileURLToPath(new URL('../../web/', import.meta.url)),
    build: { outDir: fileURLToPath(folder) },
    plugins: [plugin],
    preview: { host: '127.0.0.1', port: 0, headers },
  });
  return { address: server.resolvedUrls!.local[0]!, posted, close: () => server.close() };
}

/** `dist/web` as any static host gives it: files, and nothing else. */
export function staticHost(): Promise<Host> {
  return serve(undefined, {}, []);
}

/** Probabilities that the stub gives every poster: falling evenly in the order of the model's genres. */
export function stubProbability(genre: number): number {
  return 0.9 - genre * 0.04;
}

/** Steps of precision for every other genre; the others are never more often right than four times of ten. */
function stubCurves(genres: readonly string[]) {
  const steps = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map((each) => [
    each,
    Math.min(0.99, each + 0.1),
  ]);
  return {
    precision: genres.map((_, genre) => (genre % 2 === 0 ? steps : [[0.1, 0.4]])),
    recall: Array.from({ length: 999 }, (_, at) => 0.5 * (1 - at / 1000)),
  };
}

/** What the stub says of the words that it reads, whatever the genre. */
const stubWords = [
  { text: 'HAUNTED', logit: 1.5 },
  { text: 'SOON', logit: -0.5 },
];

export interface ServiceStub {
  readonly fetching?: boolean;
  readonly locked?: boolean;
  /** Whether it hears and reads what stands on posters. */
  readonly reading?: boolean;
  /** Milliseconds that each poster takes. */
  readonly delay?: number;
}

/**
 * `dist/web` and a stub of the service's contract, under the service's headers. A poster called `<n>-...` gets the same
 * probabilities, but beginning at the model's n-th genre.
 */
export function serviceHost({
  fetching = false,
  locked = false,
  reading = false,
  delay = 0,
}: ServiceStub = {}): Promise<Host> {
  const { id, name, genres, prevalence, policies, resize, measures } = browserModel();
  const posted: Host['posted'] = [];
  const answer = (
    response: ServerResponse,
    status: number,
    body: unknown,
    type = 'application/json',
  ): void => {
    response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
  };
  const named = policies.map(({ name, kind, thresholds }: Record<string, unknown>) => ({
    name,
    kind,
    thresholds,
  }));
  const respond = (path: string, body: string, response: ServerResponse): void => {
    if (locked) {
      answer(response, 401, {}, 'application/problem+json');
      return;
    }
    if (path === '/v1/models') {
      const facts = { id, name, default: true, genres, prevalence, policies: named, resize, measures };
      const model = { ...facts, policyCurves: stubCurves(genres) };
      answer(response, 200, { models: [model], fetching, hearing: reading, reading });
      return;
    }
    posted.push({ path, body });
    const file = body.match(/filename="([^"]*)"/)?.[1] ?? JSON.parse(body).urls[0];
    if (file.startsWith('broken')) {
      const detail = `Expected a whole JPEG image but ${file} is truncated.`;
      const problem = {
        type: 'about:blank',
        title: 'Unprocessable',
        status: 422,
        detail,
        code: 'IMAGE_TRUNCATED',
      };
      answer(response, 422, problem, 'application/problem+json');
      return;
    }
    if (path === '/v1/explain') {
      const values = Array.from({ length: 96 }, (_, at) => (at === 0 ? 1 : 0));
      answer(response, 200, { model: id, map: { height: 12, width: 8, values } });
      return;
    }
    const first = body.includes('name="title"') ? genres.length - 1 : Number.parseInt(file, 10) || 0;
    const rows = genres.map((label: string, g: number) => ({
      label,
      probability: stubProbability((g - first + genres.length) % genres.length),
      decided: false,
    }));
    const heard = body.includes('name="words"') && {
      texts: ['COMING SOON', 'THE HAUNTED HOUSE'],
      words: genres.map((genre: string) => ({ genre, picture: 0.4, words: stubWords })),
      rules: { policies: named },
    };
    const prediction = { id: file, source: file, genres: rows, model: id, ...heard };
    setTimeout(
      () => answer(response, 200, { model: id, policy: policies[0].name, predictions: [prediction] }),
      delay,
    );
  };
  const middleware: Middleware = (request, response, next) => {
    const path = request.url!.split('?')[0]!;
    if (!path.startsWith('/v1/')) return next();
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => respond(path, Buffer.concat(parts).toString('latin1'), response));
  };
  return serve(middleware, serviceHeaders, posted);
}
