/** @module `onesheet report`: one run -> its report; several -> their comparison. */
import { defineCommand } from 'citty';
import { OnesheetError } from '../errors.ts';
import { createExplainer, type Explainer, posterOverlay } from '../explain/index.ts';
import { loadModel } from '../model/index.ts';
import { modelPathOf, openPosterReader, openTexts, type ToldSources, wordsFor } from '../predict/index.ts';
import { printable, printableIn } from '../printable.ts';
import {
  type Attribute,
  describeWritten,
  languages,
  type ReportOptions,
  type Spoken,
  type WrittenReport,
  writeReport,
} from '../report/index.ts';
import { choiceOf, threadsArgument, threadsOf } from './arguments.ts';
import { wordArguments } from './hearing.ts';

/** The run's explainer; none when its model cannot be read, which the report says itself. */
async function explainerOf(run: string, threads: number | undefined): Promise<Explainer | undefined> {
  try {
    return createExplainer(await loadModel(await modelPathOf(run)), { threads });
  } catch (error) {
    if (error instanceof OnesheetError) return undefined;
    throw error;
  }
}

/** Small overlays for the gallery. */
function attributeBy(explainer: Explainer): Attribute {
  return async ({ source }, genre) => {
    const map = await explainer.explain(source, genre);
    return posterOverlay(source, map, explainer.model.metadata.resize, {
      format: 'webp',
      quality: 60,
      maximumSide: 180,
    });
  };
}

/**
 * What the words of a poster say of a genre; nothing unless it is asked for.
 *
 * @throws {OnesheetError} what `openTexts` throws; READER_MISSING
 */
async function hearingOf(run: string, { read = false, texts, titles }: ToldSources, threads?: number) {
  if (!read && texts === undefined && titles === undefined) return undefined;
  const path = await modelPathOf(run);
  const model = await loadModel(path);
  const hears = await openTexts(model, path, { texts, titles, read });
  const reader = read ? await openPosterReader({ threads }) : undefined;
  const spoken: Spoken = async (poster, genre, probabilities) => {
    const reading = hears.knowsLines(poster) ? undefined : await reader?.read(poster.source);
    const lines = reading && { texts: reading.lines.map(({ text }) => text) };
    const heard = hears.heardOf({ ...poster, ...lines });
    return wordsFor(hears.contributions(heard, probabilities), model.metadata.genres.indexOf(genre)).words;
  };
  return { spoken, release: async () => reader?.release() };
}

export interface ReportRequest extends Omit<ReportOptions, 'attribute' | 'spoken'> {
  /** What is heard of a run's posters. @default nothing */
  readonly hearing?: ToldSources;
  /** Whether posters stand beside their attribution maps. */
  readonly maps: boolean;
}

/** Writes the report of one run or the comparison of several, with progress on a terminal. */
export async function reportRuns(
  runs: readonly string[],
  { maps, hearing = {}, ...options }: ReportRequest,
): Promise<WrittenReport> {
  const [run] = runs;
  const heard = runs.length === 1 ? await hearingOf(run!, hearing, options.threads) : undefined;
  const explainer = maps && runs.length === 1 ? await explainerOf(run!, options.threads) : undefined;
  try {
    return await writeReport(runs, {
      ...options,
      attribute: explainer && attributeBy(explainer),
      spoken: heard?.spoken,
      onProgress: (what, done, total) => {
        if (process.stderr.isTTY)
          process.stderr.write(`\r\x1b[K${done < total ? `${printable(what)} ${done}/${total}` : ''}`);
      },
    });
  } finally {
    await explainer?.release();
    await heard?.release();
  }
}

export const reportCommand = defineCommand({
  meta: {
    name: 'report',
    description: 'Write what a run learned, as a page to open in a browser; several runs are compared.',
  },
  args: {
    runs: { type: 'positional', required: true, description: "A run's folder, or several" },
    out: {
      type: 'string',
      valueHint: 'folder',
      description: "Where to write it; by default the run's folder, of several runs the first one's",
    },
    data: {
      type: 'string',
      valueHint: 'table|folder',
      description: "The run's labelled posters, if they have been moved since",
    },
    images: { type: 'string', valueHint: 'folder', description: 'Folder of the images, if moved' },
    title: {
      type: 'string',
      valueHint: 'text',
      description: 'What it is called; by default after the recipe',
    },
    author: { type: 'string', valueHint: 'name', description: 'Who hands it in' },
    course: { type: 'string', valueHint: 'text', description: 'For which course or purpose' },
    language: {
      type: 'enum',
      options: [...languages],
      default: 'en',
      description: 'Its language',
    },
    short: {
      type: 'boolean',
      default: false,
      description: 'Only what is handed in, on at most 6 pages (report-short.html)',
    },
    pdf: {
      type: 'boolean',
      default: false,
      description: 'Print it as PDF, too, by the Chromium, Chrome or Edge of this machine',
    },
    maps: {
      type: 'boolean',
      default: true,
      description: 'Show beside each poster where its genre comes from',
      negativeDescription: 'Posters alone',
    },
    read: {
      type: 'boolean',
      description: 'Read what stands on the posters of one run, and say which words speak for a genre',
    },
    ...wordArguments,
    threads: threadsArgument,
  },
  async run({ args }) {
    const written = await reportRuns(args._, {
      out: args.out,
      data: args.data,
      images: args.images,
      title: args.title,
      author: args.author,
      course: args.course,
      language: choiceOf(args.language, '--language', languages),
      short: args.short,
      pdf: args.pdf,
      maps: args.maps,
      threads: threadsOf(args),
      hearing: { read: args.read, texts: args.texts, titles: args.titles },
    });
    process.stdout.write(describeWritten(printableIn(written)));
    return 0;
  },
});
