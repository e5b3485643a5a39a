/** @module A costly picture -> its pixels, decoded in a process that can be ended. */
import { type ChildProcess, fork } from 'node:child_process';
import { type ErrorCode, OnesheetError, onesheetError } from '../errors.ts';
import type { ApartAnswer, ApartTask } from './decoderProcess.ts';
import type { PixelImage } from './geometry.ts';

/** Beside this module; when the sources run as they are, as in tests, the compiled one. */
const decoderFile = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/image/decoderProcess.js' : './decoderProcess.js',
  import.meta.url,
);

/** An idle process takes some 60 MB and is made anew in a fifth of a second. */
const idleMilliseconds = 5000;

interface IdleDecoder {
  readonly child: ChildProcess;
  readonly end: NodeJS.Timeout;
}
const idle: IdleDecoder[] = [];

/**
 * Decodes in a process of its own, which is ended when it has computed for too long or is no longer wanted. Processes
 * are kept for the next picture for some seconds, hold up no exit, and end with the one that made them, however it ends.
 *
 * @throws {OnesheetError} IMAGE_TIMEOUT, DECODER_LOST, what `render` throws; the signal's reason
 */
export function renderApart(task: ApartTask, signal?: AbortSignal): Promise<PixelImage> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) throw signal.reason;
    const { child, isNew } = take();
    const settle = (then: () => void, isUsable = false): void => {
      signal?.removeEventListener('abort', giveUp);
      release(child);
      if (isUsable) keep(child);
      else discard(child);
      then();
    };
    const giveUp = (): void => settle(() => reject(signal?.reason));
    const lose = (reason: string): void =>
      settle(() => reject(onesheetError('DECODER_LOST', task.name, reason)));
    signal?.addEventListener('abort', giveUp, { once: true });
    child.on('message', (answer: ApartAnswer) => {
      if ('image' in answer) settle(() => resolve(answer.image), true);
      else if ('late' in answer)
        settle(() => reject(onesheetError('IMAGE_TIMEOUT', task.name, task.seconds)));
      else settle(() => reject(errorFrom(answer.error)), true);
    });
    child.on('error', ({ message }) => lose(message));
    child.on('exit', (code, by) => {
      // One that was idle may have been ended for another reason, unheard.
      if (!isNew) settle(() => resolve(renderApart(task, signal)));
      else if (by !== null && crashes.has(by)) {
        const reason = `its decoder broke down (${by})`;
        settle(() => reject(onesheetError('IMAGE_CORRUPT', task.name, task.format, reason)));
      } else lose(by === null ? `it ended with code ${code}` : `it was ended by ${by}`);
    });
    // A process that does not listen is ending, or is to; then it exits, which says more.
    child.send(task, (error) => error && child.kill('SIGKILL'));
  });
}

/** Signals by which a process ends through its own fault: here that of the picture. */
const crashes: ReadonlySet<NodeJS.Signals> = new Set(['SIGSEGV', 'SIGABRT', 'SIGBUS', 'SIGFPE', 'SIGILL']);

function errorFrom({ code, message }: { code: string | undefined; message: string }): Error {
  return code === undefined ? new Error(message) : new OnesheetError(code as ErrorCode, message);
}

function take(): { readonly child: ChildProcess; readonly isNew: boolean } {
  const waiting = idle.pop();
  if (waiting === undefined) {
    // Nothing of this process's own flags, such as those of a debugger; libvips' warnings are not for the terminal.
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const;
    const child = fork(decoderFile, { serialization: 'advanced', execArgv: [], stdio: [...stdio] });
    return { child, isNew: true };
  }
  const { child, end } = waiting;
  clearTimeout(end);
  release(child);
  child.ref();
  child.channel?.ref();
  return { child, isNew: false };
}

function release(child: ChildProcess): void {
  for (const event of ['message', 'error', 'exit']) child.removeAllListeners(event);
}

function keep(child: ChildProcess): void {
  child.unref();
  child.channel?.unref();
  const end = setTimeout(() => forget(true), idleMilliseconds).unref();
  const decoder = { child, end };
  const forget = (isOver: boolean): void => {
    clearTimeout(end);
    idle.splice(idle.indexOf(decoder), 1);
    if (isOver) discard(child);
  };
  child.on('exit', () => forget(false));
  child.on('error', () => forget(true));
  idle.push(decoder);
}

function discard(child: ChildProcess): void {
  // What it says from now on is of no interest, but an error without a listener would end this process.
  child.on('error', () => undefined);
  child.kill('SIGKILL');
  child.unref();
  child.channel?.unref();
}
