/** @module The name of a memory allocator -> the environment in which a process uses it. */
import { execFileSync } from 'node:child_process';

/** As it is installed: what the system gives without being asked. */
export const installedAllocator = 'as installed';

/** glibc's own allocator, told to keep memory instead of giving it back to the system after every use. */
const keepingAllocator = 'glibc keeping its memory';

const keeping = {
  MALLOC_MMAP_THRESHOLD_: '1073741824',
  MALLOC_TRIM_THRESHOLD_: '4294967296',
  MALLOC_TOP_PAD_: '268435456',
};

/** The same, asking the system for pages of 2 MiB, so that large tensors cost fewer look-ups of addresses. */
const hugeAllocator = 'glibc keeping its memory in huge pages';
const huge = { ...keeping, GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };

/** Libraries that PyTorch's guide to processors names, by the names of their files. */
const libraries = { jemalloc: 'libjemalloc.so.2', tcmalloc: 'libtcmalloc_minimal.so.4' } as const;

function pathOf(library: string): string | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const listed = execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' });
    return listed
      .split('\n')
      .find((line) => line.trim().startsWith(`${library} `))
      ?.split(' => ')[1];
  } catch {
    return undefined;
  }
}

type Environment = Readonly<Record<string, string>>;

function knownHere(): ReadonlyMap<string, Environment> {
  const known = new Map<string, Environment>([[installedAllocator, {}]]);
  if (process.platform === 'linux') known.set(keepingAllocator, keeping).set(hugeAllocator, huge);
  for (const [name, library] of Object.entries(libraries)) {
    const path = pathOf(library);
    if (path === undefined) continue;
    const decay: Environment =
      name === 'jemalloc' ? { MALLOC_CONF: 'dirty_decay_ms:-1,muzzy_decay_ms:-1' } : {};
    known.set(name, { LD_PRELOAD: path, ...decay });
  }
  return known;
}

const known = knownHere();

/** Those that this machine has. */
export const allocators: readonly string[] = [...known.keys()];

/** The one that both sides are given where it is there, so that what is compared is not the system's allocator. */
export const bestKnownAllocator: string = known.has(hugeAllocator) ? hugeAllocator : installedAllocator;

export function environmentOf(allocator: string): Environment {
  return known.get(allocator) ?? {};
}
