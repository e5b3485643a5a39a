/** @module Work on pictures -> done a few at a time, each answered within its time. */

/** libuv's threads, on which sharp decodes. */
const threads = Number(process.env.UV_THREADPOOL_SIZE) || 4;
let free = threads;
const waiting: (() => void)[] = [];

/**
 * Runs the work when one of libuv's threads is free for it, so that any number of callers may ask at once:
 * memory stays that of a few pictures, and the time of each starts when it starts. A decoder in a thread
 * cannot be stopped, so late work keeps its slot until it ends, although its caller has been answered.
 *
 * @throws what `late` makes, once `seconds` have passed; else what the work throws.
 */
export async function inSlot<Result>(
  seconds: number,
  work: () => Promise<Result>,
  late: () => Error,
): Promise<Result> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  const running = work().finally(release);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), seconds * 1000);
  });
  return Promise.race([running, deadline]).finally(() => clearTimeout(timer));
}

/** Hands the slot to whoever has waited longest. */
function release(): void {
  const next = waiting.shift();
  if (next === undefined) free++;
  else next();
}
