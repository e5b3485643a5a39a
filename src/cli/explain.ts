/** @module `onesheet explain`: a poster, a model and a genre -> where on the poster the genre shows, as a picture. */
import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { defineCommand } from 'citty';
import { onesheetError } from '../errors.ts';
import {
  attributionMethods,
  type ColourMapName,
  createExplainer,
  defaultMethod,
  genreIndex,
  methodOf,
  posterOverlay,
} from '../explain/index.ts';
import { reasonOf, requireWritableFile, writeFileAtomically } from '../files.ts';
import { findDevice } from '../graph/index.ts';
import { preparePixels } from '../image/index.ts';
import type { Model } from '../model/index.ts';
import {
  type GenreWords,
  modelPathOf,
  openClassifier,
  openPosterReader,
  openTexts,
  type PosterTexts,
  pictureAt,
  roundProbability,
  textsOf,
  wordsFor,
} from '../predict/index.ts';
import { printable, printableIn } from '../printable.ts';
import type { Heard } from '../text/index.ts';
import { choiceOf, threadsArgument, threadsOf } from './arguments.ts';
import { deviceArguments, deviceOf } from './device.ts';
import { wordArguments } from './hearing.ts';

const colourMaps = ['inferno', 'viridis'] as const;
const formats = ['text', 'json'] as const;

/** Words that are shown to people. */
const mostWords = 8;

/** What was heard of the poster beside its picture. */
interface Hearing {
  readonly heard: Heard;
  readonly hears: PosterTexts;
}

/** Nothing unless it is asked for. @throws {OnesheetError} what `openTexts` and reading throw */
async function hear(
  model: Model,
  { poster: path, model: modelName, read = false, texts, titles }: HearingWish,
  threads: number | undefined,
): Promise<Hearing | undefined> {
  if (!read && texts === undefined && titles === undefined) return undefined;
  const hears = await openTexts(model, await modelPathOf(modelName), { texts, titles, read });
  const poster = await pictureAt(path);
  const isRead = read && !hears.knowsLines(poster);
  return {
    hears,
    heard: hears.heardOf(isRead ? { ...poster, texts: await linesOf(path, threads) } : poster),
  };
}

interface HearingWish {
  readonly poster: string;
  readonly model?: string;
  readonly read?: boolean;
  readonly texts?: string;
  readonly titles?: string;
}

async function linesOf(path: string, threads: number | undefined): Promise<string[]> {
  const reader = await openPosterReader({ threads });
  const { lines } = await reader.read({ kind: 'file', path });
  await reader.release();
  return lines.map(({ text }) => text);
}

const signed = (logit: number): string => `${logit < 0 ? '-' : '+'}${Math.abs(logit).toFixed(2)}`;

/** For people: the parts of the logit, and the words that add most to it. */
function describeWords(exact: GenreWords): string {
  const { logit, picture, constant, words } = printableIn(exact);
  const sum = words.reduce((total, word) => total + word.logit, 0);
  const shown = words.slice(0, mostWords).map((word) => `${word.text} ${signed(word.logit)}`);
  const more = words.length > mostWords ? `, and ${words.length - mostWords} more` : '';
  return (
    `  logit ${signed(logit)} = picture ${signed(picture)}, words ${signed(sum)}, calibration ${signed(constant)}\n` +
    (words.length === 0 ? '  no word says anything of it\n' : `  words: ${shown.join(', ')}${more}\n`)
  );
}

/** The encoding that a file's name asks for. */
function formatOf(path: string): 'png' | 'webp' {
  const extension = extname(path).toLowerCase();
  if (extension === '.png' || extension === '.webp') return extension.slice(1) as 'png' | 'webp';
  throw onesheetError('OPTION_INVALID', 'out', 'a file name that ends in .png or .webp', path);
}

