/** @module A training under way -> its progress on the terminal, its end, its report and its exit code. */
import { OnesheetError } from '../errors.ts';
import { printable, printableIn } from '../printable.ts';
import { ProgressMeter, type RunFacts, type RunResult, type train } from '../train/index.ts';
import { reportRuns } from './report.ts';
import { listenForStop } from './stopping.ts';
import { describeEnd, describeStart } from './trainingText.ts';

/** Prints what happens on standard error, so that standard output stays free for results. */
export function terminalObserver(epochs: number) {
  const isTerminal = process.stderr.isTTY === true;
  const write = (text: string): void => {
    process.stderr.write(text);
  };
  const meter = new ProgressMeter({ write, isTerminal, columns: () => process.stderr.columns ?? 80, epochs });
  let phase = '';
  let epoch = 0;
  return {
    meter,
    onPreparation: (exact: string, done: number, total: number): void => {
      const what = printable(exact);
      const finished = total > 0 && done === total;
      if (isTerminal && total > 0) write(`\r\x1b[K${what} ${done}/${total}${finished ? '\n' : ''}`);
      else if (what !== phase || finished) write(`${what}${total > 0 ? ` ${done}/${total}` : ''}\n`);
      phase = what;
    },
    onStart: (facts: RunFacts): void => {
      meter.note(describeStart(printableIn(facts)));
    },
    onStep: (step: {
      epoch: number;
      step: number;
      stepsPerEpoch: number;
      loss: number;
      images: number;
    }): void => {
      if (step.epoch !== epoch) meter.startPhase(step.epoch, 'training', step.stepsPerEpoch, step.step - 1);
      epoch = step.epoch;
      meter.batch(step.images, step.loss);
    },
  };
}

/** Trains or resumes with progress; Ctrl-C finishes the step and saves. */
export async function withProgress<Result>(
  epochs: number,
  work: (
    observer: ReturnType<typeof terminalObserver> & {
      signal: AbortSignal;
      onEpoch: NonNullable<Parameters<typeof train>[0]['onEpoch']>;
    },
  ) => Promise<Result>,
): Promise<Result> {
  const stopping = listenForStop(() =>
    process.stderr.write('\nfinishing the step, then saving; once more to stop at once\n'),
  );
  const observer = terminalObserver(epochs);
  try {
    return await work({
      ...observer,
      signal: stopping.signal,
      onEpoch: (report) => {
        const figures = [`loss ${report.trainingLoss.toFixed(4)}`];
        if (!Number.isNaN(report.validation_loss))
          figures.push(
            `validation loss ${report.validation_loss.toFixed(4)}`,
            `micro AP ${report.validation_micro_average_precision.toFixed(3)}`,
            `macro AP ${report.validation_macro_average_precision.toFixed(3)}`,
            `micro F1 ${report.validation_micro_f1.toFixed(3)}`,
          );
        observer.meter.finishEpoch(`${figures.join('  ')}${report.isBest ? '  best' : ''}`);
      },
    });
  } finally {
    observer.meter.clear();
    stopping.end();
  }
}

/** Prints the last lines of a training; its exit code. */
function concludeTraining(result: RunResult): number {
  process.stderr.write(describeEnd(printableIn(result)));
  return result.outcome === 'interrupted' ? 130 : 0;
}

/** Ends a training with its report, unless it was interrupted; a report that cannot be written fails nothing. */
export async function conclude(
  result: RunResult,
  options: { report: boolean; threads?: number },
): Promise<number> {
  const code = concludeTraining(result);
  if (result.outcome !== 'interrupted' && options.report) await reportFor(result.folder, options.threads);
  return code;
}

/** Writes a run's report and says where; what cannot be written is said, too. */
export async function reportFor(run: string, threads?: number): Promise<void> {
  try {
    const { html } = await reportRuns([run], { maps: true, threads });
    process.stderr.write(`its report is ${printable(html)}\n`);
  } catch (error) {
    if (!(error instanceof OnesheetError)) throw error;
    process.stderr.write(`it has no report: ${printable(error.message)}\n`);
  }
}
