/** @module `onesheet predict`: posters -> genres, as a table for people or lines for programs. */
import { defineCommand } from 'citty';
import { describeSkipped, Skipped } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import {
  type FailedPrediction,
  isFailed,
  modelPathOf,
  openClassifier,
  openTexts,
  type PredictionOutcome,
  postersAt,
  predictStream,
  sayHeard,
  sheetHeader,
  sheetRow,
  writtenOutcome,
} from '../predict/index.ts';
import { printable, printableIn } from '../printable.ts';
import { choiceOf, integerOf } from './arguments.ts';

const formats = ['table', 'json', 'jsonl', 'csv'] as const;
type Format = (typeof formats)[number];

function percent(probability: number): string {
  return `${Math.round(100 * probability)}%`;
}

/** One line for people: the decided genres, then the likeliest of the rest in brackets. */
export function formatRow(exact: PredictionOutcome): string {
  const outcome = printableIn(exact);
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

export const predictCommand = defineCommand({
  meta: { name: 'predict', description: 'Name the genres of posters.' },
  args: {
    paths: {
      type: 'positional',
      required: true,
      description:
        'Pictures, folders, tables with a column image, lists of paths, or - for a list or a picture on standard input',
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
      description: 'What stands on the posters as text, heard too: lines of {"id": "...", "texts": ["..."]}',
    },
    titles: {
      type: 'string',
      valueHint: 'table',
      description:
        "The films' titles, heard too: a table with the columns id, title and perhaps year and original_title",
    },
    library: {
      type: 'boolean',
      description:
        'Pass over fanart, banners, logos and the like everywhere; by default in folders of films only',
      negativeDescription: 'Pass over none of them',
    },
    images: {
      type: 'string',
      valueHint: 'folder',
      description: 'Folder of the images that a table names; by default its own, or images/ beside it',
    },
    base: {
      type: 'string',
      valueHint: 'folder',
      description: 'Folder that ids are relative to; by default the deepest that holds everything named',
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
    const format = choiceOf(args.format, 'format', formats);
    const classifier = await openClassifier(args.model, {
      threads: integerOf(args.threads, 'threads', 1, 256),
    });
    const texts =
      args.texts === undefined && args.titles === undefined
        ? undefined
        : await openTexts(classifier.model, await modelPathOf(args.model), args);
    const options = { policy: args.policy, batchSize: integerOf(args.batch, 'batch', 1, 4096), texts };
    const skipped = new Skipped();
    const { library, images, base } = args as { library?: boolean; images?: string; base?: string };
    const posters = postersAt(args._, process.stdin, { library, images, base, skipped });
    const writer = new Writer(format, classifier.model.metadata.genres);
    const failures = new Failures();
    let count = 0;
    for await (const outcome of predictStream(classifier, posters, options)) {
      count += 1;
      writer.write(outcome);
      if (isFailed(outcome)) failures.add(outcome);
    }
    writer.finish();
    await classifier.release();
    const passedOver = describeSkipped(skipped.counts);
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