/** A new file named after the poster and the genre, with a number where that name is taken. */
async function newFileFor(id: string, genre: string): Promise<string> {
  const plain = id.replace(/[\p{Cc}/\\:*?"<>|]+/gu, '-');
  const name = `${plain}-${genre.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')}`;
  for (let number = 1; ; number++) {
    const path = `${name}${number === 1 ? '' : `-${number}`}.png`;
    try {
      await (await open(path, 'wx')).close();
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST')
        throw onesheetError('FILE_UNWRITABLE', path, reasonOf(error));
    }
  }
}

export const explainCommand = defineCommand({
  meta: { name: 'explain', description: 'Show where on a poster the model sees a genre.' },
  args: {
    poster: { type: 'positional', required: true, description: 'The picture' },
    model: {
      type: 'string',
      valueHint: 'file|run|name',
      description:
        "A model file (.onnx), a run's folder or an installed model; by default the one that is shipped",
    },
    genre: { type: 'string', valueHint: 'name', description: 'By default the likeliest one' },
    method: {
      type: 'enum',
      options: [...attributionMethods],
      default: defaultMethod,
      description: 'How it is found out; occlusion and rise take longer, but suit any network',
    },
    layer: {
      type: 'string',
      valueHint: 'name|size',
      description:
        'Feature map of the methods by gradients, such as 30x20; by default the last that all of the picture passes',
    },
    read: {
      type: 'boolean',
      description: 'Read what stands on the poster, and say which words speak for the genre',
    },
    ...wordArguments,
    format: {
      type: 'enum',
      options: [...formats],
      default: 'text',
      description: 'text for people, json for programs, with every word',
    },
    out: {
      type: 'string',
      valueHint: 'file',
      description:
        'Picture to write, .png or .webp; by default named after the poster and the genre, a new one',
    },
    colours: {
      type: 'enum',
      options: [...colourMaps],
      default: 'inferno',
      description: 'Colour map, from weak to strong',
    },
    contour: {
      type: 'boolean',
      default: true,
      description: 'A line around the strongest part',
      negativeDescription: 'No such line',
    },
    threads: threadsArgument,
    ...deviceArguments,
  },
  async run({ args }) {
    const method = methodOf(args.method);
    const colourMap = colourMaps.find((each) => each === args.colours);
    if (!colourMap) throw onesheetError('OPTION_INVALID', 'colours', colourMaps.join(', '), args.colours);
    const format = choiceOf(args.format, 'format', formats);
    const encoding = args.out === undefined ? 'png' : formatOf(args.out);
    const threads = threadsOf(args);
    const { device: choice, onPlacement } = deviceOf(args);
    const source = { kind: 'file', path: args.poster } as const;
    await requireWritableFile(args.out ?? '.');

    const device = await findDevice(choice);
    const classifier = await openClassifier(args.model, { threads, device, onPlacement });
    const { model } = classifier;
    const { genres, resize } = model.metadata;
    const wanted = args.genre === undefined ? undefined : genreIndex(model, args.genre);
    const pixels = await preparePixels(source, resize);
    const { probabilities: network } = await classifier.classify(pixels);
    await classifier.release();
    const hearing = await hear(model, args, threads);
    const probabilities = hearing?.hears.judge(hearing.heard, network).probabilities ?? network;
    const chosen = wanted ?? probabilities.indexOf(Math.max(...probabilities));
    const genre = genres[chosen]!;

    const explainer = createExplainer(model, { threads, device, onPlacement, layer: args.layer });
    const map = await explainer.explain(pixels, genre, method);
    await explainer.release();
    const options = { format: encoding, colourMap: colourMap as ColourMapName, contour: args.contour };
    const overlay = await posterOverlay(source, map, resize, options);
    const path = args.out ?? (await newFileFor((await pictureAt(args.poster)).id, genre));
    await writeFileAtomically(path, overlay);
    const probability = roundProbability(probabilities[chosen]!);
    const words =
      hearing === undefined
        ? undefined
        : wordsFor(hearing.hears.contributions(hearing.heard, network), chosen);
    if (format === 'json') {
      const texts = hearing === undefined ? {} : { texts: textsOf(hearing.heard), words };
      const facts = { source: args.poster, genre, probability, method, picture: path };
      process.stdout.write(`${JSON.stringify({ ...facts, ...texts }, null, 2)}\n`);
      return 0;
    }
    const percent = Math.round(100 * probability);
    process.stdout.write(
      `${printable(args.poster)}\n  ${printable(genre)} ${percent}%, by ${method}: ${printable(path)}\n`,
    );
    if (words !== undefined) process.stdout.write(describeWords(words));
    if (!map.values.some((value) => value > 0))
      process.stdout.write(`  nothing on the poster speaks for ${printable(genre)}; the map is empty\n`);
    return 0;
  },
});
