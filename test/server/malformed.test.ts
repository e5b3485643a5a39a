import { expect, test } from 'vitest';
import { leak, malformedRequests } from '../../bench/malformed.ts';
import { Random } from '../../src/random.ts';
import { poster, startServer, workerFile } from './fixture.ts';

/** Ten thousand more are sent by `npm run bench -- malformed`. */
const count = 400;

test('malformed pictures, forms and JSON get problems that say nothing of the inside, and never a 500', {
  timeout: 240_000,
}, async () => {
  const lines: string[] = [];
  const stream = { write: (line: string) => void lines.push(line) };
  const { app } = await startServer({
    logger: { level: 'error', stream },
    workerFile,
    deadline: 60,
    explanationDeadline: 60,
  });
  const [jpeg, png, webp] = await Promise.all([poster('jpeg'), poster('png'), poster('webp')]);
  const statuses = new Map<number, number>();
  for (const request of malformedRequests({ jpeg, png, webp }, 'tiny', count, Random.fromSeed(11))) {
    const { path, headers, payload } = request;
    const response = await app.inject({ method: 'POST', url: path, headers, payload });
    const { statusCode, body } = response;
    statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
    expect([request.kind, statusCode < 500, leak.test(body)]).toEqual([request.kind, true, false]);
    if (statusCode >= 400) expect(response.json()).toMatchObject({ status: statusCode, type: 'about:blank' });
  }
  expect(lines).toEqual([]);
  // The seed reaches the decoders, the form's parser and what still is a picture.
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 400, 415, 422]));
});
