/** @module A URL of the hub -> its answer, with redirects followed and the token kept from other hosts. */
import { onesheetError } from '../errors.ts';

export interface HubAccess {
  /** The hub's address, without a slash at the end. */
  readonly endpoint: string;
  readonly token: string | undefined;
  /** Milliseconds without an answer or another byte after which a request is given up. */
  readonly patience: number;
}

export interface HubRequest {
  readonly method: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
  /** What is asked for, in messages. */
  readonly what: string;
  /** Stop at the redirect to a large file's bytes: its headers say what the hub knows of the file. @default false */
  readonly staysOnHub?: boolean;
  /** Whether 404 is an answer and no error. @default false */
  readonly mayBeMissing?: boolean;
  readonly signal: AbortSignal;
}

const mostRedirects = 5;

/** The reason of a failed fetch, whose own message says only that it failed. */
export function networkReason(error: unknown): string {
  const cause = (error as { cause?: { code?: string; message?: string } }).cause;
  return cause?.code ?? cause?.message ?? (error as Error).message;
}

function refusal(response: Response, token: string | undefined): string {
  const code = response.headers.get('x-error-code');
  const known: Readonly<Record<string, string>> = {
    EntryNotFound: 'the repository has no such file at this revision',
    RevisionNotFound: 'the repository has no such revision',
    GatedRepo: 'it is gated: accept its terms on its page, then set HF_TOKEN',
    RepoNotFound: 'there is no such repository, or it is private',
  };
  if (code !== null && known[code] !== undefined && !(response.status === 401 && token)) return known[code];
  if (response.status === 401)
    return token
      ? 'HF_TOKEN is not accepted, or there is no such repository'
      : 'there is no such repository, or it is private: set HF_TOKEN';
  if (response.status === 403) return 'access is forbidden with this HF_TOKEN';
  if (response.status === 404) return 'there is no such repository, revision or file';
  return `it answered ${response.status}`;
}

/**
 * Follows at most five redirects. The token goes to the endpoint's own origin only, and what began encrypted
 * does not go on in the clear.
 *
 * @throws {OnesheetError} HUB_REFUSED for any answer that is no success; errors of fetch as they are
 */
export async function request(url: string, access: HubAccess, asked: HubRequest): Promise<Response> {
  const { method, what, signal, staysOnHub = false, mayBeMissing = false } = asked;
  const home = new URL(access.endpoint).origin;
  let current = new URL(url);
  for (let redirects = 0; redirects <= mostRedirects; redirects++) {
    const own = current.origin === home;
    const headers: Record<string, string> = { ...asked.headers, 'accept-encoding': 'identity' };
    if (own && access.token !== undefined) headers.authorization = `Bearer ${access.token}`;
    const response = await fetch(current, { method, headers, redirect: 'manual', signal });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status >= 400 || location === null) {
      if (response.ok || (mayBeMissing && response.status === 404)) return response;
      await response.body?.cancel();
      throw onesheetError('HUB_REFUSED', what, refusal(response, access.token));
    }
    const next = new URL(location, current);
    const isDowngrade = current.protocol === 'https:' && next.protocol !== 'https:';
    if (isDowngrade || !/^https?:$/.test(next.protocol)) {
      await response.body?.cancel();
      throw onesheetError('HUB_REFUSED', what, `it redirects to ${next.protocol}//${next.host}`);
    }
    const tells = next.origin !== home || response.headers.has('x-linked-etag');
    if (staysOnHub && tells) return response;
    await response.body?.cancel();
    current = next;
  }
  throw onesheetError('HUB_REFUSED', what, `it redirects more than ${mostRedirects} times`);
}

/** Runs a request under a clock that `alive` sets back. */
export async function withPatience<T>(
  milliseconds: number,
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const expire = (): void => controller.abort(new Error(`no answer for ${milliseconds / 1000} s`));
  let timer = setTimeout(expire, milliseconds);
  const alive = (): void => {
    clearTimeout(timer);
    timer = setTimeout(expire, milliseconds);
  };
  try {
    return await work(controller.signal, alive);
  } finally {
    clearTimeout(timer);
  }
}
