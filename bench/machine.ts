/** @module This machine and tree -> what a result must say of them: processor, vector units, memory, load and commit. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** What `npm run bench` compiled, `bench/` and `src/`. */
export const programs = fileURLToPath(new URL('../', import.meta.url));

/** What decides the speed of arithmetic, by the names of Linux. */
const vectorUnits = /^(avx|avx2|fma|avx512\w*|amx_\w+|asimd\w*|sve\w*|bf16|i8mm)$/;

function vectorUnitsHere(): string[] | 'not known' {
  try {
    const flags = readFileSync('/proc/cpuinfo', 'utf8').match(/^(?:flags|Features)\s*:(.*)$/m)?.[1] ?? '';
    return flags.split(' ').filter((flag) => vectorUnits.test(flag));
  } catch {
    return 'not known';
  }
}

export const processor = {
  processor: cpus()[0]?.model.trim() || 'not known',
  vectorUnits: vectorUnitsHere(),
  cores: availableParallelism(),
} as const;

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'bench', 'models');
    return `${git('rev-parse', 'HEAD')}${changed === '' ? '' : ' and changes that were not committed'}`;
  } catch {
    return 'not known';
  }
}

/** @param before the load when the part began */
export function machineFacts(before: readonly number[]) {
  return {
    ...processor,
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    load: { before, after: loadavg() },
    commit: commit(),
  };
}
