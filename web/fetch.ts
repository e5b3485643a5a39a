/** @module An address -> a poster's file, fetched by the browser itself, if the other host allows it. */
import { Failure, type PosterAddress, type PosterFile } from './engine.ts';
import { texts } from './texts.ts';

/**
 * Reads what a person typed or pasted; the file's name becomes the poster's.
 *
 * @throws {Failure} OPTION_INVALID for anything but an http or https address
 */
export function addressOf(text: string): PosterAddress {
  const url = URL.canParse(text.trim()) ? new URL(text.trim()) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new Failure('OPTION_INVALID', texts.errors.address(text.trim()));
  const name = url.pathname.split('/').at(-1) || url.hostname;
  return { kind: 'address', name, url: url.href };
}

/** @throws {Failure} URL_FETCH_REFUSED with a sentence on what to do instead */
export async function fetchPoster({ name, url }: PosterAddress): Promise<PosterFile> {
  const { host } = new URL(url);
  // Nothing of this page goes along: no cookies, no address of where it was asked from.
  const response = await fetch(url, { credentials: 'omit', referrerPolicy: 'no-referrer' }).catch(() => {
    throw new Failure('URL_FETCH_REFUSED', texts.errors.fetchRefused(host));
  });
  if (!response.ok) throw new Failure('URL_FETCH_REFUSED', texts.errors.fetchStatus(host, response.status));
  return { kind: 'file', name, blob: await response.blob() };
}
