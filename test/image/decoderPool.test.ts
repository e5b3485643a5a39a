/** @module Costly pictures -> pixels from a process that ends with its task, its time or its maker. */
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { renderApart } from '../../src/image/decoderPool.ts';
import { decodeImage, type ImageSource, preparePixels, resizeRule } from '../../src/image/index.ts';
import { type RenderTask, render } from '../../src/image/render.ts';
import { columns } from './frames.ts';

const rule = resizeRule({ height: 24, width: 16 });
const built = fileURLToPath(new URL('../../dist/image/index.js', import.meta.url));

const slow = { kind: 'bytes', bytes: columns(5, 9_900_000), name: 'slow.png' } as const;
const plain = sharp({ create: { width: 4, height: 6, channels: 3, background: '#123' } });

/** A file of /proc; empty for a process that is no more. */
function facts(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}

/** Process ids of the decoders that a process has. */
function decodersOf(pid: number): number[] {
  const children = facts(`${pid}/task/${pid}/children`).trim().split(' ');
  return children.map(Number).filter((child) => facts(`${child}/cmdline`).includes('decoderProcess'));
}

function isAlive(pid: number): boolean {
  return /^State:\s+[^Z]/m.test(facts(`${pid}/status`));
}

async function until(holds: () => boolean, seconds = 20): Promise<void> {
  for (const end = Date.now() + seconds * 1000; !holds(); await sleep(20))
    if (Date.now() > end) throw new Error(`not within ${seconds} s`);
}

/** The processes are found by /proc. */
const onLinux = test.skipIf(process.platform !== 'linux');

afterEach(async () => {
  if (process.platform !== 'linux') return;
  for (const pid of decodersOf(process.pid)) process.kill(pid, 'SIGKILL');
  await until(() => decodersOf(process.pid).length === 0);
});

describe('another process', () => {
  const encoders = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const;
  const formats = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF', gif: 'GIF', tiff: 'TIFF' } as const;
  const picture = sharp({
    create: {
      width: 40,
      height: 60,
      channels: 3,
      background: '#000',
      noise: { type: 'gaussian', mean: 128, sigma: 40 },
    },
  });

  test.each(encoders)('gives the same pixels and the same errors for %s', async (encoder) => {
    const bytes = await picture.clone()[encoder]().toBuffer();
    for (const wanted of ['pixels', 'size', rule, { ...rule, fit: 'contain' }] as const) {
      const task: RenderTask = { bytes, format: formats[encoder], name: 'p', wanted, maximumPixels: 1e6 };
      const [here, apart] = [await render(task), await renderApart({ ...task, seconds: 10 })];
      expect([apart.width, apart.height, Buffer.compare(apart.data, here.data)]).toEqual([
        here.width,
        here.height,
        0,
      ]);
    }
    const broken: RenderTask = {
      bytes: bytes.subarray(0, 90),
      format: formats[encoder],
      name: 'p',
      wanted: rule,
      maximumPixels: 1e6,
    };
    const error = await render(broken).catch((reason: Error) => reason);
    await expect(renderApart({ ...broken, seconds: 10 })).rejects.toEqual(error);
  });

  onLinux('is used again for the next picture', async () => {
    const bytes = await picture.clone().gif().toBuffer();
    await decodeImage({ kind: 'bytes', bytes, name: 'a.gif' });
    const first = decodersOf(process.pid);
    await decodeImage({ kind: 'bytes', bytes, name: 'a.gif' });
    expect([first.length, decodersOf(process.pid)]).toEqual([1, first]);
  });
});

