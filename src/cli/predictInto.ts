/** @module `onesheet predict --output`: posters -> a file of predictions, with its progress, its summary and its exit code. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { describeSkipped, type Skipped } from '../dataset/index.ts';
import { formatDuration } from '../duration.ts';
import { onesheetError } from '../errors.ts';
import { type Classifier, textModelPath } from '../model/index.ts';
import {
  countPosters,
  type OutputOptions,
  type OutputReport,
  type PosterToPredict,
  predictInto,
  type SourceOptions,
  sayHeard,
} from '../predict/index.ts';
import { printable } from '../printable.ts';
import { PredictionMeter } from './predictProgress.ts';

export interface IntoFile {
  readonly classifier: Classifier;
  readonly locations: readonly string[];
  readonly posters: AsyncIterable<PosterToPredict>;
  readonly sources: SourceOptions & { readonly skipped: Skipped };
  readonly options: Omit<OutputOptions, 'onProgress' | 'signal'>;
  readonly modelPath: string;
  /** Files of what is heard beside the pictures; the output depends on what they hold. */
  readonly heard: { readonly texts?: string; readonly titles?: string; readonly read?: boolean };
}

/** Ctrl-C, or being told to end, keeps what is done; exit code 130 then, 3 where some failed. */
export async function predictIntoFile({
  classifier,
  locations,
  posters,
  sources,
  options: given,
  modelPath,
  heard,
}: IntoFile): Promise<number> {
  const options = { ...given, settings: { ...given.settings, ...(await hashesOf(modelPath, heard)) } };
  const started = performance.now();
  const stopped = new AbortController();
  const stop = (): void => {
    process.off('SIGINT', stop);
    stopped.abort();
  };
  process.on('SIGINT', stop);
  process.once('SIGTERM', stop);
  const meter = new PredictionMeter({
    write: (text) => process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true,
    columns: () => process.stderr.columns ?? 80,
  });
  // Failures to count are those to read, which the prediction itself meets and names.
  const counting = countPosters(locations, sources, stopped.signal)
    .then((total) => {
      const { index, of } = options.part ?? { index: 0, of: 1 };
      meter.total = total === undefined ? undefined : Math.ceil((total - index) / of);
    })
    .catch(() => undefined);
  let before = 0;
  const onProgress: OutputOptions['onProgress'] = (progress) => {
    if (progress.outcome === undefined) before = progress.done;
    meter.update(progress);
  };
  let report: OutputReport;
  try {
    report = await predictInto(classifier, posters, { ...options, onProgress, signal: stopped.signal });
  } finally {
    stopped.abort();
    await counting;
    meter.clear();
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
  const passedOver = describeSkipped(sources.skipped.counts, sources.skipped.examples);
  if (report.entries === 0 && report.outcome === 'finished')
    throw onesheetError(
      'NOTHING_FOUND',
      locations.join(', '),
      `posters${passedOver === '' ? '' : `, beside ${passedOver}`}`,
    );
  process.stderr.write(summary(report, options, before, (performance.now() - started) / 1000, meter));
  if (passedOver !== '') process.stderr.write(`onesheet: passed over ${printable(passedOver)}.\n`);
  const unheard = options.texts?.counts().filter(({ posters: some }) => some < report.worked) ?? [];
  for (const line of [...(options.texts?.notes ?? []), ...unheard.map((one) => sayHeard(one, report.worked))])
    process.stderr.write(`onesheet: ${printable(line)}\n`);
  if (report.outcome === 'interrupted') return 130;
  return report.failed > 0 || sources.skipped.counts.unreadable !== undefined ? 3 : 0;
}

/** By their content, as they may be written anew under the same names. */
async function hashesOf(
  modelPath: string,
  { texts, titles, read = false }: IntoFile['heard'],
): Promise<Record<string, string>> {
  const isHeard = read || texts !== undefined || titles !== undefined;
  const files = { texts, titles, 'model of texts': isHeard ? textModelPath(modelPath) : undefined };
  const hashes: Record<string, string> = read ? { read: 'yes' } : {};
  for (const [name, path] of Object.entries(files))
    if (path !== undefined)
      hashes[name] = createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
        .slice(0, 12);
  return hashes;
}

function summary(
  report: OutputReport,
  { output, retryErrors = false }: IntoFile['options'],
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
