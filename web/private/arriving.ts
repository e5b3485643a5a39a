/** @module The answer of this page's host -> its bytes, with word of how many have arrived. */

/**
 * @param total bytes that there must be; undefined where that is not known
 * @throws {Error} with the file's path: it is missing, cut short or too long
 */
export async function readBody(
  response: Response,
  total: number | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const { pathname } = new URL(response.url);
  if (!response.ok || !response.body) throw new Error(`${pathname}: HTTP ${response.status}`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (total !== undefined && done + part.value.length > total)
      throw new Error(`${pathname} is larger than ${total} bytes`);
    parts.push(part.value);
    done += part.value.length;
    onProgress(done, total ?? done);
  }
  if (total !== undefined && done !== total) throw new Error(`${pathname} has ${done} of ${total} bytes`);
  const bytes = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
