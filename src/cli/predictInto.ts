/** @module `onesheet predict --output`: posters -> a file of predictions, with its progress, its summary and its exit code. */
import { describeSkipped, type Skipped } from '../dataset/index.ts';
import { formatDuration } from '../duration.ts';
import { onesheetError } from '../errors.ts';
import {
  countPosters,
  type OutputPlace,
  type OutputReport,
  type Part,
  type PosterTexts,
  type SourceOptions,
  sayHeard,
} from '../predict/index.ts';
import { printable } from '../printable.ts';
import { PredictionMeter } from './predictProgress.ts';
import { listenForStop } from './stopping.ts';

export interface FileToFill {
  readonly locations: readonly string[];
  readonly sources: SourceOptions & { readonly skipped: Skipped };
  readonly output: string;
  readonly part?: Part;
  readonly retryErrors?: boolean;
  /** What is heard beside the pictures, to say how much of it was. */
  readonly texts?: PosterTexts;
  /** Does the work, and says how it goes. */
  readonly fill: (watched: Watched) => Promise<OutputReport>;
}

export interface Watched extends Required<Pick<OutputPlace, 'onProgress' | 'signal'>> {
  /** Posters of the input, once they are counted. */
  readonly total: () => number | undefined;
}

/** Ctrl-C, or being told to end, keeps what is done; exit code 130 then, 3 where some failed. */
export async function fillFile(file: FileToFill): Promise<number> {
  const { locations, sources, part, fill, texts } = file;
  const started = performance.now();
  const stopping = listenForStop();
  const meter = new PredictionMeter({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: () => process.stderr.columns ?? 80,
  });
  // Failures to count are those to read, which the prediction itself meets and names.
  const counting = countPosters(locations, sources, stopping.signal)
    .then((total) => {
      const { index, of } = part ?? { index: 0, of: 1 };
      meter.total = total === undefined ? undefined : Math.ceil((total - index) / of);
    })
    .catch(() => undefined);
  let before = 0;
  const onProgress: Watched['onProgress'] = (progress) => {
    if (progress.outcome === undefined) before = progress.done;
    meter.update(progress);
  };
  let report: OutputReport;
  try {
    report = await fill({ onProgress, signal: stopping.signal, total: () => meter.total });
  } finally {
    stopping.end();
    await counting;
    meter.clear();
  }
  const passedOver = describeSkipped(sources.skipped.counts, sources.skipped.examples);
  if (report.entries === 0 && report.outcome === 'finished')
    throw onesheetError(
      'NOTHING_FOUND',
      locations.join(', '),
      `posters${passedOver === '' ? '' : `, beside ${passedOver}`}`,
    );
  process.stderr.write(summary(report, file, before, (performance.now() - started) / 1000, meter));
  if (passedOver !== '') process.stderr.write(`onesheet: passed over ${printable(passedOver)}.\n`);
  const unheard = texts?.counts().filter(({ posters: some }) => some < report.worked) ?? [];
  for (const line of [...(texts?.notes ?? []), ...unheard.map((one) => sayHeard(one, report.worked))])
    process.stderr.write(`onesheet: ${printable(line)}\n`);
  if (report.outcome === 'interrupted') return 130;
  return report.failed > 0 || sources.skipped.counts.unreadable !== undefined ? 3 : 0;
}

function summary(
  report: OutputReport,
  { output, retryErrors = false }: FileToFill,
  before: number,
  seconds: number,
  meter: PredictionMeter,
): string {
  const { entries, done, failed, worked, recovered, failures } = report;
  const rate = worked / seconds;
  const speed = `${worked} in ${formatDuration(seconds)}, ${rate.toFixed(rate < 10 ? 1 : 0)} posters/s`;
  const lines = [
    report.outcome === 'interrupted'
      ? `onesheet: stopped after ${done} posters (${speed}): the same command goes on from there.`
      : done === 0
        ? `onesheet: ${printable(output)} is finished: none of ${entries} posters is in this part.`
        : worked === 0
          ? `onesheet: ${printable(output)} was finished before: ${done} posters.`
          : `onesheet: ${printable(output)} holds ${done - failed} of ${done} posters (${speed}).`,
  ];
  if (before > 0 && worked > 0) lines.push(`  ${before} of them were done before.`);
  if (recovered > 0) lines.push(`  ${recovered} that had failed before succeeded now.`);
  if (failed > 0) {
    lines.push(
      `  ${failed} failed: ${printable(failures)} says why${retryErrors ? '' : '; --retry-errors tries them again'}.`,
    );
    for (const [code, count] of meter.reasons) lines.push(`    ${count} ${code}`);
  }
  return `${lines.join('\n')}\n`;
}
