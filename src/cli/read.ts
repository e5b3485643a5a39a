/** @module `onesheet read`: posters -> the lines of text on them, for people or programs, or as pictures with boxes. */
import { join } from 'node:path';
import { defineCommand } from 'citty';
import { describeSkipped, Skipped } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { requireWritableFolder, writeFileAtomically } from '../files.ts';
import { describeSource } from '../image/index.ts';
import { failureOf, openPosterReader, postersAt, readPosters } from '../predict/index.ts';
import { printable, printableIn } from '../printable.ts';
import { drawBoxes } from '../read/index.ts';
import { choiceOf, threadsArgument, threadsOf } from './arguments.ts';
import { fetchArguments, fetchCacheArgument, fetcherOf } from './fetching.ts';
import { posterArguments } from './posters.ts';

const formats = ['text', 'jsonl'] as const;

/** A poster's id as a path below a folder, whatever stands in it. */
function boxesPath(folder: string, id: string): string {
  const parts = id.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return join(
    folder,
    `${parts.map((part) => part.replace(/[\p{Cc}\\:*?"<>|]+/gu, '-')).join('/') || 'poster'}.png`,
  );
}

export const readCommand = defineCommand({
  meta: { name: 'read', description: 'Read what stands on posters as text.' },
  args: {
    paths: {
      type: 'positional',
      required: true,
      description:
        'Pictures, folders, tables with a column image, lists of paths, or - for a list or a picture on standard input',
    },
    format: {
      type: 'enum',
      options: [...formats],
      default: 'text',
      description: 'text for people; jsonl for programs and for --texts, with place and confidence',
    },
    boxes: {
      type: 'string',
      valueHint: 'folder',
      description: 'Writes each poster with a box around every line into this folder, as PNG',
    },
    ...posterArguments,
    ...fetchArguments,
    'fetch-cache': fetchCacheArgument,
    threads: threadsArgument,
  },
  async run({ args }) {
    const format = choiceOf(args.format, 'format', formats);
    const fetcher = await fetcherOf(args);
    const reader = await openPosterReader({ threads: threadsOf(args) });
    if (args.boxes !== undefined) await requireWritableFolder(args.boxes);
    const skipped = new Skipped();
    const { library, images, base } = args as { library?: boolean; images?: string; base?: string };
    const posters = postersAt(args._, process.stdin, { library, images, base, skipped });
    let [count, failures] = [0, 0];
    for await (const read of readPosters(reader, posters, { fetcher })) {
      count += 1;
      const { poster } = read;
      const facts = { id: poster.id, source: describeSource(poster.source) };
      if ('error' in read) {
        failures += 1;
        const failure = failureOf(facts, read.error);
        const { source, error } = printableIn(failure);
        process.stdout.write(
          format === 'jsonl' ? `${JSON.stringify(failure)}\n` : `${source}\n  error: ${error.message}\n`,
        );
        continue;
      }
      const { width, height, lines } = read.reading;
      const texts = lines.map(({ text }) => text);
      process.stdout.write(
        format === 'jsonl'
          ? `${JSON.stringify({ ...facts, texts, width, height, lines })}\n`
          : `${printable(facts.source)}\n${texts.map((text) => `  ${printable(text)}\n`).join('')}`,
      );
      if (args.boxes !== undefined)
        await writeFileAtomically(
          boxesPath(args.boxes, poster.id),
          await drawBoxes(poster.source, read.reading),
        );
    }
    await reader.release();
    const passedOver = describeSkipped(skipped.counts, skipped.examples);
    if (count === 0)
      throw onesheetError(
        'NOTHING_FOUND',
        args._.join(', '),
        `posters${passedOver === '' ? '' : `, beside ${passedOver}`}`,
      );
    if (passedOver !== '') process.stderr.write(`onesheet: passed over ${printable(passedOver)}.\n`);
    if (failures > 0) process.stderr.write(`onesheet: ${failures} of ${count} posters could not be read.\n`);
    return failures > 0 || skipped.counts.unreadable !== undefined ? 3 : 0;
  },
});