describe('a picture that takes too long', () => {
  onLinux('is given up after its time on the processor, and its process is gone', async () => {
    const late = preparePixels(slow, rule, { timeoutSeconds: 1 });
    await expect(late).rejects.toMatchObject({
      code: 'IMAGE_TIMEOUT',
      message: 'Gave up on slow.png: decoding took more than 1 s of processor time.',
    });
    await until(() => decodersOf(process.pid).length === 0);
  });

  onLinux('ends with the wish for it, and those that wait behind it never begin', async () => {
    const stop = new AbortController();
    const wishes = Array.from({ length: 20 }, () => preparePixels(slow, rule, {}, stop.signal));
    const outcomes = Promise.allSettled(wishes);
    await until(() => decodersOf(process.pid).length > 0);
    const decoders = decodersOf(process.pid);
    stop.abort(new Error('nobody waits'));
    for (const outcome of await outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'nobody waits' } });
    await until(() => !decoders.some(isAlive), 5);
    expect(decodersOf(process.pid)).toEqual([]);
  });

  onLinux('delays no ordinary picture', async () => {
    const stop = new AbortController();
    const wishes = Array.from({ length: 20 }, () => preparePixels(slow, rule, {}, stop.signal));
    const outcomes = Promise.allSettled(wishes);
    await until(() => decodersOf(process.pid).length > 0);
    const bytes = await plain.clone().jpeg().toBuffer();
    for (let count = 0; count < 10; count++) await preparePixels({ kind: 'bytes', bytes, name: 'p' }, rule);
    expect(decodersOf(process.pid).length).toBeGreaterThan(0);
    stop.abort();
    await outcomes;
  });
});

describe('a decoder that is lost', () => {
  onLinux.each([
    ['SIGSEGV', 'IMAGE_CORRUPT', 'Cannot decode slow.png as PNG: its decoder broke down (SIGSEGV).'],
    [
      'SIGKILL',
      'DECODER_LOST',
      'Cannot decode slow.png now: the process that decodes costly pictures was lost: it was ended by SIGKILL.',
    ],
  ] as const)('by %s costs its picture only', async (signal, code, message) => {
    const lost = preparePixels(slow, rule);
    const outcome = expect(lost).rejects.toMatchObject({ code, message });
    await until(() => decodersOf(process.pid).length === 1);
    process.kill(decodersOf(process.pid)[0]!, signal);
    await outcome;
    const bytes = await plain.clone().gif().toBuffer();
    expect(await preparePixels({ kind: 'bytes', bytes, name: 'p' }, rule)).toHaveLength(24 * 16 * 3);
  });

  onLinux('while it was idle costs nothing', async () => {
    const bytes = await plain.clone().gif().toBuffer();
    const source: ImageSource = { kind: 'bytes', bytes, name: 'p' };
    await preparePixels(source, rule);
    const [pid] = decodersOf(process.pid);
    process.kill(pid!, 'SIGKILL');
    await until(() => !isAlive(pid!));
    await preparePixels(source, rule);
    expect(decodersOf(process.pid)).toHaveLength(1);
  });
});

describe('the process that wants pictures', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onesheet-decoder-'));
    await writeFile(join(folder, 'slow.png'), slow.bytes);
    await writeFile(join(folder, 'dot.gif'), await plain.clone().gif().toBuffer());
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = (script: string): string[] => [
    '--input-type=module',
    '--eval',
    `import { preparePixels, resizeRule } from ${JSON.stringify(built)};
     const prepare = (path) => preparePixels({ kind: 'file', path }, resizeRule({ height: 24, width: 16 }));
     ${script}`,
  ];

  test('ends when it has nothing else to do, although a decoder is idle', async () => {
    const script = `
      await prepare('dot.gif');
      const start = Date.now();
      process.on('exit', () => console.log(Date.now() - start < 4000 ? 'ended' : 'waited'));`;
    const { stdout } = await promisify(execFile)(process.execPath, run(script), { cwd: folder });
    expect(stdout.trim()).toBe('ended');
  });

  onLinux.each(['process.exit(0)', "process.kill(process.pid, 'SIGKILL')"])(
    'leaves no decoder behind by %s',
    async (end) => {
      const script = `
        prepare('slow.png').catch(() => undefined);
        process.stdin.on('data', () => ${end});
        console.log('begun');`;
      const maker = spawn(process.execPath, run(script), { cwd: folder, stdio: 'pipe' });
      const isOver = new Promise((resolve) => maker.on('exit', resolve));
      await until(() => maker.exitCode !== null || decodersOf(maker.pid!).length === 1);
      const [decoder] = decodersOf(maker.pid!);
      await sleep(300); // the decoder is in the middle of it
      maker.stdin.write('now');
      await isOver;
      await until(() => !isAlive(decoder!), 5);
    },
  );
});
