/** @module A folder -> a lock on it, which at most one process holds and no dead one keeps. */
import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { onesheetError } from './errors.ts';
import { reasonOf } from './files.ts';

/** A held lock. */
export interface Lock {
  /**
   * To be asked before each write.
   * @throws {OnesheetError} LOCK_LOST when this process gave no sign of life for so long that another took over
   */
  readonly confirm: () => Promise<void>;
  readonly release: () => Promise<void>;
}

export interface LockOptions {
  /**
   * Seconds between signs of life: the time of change of the lock's file.
   * @default 20
   */
  readonly beatSeconds?: number;
  /**
   * Seconds without one after which a holder that cannot be asked for, on another machine or in another container,
   * counts as dead. Far above the longest time for which a training keeps the process from anything else, and above
   * the minute for which network file systems remember times.
   * @default 300
   */
  readonly deadSeconds?: number;
}

/** Seconds that one of several starters waits for the others to yield. */
const patience = 2;

/** Who holds a lock. */
const holderSchema = z.object({
  /** What it does, for people. */
  purpose: z.string(),
  since: z.string(),
  host: z.string(),
  pid: z.int().positive(),
  /** When the process started, in the system's clock ticks, which tells it from a later one of the same number. */
  started: z.string().optional(),
  /** The system's start, and the space in which the process has its number: a container has its own. */
  boot: z.string().optional(),
  space: z.string().optional(),
});
type Holder = z.infer<typeof holderSchema>;

/** A lock's file; it has a name of its own, so that removing a dead one can never remove another. */
interface Found {
  readonly path: string;
  /** Undefined where the file cannot be read. */
  readonly holder: Holder | undefined;
  /** Seconds from its last sign of life to now, by the clock of the file system. */
  readonly silent: number;
}

/**
 * Takes the lock on a folder, which is made when missing. Whoever wants it first puts down a file of a name of its
 * own, then looks for others: of two, the later to put down its file sees the other's, so never do both go on.
 * Starters of the same moment agree by their names. Dead ones are removed: on the same system by asking whether the
 * process lives, elsewhere by their silence.
 *
 * @param purpose what the holder does, for those who are refused: "training"
 * @throws {OnesheetError} FOLDER_LOCKED naming the holder; FILE_UNWRITABLE
 */
export async function lockFolder(folder: string, purpose: string, options: LockOptions = {}): Promise<Lock> {
  const { beatSeconds = 20, deadSeconds = 300 } = options;
  const name = `writer-${randomBytes(8).toString('hex')}.lock`;
  const path = join(folder, name);
  const self: Holder = { purpose, since: new Date().toISOString(), ...(await thisProcess()) };
  const text = `${JSON.stringify(self)}\n`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (error) {
    throw onesheetError('FILE_UNWRITABLE', folder, reasonOf(error));
  }
  const release = (): Promise<void> => rm(path, { force: true });
  try {
    for (const start = performance.now(); ; await sleep(50)) {
      const rivals = await livingRivals(folder, name, deadSeconds);
      const [first] = rivals;
      if (first === undefined) break;
      // One that cannot be read yet is being put down, and will see ours.
      const yields = rivals.some((rival) => rival.holder !== undefined && rival.path < path);
      if (yields || performance.now() - start > patience * 1000)
        throw onesheetError('FOLDER_LOCKED', folder, describe(first), remedyFor(first, self, deadSeconds));
    }
  } catch (error) {
    await release();
    throw error;
  }
  const beat = setInterval(() => {
    // Never makes the file anew: one that is gone was taken over.
    writeFile(path, text, { flag: 'r+' }).catch(() => undefined);
  }, beatSeconds * 1000);
  beat.unref();
  return {
    confirm: async () => {
      const held = await access(path).then(
        () => true,
        () => false,
      );
      if (!held) throw onesheetError('LOCK_LOST', folder);
    },
    release: async () => {
      clearInterval(beat);
      await release();
    },
  };
}

/** Holds the lock while `work` goes on. */
export async function withLock<Result>(
  folder: string,
  purpose: string,
  work: (lock: Lock) => Promise<Result>,
): Promise<Result> {
  const lock = await lockFolder(folder, purpose);
  try {
    return await work(lock);
  } finally {
    await lock.release();
  }
}

const lockName = /^writer-[\da-f]{16}\.lock$/;

/** The other locks of living holders, the oldest first; those of dead ones are removed. */
async function livingRivals(folder: string, own: string, deadSeconds: number): Promise<Found[]> {
  const now = (await stat(join(folder, own))).mtimeMs;
  const self = await thisProcess();
  const living: Found[] = [];
  for (const name of await readdir(folder)) {
    if (!lockName.test(name) || name === own) continue;
    const path = join(folder, name);
    const status = await stat(path).catch(() => undefined);
    if (status === undefined) continue;
    const found = { path, holder: await readHolder(path), silent: (now - status.mtimeMs) / 1000 };
    if (await lives(found, self, deadSeconds)) living.push(found);
    else await rm(path, { force: true });
  }
  const since = ({ holder }: Found): string => holder?.since ?? '';
  return living.sort((a, b) => (since(a) < since(b) ? -1 : 1));
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function lives({ holder, silent }: Found, self: ThisProcess, deadSeconds: number): Promise<boolean> {
  const speaks = silent < deadSeconds;
  if (holder === undefined || !isNear(holder, self)) return speaks;
  if (!exists(holder.pid)) return false;
  if (holder.started === undefined) return speaks;
  const started = await startOf(holder.pid);
  return started === undefined ? speaks : started === holder.started;
}

/** Whether a process of the holder's number would be the holder's. */
function isNear(holder: Holder, self: ThisProcess): boolean {
  return holder.host === self.host && holder.boot === self.boot && holder.space === self.space;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

type ThisProcess = Omit<Holder, 'purpose' | 'since'>;

async function thisProcess(): Promise<ThisProcess> {
  const read = (path: string) => readFile(path, 'utf8').then((text) => text.trim());
  const [boot, space, started] = await Promise.all([
    read('/proc/sys/kernel/random/boot_id').catch(() => undefined),
    readlink('/proc/self/ns/pid').catch(() => undefined),
    startOf(process.pid),
  ]);
  return { host: hostname(), pid: process.pid, started, boot, space };
}

/**
 * When a process started, in clock ticks since the system did (proc(5), field 22); "ended" for one that only waits to
 * be collected; undefined where the system does not tell.
 */
async function startOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The second field, the name in parentheses, may hold anything.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : fields[19];
}

function describe({ holder }: Found): string {
  if (holder === undefined) return 'whose lock cannot be read';
  const { purpose, pid, host, since } = holder;
  return `${purpose} by process ${pid} on ${host} since ${since}`;
}

function remedyFor({ holder, silent }: Found, self: Holder, deadSeconds: number): string {
  if (holder && isNear(holder, self)) return 'wait until it has ended, or stop it';
  const last = Math.max(0, Math.round(silent));
  return `its last sign of life is ${last} s old, and after ${deadSeconds} s it counts as dead`;
}
