/** @module An entry of a list, as people and programs write paths -> the file that it means. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isWithin } from '../dataset/index.ts';

export interface FoundEntry {
  readonly path: string;
  /** The folder below which it was found; none for a path from a root. */
  readonly below: string | undefined;
}

/** As it stands, or without quotes, with slashes for backslashes, or decoded from a web address. */
export async function findEntry(entry: string, folder: string | undefined): Promise<FoundEntry | undefined> {
  for (const form of formsOf(entry)) {
    if (isAbsolute(form)) {
      if (await exists(form)) return { path: form, below: undefined };
      continue;
    }
    if (await exists(form)) return { path: form, below: process.cwd() };
    if (folder !== undefined && (await exists(join(folder, form))))
      return { path: join(folder, form), below: folder };
  }
  return undefined;
}

function formsOf(entry: string): Set<string> {
  const trimmed = entry.trim();
  if (/^file:\/\//i.test(trimmed)) return new Set([pathOfUrl(trimmed)]);
  const plain = /^(["'])(.+)\1$/.exec(trimmed)?.[2] ?? trimmed;
  const slashed = plain.replaceAll('\\', '/');
  return new Set([entry, trimmed, plain, slashed, decodeLocation(slashed)]);
}

function decodeLocation(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** What ids of a list are relative to, whose first picture this is. */
export function baseOfEntry({ path, below }: FoundEntry, folder: string | undefined): string {
  if (below !== undefined) return below;
  return folder !== undefined && isWithin(resolve(folder), path) ? folder : process.cwd();
}

/** Of what is no URL of a file after all, the text itself. */
export function pathOfUrl(location: string): string {
  try {
    return fileURLToPath(location);
  } catch {
    return location;
  }
}
