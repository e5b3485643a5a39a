/** @module Ctrl-C, or the system telling a command to end -> an aborted signal. */

export interface Stopping {
  /** Aborted once the command is told to end, or has come to its end. */
  readonly signal: AbortSignal;
  /** Listens no longer. */
  readonly end: () => void;
}

/**
 * A second Ctrl-C ends the process at once, as it does where nobody listens.
 *
 * @param onTold called when the command is told to end, before the signal is aborted
 */
export function listenForStop(onTold: () => void = () => undefined): Stopping {
  const controller = new AbortController();
  const stop = (): void => {
    onTold();
    process.off('SIGINT', stop);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.once('SIGTERM', stop);
  const end = (): void => {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    controller.abort();
  };
  return { signal: controller.signal, end };
}
