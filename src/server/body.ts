/** @module A request's body, as it arrives -> bytes, counted against what one request and all together may hold. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { onesheetError } from '../errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Aborted when the client leaves before it is answered. */
    gone: AbortSignal;
    /** Counts what arrives of the body; set for every request. */
    intake: Intake;
  }
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

/** What one request has sent so far. */
export class Intake {
  readonly #budget: BodyBudget;
  readonly #most: number;
  #held = 0;
  #sent = 0;

  constructor(budget: BodyBudget, most: number) {
    this.#budget = budget;
    this.#most = most;
  }

  /** @throws {OnesheetError} REQUEST_TOO_BIG, SERVICE_BUSY */
  count(bytes: number): void {
    this.#sent += bytes;
    if (this.#sent > this.#most) throw onesheetError('REQUEST_TOO_BIG', 'the body', this.#most, 'bytes');
    this.#budget.take(bytes);
    this.#held += bytes;
  }

  /** Gives back what was held: the request is over. */
  release(): void {
    this.#budget.give(this.#held);
    this.#held = 0;
  }

  /**
   * Collects a stream.
   *
   * @param most bytes of it
   * @throws {OnesheetError} REQUEST_TOO_BIG, SERVICE_BUSY, REQUEST_UNFINISHED
   */
  async collect(stream: AsyncIterable<Buffer>, most = this.#most): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of stream) {
      this.count(chunk.length);
      size += chunk.length;
      if (size > most) throw onesheetError('REQUEST_TOO_BIG', 'the body', most, 'bytes');
      chunks.push(chunk);
    }
    return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  }
}

/** Refuses a body by its announced length, before it arrives. @throws {OnesheetError} REQUEST_TOO_BIG */
export function checkAnnounced(request: FastifyRequest, reply: FastifyReply, most: number): void {
  if (Number(request.headers['content-length'] ?? 0) <= most) return;
  // The rest of the body would have to be read for the connection's sake.
  reply.header('connection', 'close');
  throw onesheetError('REQUEST_TOO_BIG', 'the body', most, 'bytes');
}
