import { execFileSync } from 'node:child_process';

/** Each project of tests that needs the build asks for it. */
const done = Symbol.for('onesheet is built');

/** The command line is tested as it is installed: compiled. */
export default function setup(): void {
  if (Reflect.has(globalThis, done)) return;
  execFileSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
  Reflect.set(globalThis, done, true);
}
