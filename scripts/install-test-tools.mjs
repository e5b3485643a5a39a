/**
 * @module A machine before `npm test` -> the same with a Chromium from Debian's packages, which the page's tests
 * drive. Where it cannot be installed, it says why, and those tests are skipped.
 */
import { spawnSync } from 'node:child_process';
import { findChromium } from './chromium.mjs';

/** Why Chromium cannot be installed here, or nothing. */
function obstacle() {
  if (process.platform !== 'linux') return 'it is installed by itself on Debian only';
  if (spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status !== 0) return 'there is no apt-get';
  if (process.getuid() !== 0) return 'only root may install packages';
  return undefined;
}

function installed() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (...words) =>
    spawnSync('apt-get', words, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  run('update');
  return run('install', '--yes', '--no-install-recommends', 'chromium');
}

if (!findChromium()) {
  const reason = obstacle() ?? (installed() ? undefined : 'apt-get could not install the package chromium');
  if (reason)
    process.stdout.write(
      `No Chromium was found, and ${reason}: the tests that need a browser are skipped.\n`,
    );
}
