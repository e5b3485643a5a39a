/** @module `onesheet predict`: posters -> genres, as a table for people or lines for programs. */
import { defineCommand } from 'citty';
import { describeSkipped, Skipped } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { availableThreads } from '../graph/index.ts';
import {
  begunOf,
  type FailedPrediction,
  heardSettings,
  isFailed,
  modelPathOf,
  openClassifier,
  openPosterReader,
  openTexts,
  outputOfPart,
  type PredictionOutcome,
  partOf,
  postersAt,
  predictInto,
  predictStream,
  sayHeard,
  sheetHeader,
  sheetRow,
  writtenOutcome,
} from '../predict/index.ts';
import { printable, printableIn } from '../printable.ts';
import { choiceOf, integerOf, threadsArgument, threadsOf } from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { fetchArguments, fetchCacheArgument, fetcherOf } from './fetching.ts';
import { posterArguments } from './posters.ts';
import { batchArgument, batchOf, judgingArguments, outputArguments } from './predicting.ts';

const formats = ['table', 'json', 'jsonl', 'csv'] as const;
type Format = (typeof formats)[number];

function percent(probability: number): string {
  return `${Math.round(100 * probability)}%`;
}

/** One line for people: the decided genres, then the likeliest of the rest in brackets. */
export function formatRow(exact: PredictionOutcome): string {
  const outcome = printableIn(exact);
  if (isFailed(outcome)) return `${outcome.source}\n  error: ${outcome.error.message}\n`;
  const { genres, source, texts = [] } = outcome;
  const decided = genres.filter((genre) => genre.decided);
  const rest = genres.filter((genre) => !genre.decided).slice(0, 3);
  const list = (items: typeof genres): string =>
    items.map((g) => `${g.label} ${percent(g.probability)}`).join(', ');
  const verdict = decided.length > 0 ? list(decided) : 'no genre is certain enough';
  const read = texts.length > 0 ? `  reads: ${texts.join(' / ')}\n` : '';
  return `${source}\n  ${verdict}${rest.length > 0 ? `  (then ${list(rest)})` : ''}\n${read}`;
}

/** Writes outcomes as they come: header and footer belong to the format. */
class Writer {
  readonly #format: Format;
  readonly #genres: readonly string[];
  #count = 0;

  constructor(format: Format, genres: readonly string[]) {
    this.#format = format;
    this.#genres = genres;
    if (format === 'csv') this.#line(sheetHeader({ genres }));
  }

