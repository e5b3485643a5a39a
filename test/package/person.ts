import { spawn, spawnSync } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Finished } from '../cli/command.ts';

/** Somebody without rights, with a home of his own. */
export interface Person {
  /** His folder, whose path has spaces. */
  readonly folder: string;
  readonly home: string;
  /** Runs a program as him; nothing of the environment tells that this is a test. */
  run(program: string, words: readonly string[], options?: RunOptions): Promise<Finished>;
  start(program: string, words: readonly string[], options?: RunOptions): ReturnType<typeof spawn>;
  leave(): Promise<void>;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

const isRoot = process.getuid?.() === 0;
/** The user and group that Debian calls nobody and nogroup. */
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};

/** Whether a program can be run where there is no network. */
export const canIsolate = spawnSync('unshare', ['-rn', 'true'], { stdio: 'ignore' }).status === 0;

async function give(path: string): Promise<void> {
  if (nobody.uid !== undefined) await chown(path, nobody.uid, nobody.gid);
}

export async function somebody(): Promise<Person> {
  const folder = await mkdtemp(join(tmpdir(), 'somebody with spaces '));
  const home = join(folder, 'home');
  await mkdir(home);
  await give(folder);
  await give(home);
  const start: Person['start'] = (program, words, { cwd = folder, env = {} } = {}) => {
    const clean = { PATH: [dirname(process.execPath), process.env.PATH].join(delimiter), HOME: home, ...env };
    return spawn(program, words, { cwd, env: clean, stdio: ['ignore', 'pipe', 'pipe'], ...nobody });
  };
  return {
    folder,
    home,
    start,
    run: (program, words, options) =>
      new Promise((resolve, reject) => {
        const child = start(program, words, options);
        let [stdout, stderr] = ['', ''];
        child.stdout!.on('data', (chunk) => (stdout += chunk));
        child.stderr!.on('data', (chunk) => (stderr += chunk));
        child.on('error', reject);
        child.on('close', (code) => resolve({ code, stdout, stderr }));
      }),
    leave: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A folder of his with a package.json, where something can be installed. */
export async function projectOf({ folder, run }: Person, name: string): Promise<string> {
  const project = join(folder, name);
  await run('mkdir', [project]);
  await run('npm', ['init', '--yes'], { cwd: project });
  return project;
}

/** Files below a folder, by path. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}
