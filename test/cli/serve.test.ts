import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { form, poster } from '../server/fixture.ts';
import { command, onesheet } from './command.ts';

/** Each test starts processes, which takes long where many things run. */
vi.setConfig({ testTimeout: 240_000 });

interface Running {
  readonly child: ChildProcess;
  readonly address: string;
  readonly lines: string[];
  readonly ended: Promise<number | null>;
}

async function modelFile(): Promise<string> {
  const path = join(await temporaryFolder(), 'tiny.onnx');
  await writeFile(path, tinyModel());
  return path;
}

/** Starts the service as a process of its own and waits until it is ready. */
async function serve(...options: string[]): Promise<Running> {
  const args = [command, 'serve', '--port', '0', '--threads', '1', ...options];
  const child = spawn(process.execPath, args);
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  child.stderr.on('data', (text) => lines.push(String(text)));
  const address = await new Promise<string>((resolve, reject) => {
    let rest = '';
    child.stdout.on('data', (text) => {
      const parts = (rest + text).split('\n');
      rest = parts.pop()!;
      for (const line of parts) {
        lines.push(line);
        if (line.includes('"ready:')) resolve(JSON.parse(line).address);
      }
    });
    ended.then((code) => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)));
  });
  return { child, address, lines, ended };
}

test('SIGTERM drains: what was begun is answered, readiness ends, and the exit code is 0', async () => {
  const { child, address, lines, ended } = await serve('--drain', '120', '--model', await modelFile());
  const { payload, headers } = form(
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        return { name: 'file', filename: `${i}.png`, content: await poster('png', 600, 900) };
      }),
    ),
  );
  const ask = () => fetch(`${address}/v1/predict`, { method: 'POST', body: payload, headers });
  expect((await ask()).status).toBe(200);
  const begun = ask();
  const queued = async (): Promise<string | undefined> => {
    const text = await (await fetch(`${address}/metrics`)).text();
    return text.match(/queue_size\{kind="classify"\} (\d+)/)?.[1];
  };
  await expect.poll(queued, { interval: 5, timeout: 60_000 }).not.toBe('0');
  child.kill('SIGTERM');
  const answer = await begun;
  expect(answer.status).toBe(200);
  expect(((await answer.json()) as { predictions: object[] }).predictions).toHaveLength(40);
  expect(await ended).toBe(0);
  expect(lines.join('\n')).toContain('stopped');
  await expect(fetch(`${address}/v2/health/live`)).rejects.toThrow();
});

/** util-linux's script gives a command a terminal. */
const hasScript = spawnSync('script', ['--version']).status === 0;

test.skipIf(!hasScript)('on a terminal it says what to open, and logs for people', async () => {
  const model = await modelFile();
  const line = `${process.execPath} ${command} serve --port 0 --threads 1 --model ${model}`;
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void process.kill(-child.pid!, 'SIGKILL'));
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const address = async () => text.match(/^Open (http:\/\/127\.0\.0\.1:\d+)\r?$/m)?.[1];
  await expect.poll(address, { timeout: 120_000 }).toBeDefined();
  expect((await fetch(`${await address()}/v1/models`)).status).toBe(200);
  await expect.poll(() => text).toMatch(/^\d\d:\d\d:\d\d {2}GET \/v1\/models {2}200 {2}[\d.]+ ms\r?$/m);
  expect(text).not.toContain('{"level"');
});

test('it ends while it is not warm yet, too', async () => {
  const child = spawn(process.execPath, [command, 'serve', '--port', '0', '--model', await modelFile()]);
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  // It listens before it is warm.
  await expect.poll(() => text.includes('listening'), { timeout: 120_000, interval: 5 }).toBe(true);
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('options are one sentence away from working', async () => {
  const folder = await temporaryFolder();
  const model = await modelFile();
  const cases: [string[], number, string][] = [
    [['--model', 'nowhere.onnx'], 1, 'Cannot find nowhere.onnx: expected a model (.onnx), a run'],
    [
      ['--model', model, '--port', '70000'],
      2,
      'Expected a whole number from 0 to 65535 for port but received 70000.',
    ],
    [['--model', model, '--networks', '10.0.0.0'], 2, 'Expected networks such as 10.1.0.0/16'],
    [
      ['--model', model, '--tokens', join(folder, 'none')],
      1,
      'expected a file with one bearer token a line.',
    ],
    [['--model', model, '--log', 'loud'], 2, '--log (loud)'],
  ];
  const short = join(folder, 'short.txt');
  await writeFile(short, '# tokens\nabc\n');
  cases.push([['--model', model, '--tokens', short], 2, 'tokens of at least 16 characters, one a line']);
  for (const [args, exitCode, sentence] of cases) {
    const { code, stderr } = await onesheet(['serve', ...args]);
    expect([args, code]).toEqual([args, exitCode]);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
    expect(stderr).not.toContain('abc');
  }
});

test('a port that is taken is named', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as { port: number };
  const { code, stderr } = await onesheet(['serve', '--model', await modelFile(), '--port', String(port)]);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `onesheet: Cannot listen on 127.0.0.1:${port}: something listens there already; choose another --port.\n`,
  );
});

test('a token from the file is asked for', async () => {
  const tokens = join(await temporaryFolder(), 'tokens.txt');
  await writeFile(tokens, '# for the catalogue\na-token-of-enough-characters\n');
  const { address, child, ended } = await serve('--model', await modelFile(), '--tokens', tokens);
  const authorization = 'Bearer a-token-of-enough-characters';
  expect((await fetch(`${address}/v1/models`)).status).toBe(401);
  expect((await fetch(`${address}/v1/models`, { headers: { authorization } })).status).toBe(200);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
});
