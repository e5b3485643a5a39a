/** @module The process that decodes costly pictures: tasks in -> pixels out, one at a time; it ends itself when one takes too long. */
import { writeFileSync } from 'node:fs';
import { OnesheetError } from '../errors.ts';
import type { PixelImage } from './geometry.ts';
import { type RenderTask, render } from './render.ts';

/** From the process that wants a picture. */
export interface ApartTask extends RenderTask {
  /** Processor time, in seconds. */
  readonly seconds: number;
}

/** Back to it; after `late` the process is of no more use. */
export type ApartAnswer =
  | { readonly image: PixelImage }
  | { readonly error: { readonly code: string | undefined; readonly message: string } }
  | { readonly late: true };

/** Between two looks at the time that was used, in milliseconds. */
const pulse = 50;

/** Until a word that was sent has surely arrived, in milliseconds: an exit may overtake it. */
const grace = 1000;

/**
 * A native decoder cannot be interrupted, and an orderly exit would wait for it. Decoders run on other threads, so this
 * one is always free to do it.
 */
function vanish(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Seconds that all threads of this process have computed. */
function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Where memory runs out, Linux is to end this process rather than the one that serves. */
function volunteer(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Not everywhere is it allowed, and nothing depends on it.
  }
}

async function answerTo(task: ApartTask): Promise<ApartAnswer> {
  try {
    return { image: await render(task) };
  } catch (error) {
    const { message, stack } = error as Error;
    if (error instanceof OnesheetError) return { error: { code: error.code, message } };
    return { error: { code: undefined, message: stack ?? message } };
  }
}

const send = (answer: ApartAnswer): boolean | undefined => process.send?.(answer);

volunteer();
// Whoever asked is gone, whatever became of it.
process.on('disconnect', vanish);
process.on('message', async (task: ApartTask) => {
  const start = processorTime();
  const watch = setInterval(() => {
    if (processorTime() - start <= task.seconds) return;
    clearInterval(watch);
    send({ late: true });
    // Whoever asked ends this process on that word, or else it ends itself.
    setTimeout(vanish, grace);
  }, pulse);
  const answer = await answerTo(task);
  clearInterval(watch);
  send(answer);
});
