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
import { preparePixels } from '../image/index.ts';
import { openClassifier, pictureAt } from '../predict/index.ts';
import { printable } from '../printable.ts';
import { threadsArgument, threadsOf } from './arguments.ts';

const colourMaps = ['inferno', 'viridis'] as const;

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
      description: 'A line around what has at least half of the strongest value',
      negativeDescription: 'No such line',
    },
    threads: threadsArgument,
  },
  async run({ args }) {
    const method = methodOf(args.method);
    const colourMap = colourMaps.find((each) => each === args.colours);
    if (!colourMap) throw onesheetError('OPTION_INVALID', 'colours', colourMaps.join(', '), args.colours);
    const format = args.out === undefined ? 'png' : formatOf(args.out);
    const threads = threadsOf(args);
    const source = { kind: 'file', path: args.poster } as const;
    await requireWritableFile(args.out ?? '.');

    const classifier = await openClassifier(args.model, { threads });
    const { model } = classifier;
    const { genres, resize } = model.metadata;
    const wanted = args.genre === undefined ? undefined : genreIndex(model, args.genre);
    const pixels = await preparePixels(source, resize);
    const { probabilities } = await classifier.classify(pixels);
    await classifier.release();
    const chosen = wanted ?? probabilities.indexOf(Math.max(...probabilities));
    const genre = genres[chosen]!;

    const explainer = createExplainer(model, { threads, layer: args.layer });
    const map = await explainer.explain(pixels, genre, method);
    await explainer.release();
    const options = { format, colourMap: colourMap as ColourMapName, contour: args.contour };
    const overlay = await posterOverlay(source, map, resize, options);
    const path = args.out ?? (await newFileFor((await pictureAt(args.poster)).id, genre));
    await writeFileAtomically(path, overlay);
    const percent = Math.round(100 * probabilities[chosen]!);
    process.stdout.write(
      `${printable(args.poster)}\n  ${printable(genre)} ${percent}%, by ${method}: ${printable(path)}\n`,
    );
    if (!map.values.some((value) => value > 0))
      process.stdout.write(`  nothing on the poster speaks for ${printable(genre)}; the map is empty\n`);
    return 0;
  },
});
