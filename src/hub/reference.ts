/** @module The text hf:owner/name[/file][@revision] -> its parts, none of which leads out of the cache. */
import { onesheetError } from '../errors.ts';

export interface HubReference {
  readonly owner: string;
  readonly name: string;
  /** Path in the repository; `undefined` for the one network that it holds. */
  readonly file: string | undefined;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

export function isHubReference(text: string): boolean {
  return text.startsWith('hf:');
}

const word = '[A-Za-z0-9][A-Za-z0-9._-]*';
const pattern = new RegExp(
  `^hf:(${word})/(${word})(?:/((?:${word}/)*${word}))?(?:@(${word}(?:/${word})*))?$`,
);

/** @throws {OnesheetError} HUB_REFERENCE */
export function parseReference(text: string): HubReference {
  const [, owner, name, file, revision = 'main'] = pattern.exec(text) ?? [];
  if (!owner || !name || text.includes('..')) throw onesheetError('HUB_REFERENCE', text);
  return { owner, name, file, revision };
}