  #line(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  write(outcome: PredictionOutcome): void {
    this.#count += 1;
    if (this.#format === 'table') process.stdout.write(formatRow(outcome));
    else if (this.#format === 'jsonl') this.#line(JSON.stringify(writtenOutcome(outcome)));
    else if (this.#format === 'json')
      process.stdout.write(
        `${this.#count === 1 ? '[\n' : ',\n'}  ${JSON.stringify(writtenOutcome(outcome))}`,
      );
    else this.#line(sheetRow(outcome, { genres: this.#genres }));
  }

  finish(): void {
    if (this.#format === 'json') this.#line(this.#count === 0 ? '[]' : '\n]');
  }
}

/** Failures by their reason: a line each, not one for each poster. */
class Failures {
  readonly #byCode = new Map<string, { readonly message: string; readonly count: number }>();
  count = 0;

  add({ error: { code, message } }: FailedPrediction): void {
    this.count += 1;
    const known = this.#byCode.get(code);
    this.#byCode.set(code, { message: known?.message ?? message, count: (known?.count ?? 0) + 1 });
  }

  summary(posters: number): string {
    const lines = [...this.#byCode.values()].map(
      ({ message, count }) =>
        `  ${printable(message)}${count > 1 ? ` And ${count - 1} more like it.` : ''}\n`,
    );
    return `onesheet: ${this.count} of ${posters} posters failed.\n${lines.join('')}`;
  }
}

/** @throws {OnesheetError} OPTION_INVALID for options that say something of an output, or nothing of one */
function requireOutputFor(args: {
  readonly output?: string;
  readonly format?: string;
  readonly overwrite?: boolean;
  readonly 'retry-errors'?: boolean;
  readonly shard?: string;
}): void {
  if (args.output !== undefined && args.format !== undefined)
    throw onesheetError('OPTION_INVALID', 'format', 'none beside output, whose ending says it', args.format);
  for (const option of ['overwrite', 'retry-errors', 'shard'] as const)
    if (args[option] && args.output === undefined)
      throw onesheetError('OPTION_INVALID', 'output', `a file for --${option}`, 'nothing');
}

/** An output is gone on with by the threads that it was begun with, as another count gives other bits. */
async function threadsOfOutput(output: string | undefined): Promise<number> {
  const begun = output === undefined ? {} : await begunOf(output);
  return integerOf(begun.threads, 'threads', 1, 256) ?? availableThreads;
}

export const predictCommand = defineCommand({
  meta: { name: 'predict', description: 'Name the genres of posters.' },
  args: {
    paths: {
      type: 'positional',
      required: true,
      description:
        'Pictures, folders, tables with a column image, lists of paths, or - for a list or a picture on standard input',
    },
    ...judgingArguments,
    ...posterArguments,
    format: {
      type: 'enum',
      options: [...formats],
      description: 'On standard output: table for people (the default); json, jsonl or csv for programs',
    },
    output: {
      type: 'string',
      valueHint: 'file',
      description:
        'Write here instead: .jsonl, .csv or .parquet. Killed, the same command goes on; failures go to <file>.errors.jsonl',
    },
    ...outputArguments,
    shard: {
      type: 'string',
      valueHint: 'i/n',
      description:
        'Take one of n parts only, i from 0 to n - 1, into a file of its own beside the output; `onesheet merge` joins them',
    },
    ...fetchArguments,
    'fetch-cache': fetchCacheArgument,
    ...batchArgument,
    threads: threadsArgument,
    ...deviceArguments,
  },
  async run({ args }) {
    requireOutputFor(args);
    const format = choiceOf(args.format ?? 'table', 'format', formats);
    const part = args.shard === undefined ? undefined : partOf(args.shard);
    const output =
      args.output === undefined || part === undefined ? args.output : outputOfPart(args.output, part);
    const threads = threadsOf(args) ?? (await threadsOfOutput(output));
    const classifier = await openClassifier(args.model, { threads, ...deviceOf(args) });
    const isHeard = args.read || args.texts !== undefined || args.titles !== undefined;
    const texts = isHeard
      ? await openTexts(classifier.model, await modelPathOf(args.model), args)
      : undefined;
    const reader = args.read ? await openPosterReader({ threads }) : undefined;
    const batchSize = batchOf(args);
    const fetcher = await fetcherOf(args);
    const options = { policy: args.policy, batchSize, texts, reader, fetcher };
    const skipped = new Skipped();
    const { library, images, base } = args as { library?: boolean; images?: string; base?: string };
    const sources = { library, images, base, skipped };
    const posters = postersAt(args._, process.stdin, sources);
    if (output !== undefined) {
      const { fillFile } = await import('./predictInto.ts');
      const { overwrite, 'retry-errors': retryErrors } = args;
      const heard = { texts: args.texts, titles: args.titles, read: args.read };
      const settings = {
        threads: String(threads),
        // Outputs from before there was a choice are of the CPU, so that it need not be said.
        ...(classifier.device === 'cpu' ? {} : { device: classifier.device }),
        ...(await heardSettings(await modelPathOf(args.model), heard)),
      };
      const into = { ...options, output, part, overwrite, retryErrors, settings };
      const code = await fillFile({
        ...{ locations: args._, sources, output, part, retryErrors, texts },
        fill: (watched) => predictInto(classifier, posters, { ...into, ...watched }),
      });
      await reader?.release();
      await classifier.release();
      return code;
    }
    const writer = new Writer(format, classifier.model.metadata.genres);
    const failures = new Failures();
    let count = 0;
    for await (const outcome of predictStream(classifier, posters, options)) {
      count += 1;
      writer.write(outcome);
      if (isFailed(outcome)) failures.add(outcome);
    }
    writer.finish();
    await reader?.release();
    await classifier.release();
    const passedOver = describeSkipped(skipped.counts, skipped.examples);
    if (count === 0)
      throw onesheetError(
        'NOTHING_FOUND',
        args._.join(', '),
        `posters${passedOver === '' ? '' : `, beside ${passedOver}`}`,
      );
    if (passedOver !== '') process.stderr.write(`onesheet: passed over ${printable(passedOver)}.\n`);
    const unheard = texts?.counts().filter(({ posters }) => posters < count) ?? [];
    for (const line of [...(texts?.notes ?? []), ...unheard.map((one) => sayHeard(one, count))])
      process.stderr.write(`onesheet: ${printable(line)}\n`);
    if (failures.count > 0) process.stderr.write(failures.summary(count));
    return failures.count > 0 || skipped.counts.unreadable !== undefined ? 3 : 0;
  },
});
