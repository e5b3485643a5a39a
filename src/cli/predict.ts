/** @module `onesheet predict`: posters -> genres, as a table for people or lines for programs. */
import { defineCommand } from 'citty';
import { csvRow } from '../csv.ts';
import { onesheetError } from '../errors.ts';
import {
  isFailed,
  modelPathOf,
  openClassifier,
  openTexts,
  type PredictionOutcome,
  postersAt,
  predictStream,
  roundProbability,
  writtenOutcome,
} from '../predict/index.ts';
import { integerOf } from './arguments.ts';

const formats = ['table', 'json', 'jsonl', 'csv'] as const;
type Format = (typeof formats)[number];

function percent(probability: number): string {
  return `${Math.round(100 * probability)}%`;
}

/** One line for people: the decided genres, then the likeliest of the rest in brackets. */
export function formatRow(outcome: PredictionOutcome): string {
  if (isFailed(outcome)) return `${outcome.source}\n  error: ${outcome.error.message}\n`;
  const { genres, source } = outcome;
  const decided = genres.filter((genre) => genre.decided);
  const rest = genres.filter((genre) => !genre.decided).slice(0, 3);
  const list = (items: typeof genres): string =>
    items.map((g) => `${g.label} ${percent(g.probability)}`).join(', ');
  const verdict = decided.length > 0 ? list(decided) : 'no genre is certain enough';
  return `${source}\n  ${verdict}${rest.length > 0 ? `  (then ${list(rest)})` : ''}\n`;
}

/** Writes outcomes as they come: header and footer belong to the format. */
class Writer {
  readonly #format: Format;
  readonly #labels: readonly string[];
  #count = 0;

  constructor(format: Format, labels: readonly string[]) {
    this.#format = format;
    this.#labels = labels;
    if (format === 'csv') this.#line(csvRow(['id', 'source', 'genres', ...labels, 'model', 'error']));
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
    else this.#line(this.#csvRow(outcome));
  }

  #csvRow(outcome: PredictionOutcome): string {
    const cells: (string | number)[] = [outcome.id, outcome.source];
    if (isFailed(outcome)) cells.push('', ...this.#labels.map(() => ''), '', outcome.error.message);
    else {
      const probability = new Map(outcome.genres.map((genre) => [genre.label, genre.probability]));
      const decided = outcome.genres.filter((genre) => genre.decided).map((genre) => genre.label);
      cells.push(
        decided.join('|'),
        ...this.#labels.map((label) => roundProbability(probability.get(label)!)),
        outcome.model,
        '',
      );
    }
    return csvRow(cells);
  }

  finish(): void {
    if (this.#format === 'json') this.#line(this.#count === 0 ? '[]' : '\n]');
  }
}

export const predictCommand = defineCommand({
  meta: { name: 'predict', description: 'Name the genres of posters.' },
  args: {
    paths: {
      type: 'positional',
      required: true,
      description: 'Pictures, folders, .txt lists of paths, or - for a list on standard input',
    },
    model: {
      type: 'string',
      valueHint: 'file|run|name',
      description:
        "A model file (.onnx), a run's folder or an installed model; by default the one that is shipped",
    },
    policy: {
      type: 'string',
      valueHint: 'name',
      description:
        "Decision rule: top=3, f1, balanced, precision=0.8 or recall=0.9, with any number; by default the model's first",
    },
    texts: {
      type: 'string',
      valueHint: 'file.jsonl',
      description:
        'What stands on the posters as text, or their titles, heard too: lines of {"id": "...", "texts": ["..."]}',
    },
    format: {
      type: 'enum',
      options: [...formats],
      default: 'table',
      description: 'table for people; json, jsonl or csv for programs',
    },
    batch: {
      type: 'string',
      valueHint: 'number',
      default: '8',
      description: 'Posters that go through the network at a time',
    },
    threads: { type: 'string', valueHint: 'number', default: '2', description: 'Threads of the engine' },
  },
  async run({ args }) {
    const format = args.format as Format;
    if (!formats.includes(format))
      throw onesheetError('OPTION_INVALID', 'format', formats.join(', '), args.format);
    const classifier = await openClassifier(args.model, {
      threads: integerOf(args.threads, 'threads', 1, 256),
    });
    const texts =
      args.texts === undefined
        ? undefined
        : await openTexts(classifier.model, await modelPathOf(args.model), args.texts);
    const options = { policy: args.policy, batchSize: integerOf(args.batch, 'batch', 1, 4096), texts };
    const outcomes = predictStream(classifier, postersAt(args._, process.stdin), options);
    const writer = new Writer(format, classifier.model.metadata.genres);
    let [count, failures, withTexts] = [0, 0, 0];
    for await (const outcome of outcomes) {
      count += 1;
      if (texts?.has(outcome.id)) withTexts += 1;
      writer.write(outcome);
      if (!isFailed(outcome)) continue;
      failures += 1;
      if (format !== 'table') process.stderr.write(`onesheet: ${outcome.error.message}\n`);
    }
    writer.finish();
    await classifier.release();
    if (count === 0) process.stderr.write('onesheet: no posters were found there.\n');
    if (texts !== undefined && withTexts < count)
      process.stderr.write(`onesheet: ${args.texts} has texts of ${withTexts} of ${count} posters.\n`);
    if (failures > 0) process.stderr.write(`onesheet: ${failures} of ${count} posters failed.\n`);
    return failures > 0 ? 3 : 0;
  },
});
