/** @module The paths that a coordinator names -> whether the same things lie there on this machine, or why a worker must not take part. */
import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { onesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import { readImageBytes } from '../image/index.ts';
import { isRunning } from './catalogue.ts';
import type { Mark, ShardFolder } from './shard.ts';

/** Milliseconds between two looks for a coordinator's mark, which it may be about to write or to remove. */
const secondLook = 2000;

/** @throws {OnesheetError} CLUSTER_REFUSED */
export async function requireFolder(path: string): Promise<void> {
  await access(path).catch((error: unknown) => {
    throw refused(`folder ${path}`, reasonOf(error), 'it at the same path as the coordinator');
  });
}

/**
 * A shard whose file is not here is no longer wanted, or the folder at this path is not the coordinator's.
 *
 * @throws {OnesheetError} CLUSTER_REFUSED
 */
export async function requireSharedFolder(
  redis: Redis,
  { catalogue, folder }: { readonly catalogue: string; readonly folder: ShardFolder },
): Promise<void> {
  const isAnother = async (): Promise<boolean> =>
    (await folder.marked())?.catalogue !== catalogue && (await isRunning(redis, catalogue));
  if (!(await isAnother())) return;
  await sleep(secondLook);
  if (!(await isAnother())) return;
  throw refused(`folder ${folder.path}`, 'another one', "the coordinator's, shared by all machines");
}

/** @throws {OnesheetError} CLUSTER_REFUSED */
export async function requireSamePictures({ picture }: Mark): Promise<void> {
  if (picture === undefined) return;
  const own = await pictureHash(picture.path);
  if (own !== picture.hash) throw refused(`picture ${picture.path}`, own ?? 'missing', picture.hash);
}

/** The beginning of its SHA-256 in hexadecimal; undefined for a picture that cannot be read. */
export async function pictureHash(path: string): Promise<string | undefined> {
  const bytes = await readImageBytes({ kind: 'file', path }).catch(() => undefined);
  return bytes && createHash('sha256').update(bytes).digest('hex').slice(0, 12);
}

function refused(what: string, own: string, wanted: string): Error {
  return onesheetError('CLUSTER_REFUSED', what, own, wanted);
}
