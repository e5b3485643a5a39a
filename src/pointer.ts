/** @module The first bytes of a file -> whether they only stand for a file that was left elsewhere (Git LFS, git-annex). */

/** Longest text of either kind: the specification of Git LFS allows 1024 bytes, a key of git-annex a path. */
const most = 4096;

/**
 * What a clone without its large files has in their place, and how to get them; `undefined` for any other file.
 *
 * @example
 * pointerIn(Buffer.from('version https://git-lfs.github.com/spec/v1\n...'));
 * // a Git LFS pointer and not the file itself, which `git lfs pull` fetches
 */
export function pointerIn(bytes: Uint8Array): string | undefined {
  if (bytes.length > most) return undefined;
  const text = String.fromCharCode(...bytes.subarray(0, 64));
  if (/^version https?:\/\/git-(lfs|media)\./.test(text))
    return 'a Git LFS pointer and not the file itself, which `git lfs pull` fetches';
  if (text.startsWith('/annex/objects/'))
    return 'a git-annex pointer and not the file itself, which `git annex get` fetches';
  return undefined;
}
