/** @module Files and faults -> a model hub on this machine, with a host of its own for the bytes of large files. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export const commit = 'c0ffee'.padEnd(40, '0');

export interface Faults {
  /** Bytes after which each answer with a body breaks off, in turn. */
  breaks?: number[];
  /** Sent instead of the file's bytes. */
  damaged?: Uint8Array;
  /** Whether Range is ignored. */
  ignoresRange?: boolean;
  /** The only token that is let in. */
  token?: string;
  /** Status and X-Error-Code of every answer. */
  refuses?: readonly [status: number, code?: string];
  /** Where the bytes are, instead of at the host for bytes. */
  redirectsTo?: string;
}

export interface SeenRequest {
  readonly host: 'hub' | 'bytes';
  readonly method: string;
  readonly path: string;
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface TestHub {
  readonly endpoint: string;
  readonly seen: SeenRequest[];
  readonly faults: Faults;
  close(): Promise<void>;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** git's hash of a small file. */
function blobHash(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Serves owner/name as the hub does: networks by a redirect to another host, the rest itself. */
export async function testHub(
  files: Readonly<Record<string, Uint8Array>>,
  faults: Faults = {},
): Promise<TestHub> {
  const seen: SeenRequest[] = [];
  const note = (host: SeenRequest['host'], { method, url, headers }: IncomingMessage): void => {
    const { range, authorization } = headers;
    seen.push({ host, method: method!, path: url!, range, authorization });
  };

  const sendBytes = (request: IncomingMessage, response: ServerResponse, whole: Uint8Array): void => {
    const start = faults.ignoresRange ? 0 : Number(request.headers.range?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const rest = whole.subarray(start);
    if (start > 0) response.setHeader('content-range', `bytes ${start}-${whole.length - 1}/${whole.length}`);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': rest.length });
    const limit = request.method === 'HEAD' ? undefined : faults.breaks?.shift();
    if (request.method === 'HEAD') response.end();
    else if (limit === undefined || limit >= rest.length) response.end(rest);
    else response.write(rest.subarray(0, limit), () => setTimeout(() => response.destroy(), 20));
  };

  const bytesServer = createServer((request, response) => {
    note('bytes', request);
    sendBytes(request, response, faults.damaged ?? files[decodeURIComponent(request.url!.slice(1))]!);
  });
  const bytesAddress = await listen(bytesServer);

  const hub = createServer((request, response) => {
    note('hub', request);
    const isLetIn = faults.token === undefined || request.headers.authorization === `Bearer ${faults.token}`;
    const [status, code] = isLetIn ? (faults.refuses ?? []) : [401, 'RepoNotFound'];
    if (status !== undefined) {
      response.writeHead(status, code === undefined ? {} : { 'x-error-code': code }).end();
      return;
    }
    if (request.url!.startsWith('/api/')) {
      const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
      response.end(JSON.stringify({ sha: commit, siblings }));
      return;
    }
    const name = decodeURIComponent(request.url!.replace(/^\/owner\/name\/resolve\/[^/]+\//, ''));
    const bytes = files[name];
    if (!bytes) {
      response.writeHead(404, { 'x-error-code': 'EntryNotFound' }).end();
      return;
    }
    response.setHeader('x-repo-commit', commit);
    if (name.endsWith('.onnx')) {
      response.setHeader('x-linked-etag', `"${sha256(bytes)}"`);
      response.setHeader('x-linked-size', bytes.length);
      response.writeHead(302, { location: faults.redirectsTo ?? `${bytesAddress}/${name}` }).end();
      return;
    }
    response.setHeader('etag', `"${blobHash(bytes)}"`);
    sendBytes(request, response, bytes);
  });
  const endpoint = await listen(hub);
  const closeBoth = async (): Promise<void> => {
    await Promise.all([close(hub), close(bytesServer)]);
  };
  onTestFinished(closeBoth);
  return { endpoint, seen, faults, close: closeBoth };
}
