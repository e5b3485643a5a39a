/** @module Requests as bytes -> the statuses of their answers, by a client that costs little on the machine that it shares. */
import { connect, type Socket } from 'node:net';

/** The bytes of a request that posts a body; they are written as often as wanted. */
export function postRequest(path: string, type: string, body: Uint8Array): Buffer {
  const head = `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

const endOfHead = '\r\n\r\n';

/**
 * One connection that is kept, with one request at a time. It reads what the service sends: heads with a
 * content-length. Anything else ends it.
 */
export class Connection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((status: number | string) => void) | undefined;

  constructor(port: number) {
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('data', (bytes) => this.#receive(bytes));
    this.#socket.on('error', (error: NodeJS.ErrnoException) => this.#answer(error.code ?? 'failed'));
    this.#socket.on('close', () => this.#answer('cut'));
  }

  get isUsable(): boolean {
    return !this.#socket.destroyed;
  }

  /** @returns the status of the answer once it is there whole, or what became of the connection; it never rejects */
  ask(request: Buffer): Promise<number | string> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (this.isUsable) this.#socket.write(request);
      else this.#answer('closed');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const end = this.#received.indexOf(endOfHead);
    if (end < 0) return;
    const head = this.#received.toString('latin1', 0, end);
    const status = /^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1];
    const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
    if (status === undefined || length === undefined) {
      this.close();
      this.#answer('not understood');
      return;
    }
    if (this.#received.length < end + endOfHead.length + Number(length)) return;
    this.#received = Buffer.alloc(0);
    if (/\r\nconnection: close/i.test(head)) this.close();
    this.#answer(Number(status));
  }

  #answer(status: number | string): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(status);
  }
}
