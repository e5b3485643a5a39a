/** @module A folder -> a Redis server of its own on a free port, for tests and measurements, that can be killed and started again. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status === 0;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Files of a certificate and its key: a server that has them speaks TLS only. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** A certificate for 127.0.0.1 that nobody has signed, in a folder; undefined where there is no openssl. */
export function selfMadeCertificate(folder: string): Certificate | undefined {
  const made = { certificate: join(folder, 'redis.crt'), key: join(folder, 'redis.key') };
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-out', made.certificate, '-keyout', made.key];
  const words = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files];
  return spawnSync('openssl', words, { stdio: 'ignore' }).status === 0 ? made : undefined;
}

export class RedisServer {
  readonly #folder: string;
  readonly #words: readonly string[];
  readonly port: number;
  readonly #tls: Certificate | undefined;
  #process: ChildProcess | undefined;

  private constructor(folder: string, port: number, words: readonly string[], tls?: Certificate) {
    this.#folder = folder;
    this.port = port;
    this.#words = words;
    this.#tls = tls;
  }

  /** @param words further settings, such as `--requirepass secret`; by default it keeps an append-only file */
  static async start(
    folder: string,
    words: readonly string[] = ['--appendonly', 'yes'],
    tls?: Certificate,
  ): Promise<RedisServer> {
    const server = new RedisServer(folder, await freePort(), words, tls);
    await server.start();
    return server;
  }

  get url(): string {
    return `${this.#tls ? 'rediss' : 'redis'}://127.0.0.1:${this.port}`;
  }

  /** Once it listens. */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const place = ['--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''];
    const ports = this.#tls
      ? ['--port', '0', '--tls-port', String(this.port), '--tls-auth-clients', 'no']
      : ['--port', String(this.port)];
    const files = this.#tls
      ? ['--tls-cert-file', this.#tls.certificate, '--tls-key-file', this.#tls.key]
      : [];
    const words = [...place, ...ports, ...files, ...this.#words];
    this.#process = spawn('redis-server', words, { stdio: 'ignore' });
    for (let tries = 0; !(await this.#listens()); tries++) {
      if (tries > 600 || this.#process.exitCode !== null) throw new Error('redis-server did not start');
      await sleep(50);
    }
  }

  #listens(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = createConnection(this.port, '127.0.0.1');
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
  }

  /** Lets it hang: connections stay, answers do not come. */
  hang(): void {
    this.#process?.kill('SIGSTOP');
  }

  goOn(): void {
    this.#process?.kill('SIGCONT');
  }

  /** Without warning. */
  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('exit', resolve));
    running.kill('SIGKILL');
    await ended;
  }
}
