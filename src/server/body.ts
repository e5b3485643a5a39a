/** @module A request's body, as it arrives -> decoded pieces, each byte counted against what it and all may cost. */
import type { Socket } from 'node:net';
import { type Duplex, pipeline, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { FastifyRequest } from 'fastify';
import { type OnesheetError, onesheetError } from '../errors.ts';
import { codedFrom, codings } from './problem.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborted when the client leaves before it is answered. */
    gone: AbortSignal;
    /** Counts what arrives of the body; set for every request. */
    intake: Intake;
  }
}

/** Longest piece that is looked at before other requests have their turn, in bytes. */
export const pieceBytes = 64 * 1024;
/** Beyond so many bytes, a body that is this many times longer than what was sent is taken for a bomb. */
const [harmlessBytes, mostExpansion] = [8 * 2 ** 20, 100];
/** Content codings that are read. */
const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip({ chunkSize: pieceBytes }),
  'x-gzip': () => createGunzip({ chunkSize: pieceBytes }),
  deflate: () => createInflate({ chunkSize: pieceBytes }),
  br: () => createBrotliDecompress({ chunkSize: pieceBytes }),
};

let lastTurn: Promise<unknown> = Promise.resolve();

/** Does work that takes some milliseconds when it is its turn, with time for all else between one and the next. */
export function inTurn<Result>(work: () => Result): Promise<Result> {
  const turn = lastTurn.then(() => setImmediate()).then(work);
  lastTurn = turn.catch(() => undefined);
  return turn;
}

