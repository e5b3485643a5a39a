/**
 * @module A machine before `npm test` -> the same with what tests use from Debian's packages: Chromium, which those of
 * the page drive, strace, by which others see whether something was sent, and Redis for those of the cluster. Where one cannot be installed, it says
 * why, and those tests are skipped.
 */
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.ts';
import { hasRedisServer } from './redisServer.ts';

const tools = [
  { name: 'chromium', has: () => findChromium() !== undefined, tests: 'the tests that need a browser' },
  {
    name: 'strace',
    has: () => spawnSync('strace', ['--version'], { stdio: 'ignore' }).status === 0,
    tests: 'the tests that look for connections',
  },
  { name: 'redis-server', has: hasRedisServer, tests: 'the tests of the cluster' },
];

/** Why nothing can be installed here; `undefined` where it can. */
function obstacle(): string | undefined {
  if (process.platform !== 'linux') return 'it is installed by itself on Debian only';
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return 'there is no apt-get';
  if (process.getuid?.() !== 0) return 'only root may install packages';
  return undefined;
}

function aptGet(...words: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', words, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

/** Says what it installs before it does, and what is skipped where it cannot. */
export function installTestTools(): void {
  const missing = tools.filter(({ has }) => !has());
  if (missing.length === 0) return;
  const reason = obstacle();
  if (reason === undefined) {
    const names = missing.map(({ name }) => name).join(' and ');
    process.stdout.write(`Installing ${names} from Debian's packages, for the tests.\n`);
    aptGet('update');
    for (const { name } of missing) aptGet('install', '--yes', '--no-install-recommends', name);
  }
  for (const { name, tests } of missing.filter(({ has }) => !has()))
    process.stdout.write(
      `${name} was not found, and ${reason ?? 'apt-get could not install it'}: ${tests} are skipped.\n`,
    );
}
