import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { lockFolder, withLock } from '../src/lock.ts';
import { temporaryFolder } from './model/fixture.ts';

const compiled = new URL('../dist/lock.js', import.meta.url).href;

/** A process that says `ready`, then does `work` for each line that it is sent. */
function start(folder: string, work: string) {
  const script = `
    import { lockFolder } from ${JSON.stringify(compiled)};
    import { createInterface } from 'node:readline';
    import { open, rm } from 'node:fs/promises';
    const folder = ${JSON.stringify(folder)};
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    console.log('ready');
    for await (const line of createInterface({ input: process.stdin })) { ${work} }
  `;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  child.stderr.pipe(process.stderr);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value;
  const send = (): boolean => child.stdin.write('\n');
  const end = async (): Promise<void> => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { child, next, send, end };
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Puts down a lock as another process would have written it. */
async function putLock(folder: string, holder: object | string, ageSeconds = 0): Promise<string> {
  const path = join(folder, 'writer-0123456789abcdef.lock');
  await writeFile(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  const time = Date.now() / 1000 - ageSeconds;
  await utimes(path, time, time);
  return path;
}

const elsewhere = { purpose: 'training', since: '2026-01-01T00:00:00.000Z', host: 'another-host', pid: 1 };

async function heldIn(folder: string): Promise<object> {
  const [name] = (await readdir(folder)).filter((each) => each.startsWith('writer-'));
  return JSON.parse(await readFile(join(folder, name!), 'utf8'));
}

test('a folder has one writer at a time, who is named to the others', async () => {
  const folder = await temporaryFolder();
  const lock = await lockFolder(folder, 'training');
  await expect(lockFolder(folder, 'refit')).rejects.toMatchObject({
    code: 'FOLDER_LOCKED',
    exitCode: 1,
    message: expect.stringMatching(
      new RegExp(
        `^${folder} has a writer already, training by process ${process.pid} on ${hostname()} since 2\\S+Z: expected none; wait until it has ended, or stop it\\.$`,
      ),
    ),
  });
  await lock.confirm();
  await lock.release();
  expect(await readdir(folder)).toEqual([]);
  expect(await withLock(folder, 'refit', async () => 'done')).toBe('done');
  await expect(withLock(folder, 'refit', async () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
  expect(await readdir(folder)).toEqual([]);
});

test('of processes that start at once beside a dead lock exactly one gets the folder', async () => {
  const folder = await temporaryFolder();
  const work = `
    try { globalThis.lock = await lockFolder(folder, 'training'); console.log('held'); }
    catch (error) { console.log(error.code); }`;
  for (let round = 0; round < 3; round++) {
    const processes = [1, 2, 3, 4].map(() => start(folder, work));
    for (const { next } of processes) expect(await next()).toBe('ready');
    for (const { send } of processes) send();
    const answers = await Promise.all(processes.map(({ next }) => next()));
    expect(answers.sort()).toEqual(['FOLDER_LOCKED', 'FOLDER_LOCKED', 'FOLDER_LOCKED', 'held']);
    // Their death leaves the lock to the next round.
    await Promise.all(processes.map(({ child }) => kill(child)));
    expect(await readdir(folder)).toHaveLength(1);
  }
});

test('processes that take and release the same lock over and over never hold it together', async () => {
  const folder = await temporaryFolder();
  const work = `
    let [held, together] = [0, 0];
    for (const end = Date.now() + 3000; Date.now() < end; ) {
      const lock = await lockFolder(folder, 'training').catch(() => undefined);
      if (lock === undefined) { await sleep(30); continue; }
      held++;
      const file = await open(folder + '/only-one', 'wx').catch(() => undefined);
      if (file === undefined) together++;
      await sleep(2);
      await file?.close();
      await rm(folder + '/only-one', { force: true });
      await lock.release();
    }
    console.log(held + ' ' + together);`;
  const processes = [1, 2, 3].map(() => start(folder, work));
  for (const { next } of processes) expect(await next()).toBe('ready');
  for (const { send } of processes) send();
  const counts = (await Promise.all(processes.map(({ next }) => next()))).map((line) =>
    line.split(' ').map(Number),
  );
  await Promise.all(processes.map(({ end }) => end()));
  expect(counts.map(([, together]) => together)).toEqual([0, 0, 0]);
  expect(counts.reduce((sum, [held]) => sum + held!, 0)).toBeGreaterThan(10);
});

test('a killed holder is known as dead at once', async () => {
  const folder = await temporaryFolder();
  const work = `globalThis.lock = await lockFolder(folder, 'training'); console.log('held');`;
  const { child, next, send } = start(folder, work);
  await next();
  send();
  expect(await next()).toBe('held');
  await expect(lockFolder(folder, 'training')).rejects.toThrow(`by process ${child.pid}`);
  await kill(child);
  await withLock(folder, 'training', async () => {
    expect(await heldIn(folder)).toMatchObject({ pid: process.pid });
  });
});

test('a later process with the number of a dead holder is not taken for it', async ({ skip }) => {
  const folder = await temporaryFolder();
  const own = (await withLock(folder, 'training', () => heldIn(folder))) as { started?: string };
  if (own.started === undefined) skip('this system does not tell when a process started');
  await putLock(folder, { ...own, started: `${Number(own.started) - 1}` });
  await withLock(folder, 'training', async () => undefined);
});

test.each([
  ['another machine', elsewhere],
  [
    'another container, whose processes have numbers of their own',
    { ...elsewhere, host: hostname(), space: 'pid:[1]' },
  ],
])('a holder on %s counts as dead after five silent minutes', async (_where, holder) => {
  const folder = await temporaryFolder();
  await putLock(folder, holder, 200);
  await expect(lockFolder(folder, 'training')).rejects.toThrow(
    /training by process 1 on .+; its last sign of life is 20\d s old, and after 300 s it counts as dead\.$/,
  );
  await putLock(folder, holder, 301);
  await withLock(folder, 'training', async () => undefined);
  expect(await readdir(folder)).toEqual([]);
});

test('a lock that cannot be read holds until it has been silent for long', async () => {
  const folder = await temporaryFolder();
  await putLock(folder, '');
  await expect(lockFolder(folder, 'training')).rejects.toThrow('whose lock cannot be read');
  await putLock(folder, '', 301);
  await withLock(folder, 'training', async () => undefined);
});

test('a holder gives signs of life, and learns when it was taken over in silence', async () => {
  const folder = await temporaryFolder();
  const lock = await lockFolder(folder, 'training', { beatSeconds: 0.05 });
  const path = join(folder, (await readdir(folder))[0]!);
  await utimes(path, 1, 1);
  for (let i = 0; i < 100 && (await stat(path)).mtimeMs === 1000; i++) await sleep(50);
  expect((await stat(path)).mtimeMs).toBeGreaterThan(Date.now() - 60_000);
  await lock.release();

  const silent = await lockFolder(folder, 'training');
  const held = join(folder, (await readdir(folder))[0]!);
  // As seen from another machine, whose clock and processes are others.
  await writeFile(held, JSON.stringify(elsewhere));
  await utimes(held, 1, 1);
  const taker = await lockFolder(folder, 'training');
  await expect(silent.confirm()).rejects.toMatchObject({ code: 'LOCK_LOST' });
  await silent.release();
  await taker.confirm();
  await taker.release();
});

test('a folder that cannot be written is refused with its name', async () => {
  const file = fileURLToPath(import.meta.url);
  await expect(lockFolder(join(file, 'run'), 'training')).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringContaining(`Cannot write ${join(file, 'run')}: `),
  });
});