/** Bytes that all requests hold together. */
export class BodyBudget {
  readonly #most: number;
  #held = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** @throws {OnesheetError} SERVICE_BUSY when the memory for bodies is used up */
  take(bytes: number): void {
    if (this.#held + bytes > this.#most) throw onesheetError('SERVICE_BUSY', 1);
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request has sent so far, on the wire and decoded. */
export class Intake {
  readonly #budget: BodyBudget;
  readonly #most: number;
  #arrived = 0;
  #decoded = 0;
  #held = 0;
  #isOver = false;
  /** Whether the rest of the body is not read, so that the connection ends with the answer. */
  isCut = false;

  /** @param most bytes that one request may send */
  constructor(budget: BodyBudget, most: number) {
    this.#budget = budget;
    this.#most = most;
  }

  /** Bytes that may still arrive. */
  get left(): number {
    return this.#most - this.#arrived;
  }

  /** Counts what came over the connection. @throws {OnesheetError} REQUEST_TOO_BIG */
  arrive(bytes: number): void {
    this.#arrived += bytes;
    if (this.#arrived > this.#most) throw onesheetError('REQUEST_TOO_BIG', 'the body', this.#most, 'bytes');
  }

  /** Counts what it is after decoding. @throws {OnesheetError} REQUEST_TOO_BIG, SERVICE_BUSY, REQUEST_ABORTED */
  hold(bytes: number, most: number): void {
    if (this.#isOver) throw onesheetError('REQUEST_ABORTED');
    this.#decoded += bytes;
    const isBomb = this.#decoded > harmlessBytes && this.#decoded > mostExpansion * this.#arrived;
    if (this.#decoded > most || isBomb)
      throw onesheetError('REQUEST_TOO_BIG', 'the body', isBomb ? harmlessBytes : most, 'bytes');
    this.#budget.take(bytes);
    this.#held += bytes;
  }

  /** Gives back what was held: the request is over. */
  release(): void {
    this.#isOver = true;
    this.#budget.give(this.#held);
    this.#held = 0;
  }
}

/** @throws {OnesheetError} REQUEST_ENCODING */
function decoderFor({ headers }: FastifyRequest): (() => Duplex) | undefined {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  if (coding === 'identity' || coding === '') return undefined;
  const decoder = Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
  if (decoder) return decoder;
  throw onesheetError('REQUEST_ENCODING', coding.slice(0, 40), codings);
}

async function* arriving({ raw, intake }: FastifyRequest): AsyncGenerator<Buffer> {
  // A request that is destroyed takes its connection along, and its answer.
  for await (const chunk of raw.iterator({ destroyOnReturn: false })) {
    intake.arrive(chunk.length);
    yield chunk;
  }
}

function decoded(source: AsyncGenerator<Buffer>, decoder: () => Duplex): AsyncIterable<Buffer> {
  const stream = decoder();
  // What goes wrong is thrown where the stream is read.
  pipeline(Readable.from(source), stream, () => undefined);
  return stream;
}

/** A failure to read a body, as a problem: the client left, or what it sent is not what its header says. */
function readError(error: unknown, request: FastifyRequest): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code?.startsWith('Z_') || code?.startsWith('ERR_') || code?.startsWith('ERR__'))
    if (request.headers['content-encoding'] !== undefined && !request.raw.destroyed)
      return onesheetError('REQUEST_INVALID', 'the body', 'what Content-Encoding says');
  return codedFrom(error) ?? onesheetError('REQUEST_UNFINISHED');
}

/**
 * The body in pieces of at most 64 KiB, without its content coding; other requests have their turn in between. When
 * it is too big, the connection closes after the answer.
 *
 * @param most bytes after decoding
 * @throws {OnesheetError} REQUEST_TOO_BIG, REQUEST_ENCODING, REQUEST_INVALID, REQUEST_UNFINISHED, REQUEST_ABORTED,
 * SERVICE_BUSY
 */
export async function* bodyPieces(request: FastifyRequest, most: number): AsyncGenerator<Buffer> {
  try {
    const decoder = decoderFor(request);
    const source = arriving(request);
    for await (const chunk of decoder ? decoded(source, decoder) : source) {
      request.intake.hold(chunk.length, most);
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        if (at > 0) await setImmediate();
        yield chunk.subarray(at, at + pieceBytes);
      }
    }
  } catch (error) {
    const known = readError(error, request);
    if ((known as OnesheetError).code === 'REQUEST_TOO_BIG') closeAfterAnswer(request);
    throw known;
  }
}

/** Collects a whole body. @throws what {@link bodyPieces} throws */
export async function wholeBody(request: FastifyRequest, most: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of bodyPieces(request, most)) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : inTurn(() => Buffer.concat(pieces));
}

/** Refuses a body by its announced length, before it arrives. @throws {OnesheetError} REQUEST_TOO_BIG */
export function checkAnnounced(request: FastifyRequest, most: number): void {
  if (Number(request.headers['content-length'] ?? 0) <= most) return;
  closeAfterAnswer(request);
  throw onesheetError('REQUEST_TOO_BIG', 'the body', most, 'bytes');
}

/** How long, in milliseconds, and for how many bytes a client that still sends may overlook its answer. */
const [patience, overrun] = [2000, 2 ** 20];

/**
 * Ends the connection once it is answered. A socket that closes with bytes unread resets the connection, and a client
 * that still sends would never see why; so the socket says that it ends, reads a little more, and waits.
 */
function closeAfterAnswer({ raw, intake }: FastifyRequest): void {
  if (raw.complete) return;
  intake.isCut = true;
  const { socket } = raw;
  socket.destroySoon = () => {
    socket.end();
    drop(raw, socket, overrun, patience, () => raw.pause());
  };
}

/**
 * Reads on without keeping anything, so that the connection can be used again, within limits of bytes and time.
 *
 * @param full what to do when there are more bytes
 */
export function drop(
  raw: FastifyRequest['raw'],
  socket: Socket,
  bytes: number,
  milliseconds: number,
  full: () => void = () => socket.destroy(),
): void {
  const timer = setTimeout(() => socket.destroy(), milliseconds).unref();
  let left = bytes;
  raw.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) full();
  });
  // Of a connection that closes, the timer finds nothing to end.
  raw.once('end', () => clearTimeout(timer));
  raw.resume();
}
