/** @module The options that name posters -> where they are read from, by every command that takes a table. */
import { type DataSource, readGenreNames } from '../dataset/index.ts';
import { valuesOf } from './arguments.ts';

export const sourceArguments = {
  data: {
    type: 'string',
    valueHint: 'table|folder',
    description:
      'Table of posters with their genres (.csv, .tsv, .jsonl, .parquet) or an imagefolder; given again, another one to join',
  },
  images: {
    type: 'string',
    valueHint: 'folder',
    description: 'Folder of the images, by default beside the table; given again, that of the next table',
  },
  'genre-names': {
    type: 'string',
    valueHint: 'file.json',
    description: 'Names of genres that are one: {"Sci-Fi": ["Science Fiction", "SF"], ...}',
  },
} as const;

/** What the options of {@link sourceArguments} name; those that were given once are as they were. */
export async function sourceOf(
  args: { readonly 'genre-names'?: string },
  rawArgs: readonly string[],
): Promise<DataSource> {
  const single = (values: readonly string[]) => (values.length > 1 ? values : values[0]);
  const file = args['genre-names'];
  return {
    data: single(valuesOf(rawArgs, 'data')),
    images: single(valuesOf(rawArgs, 'images')),
    genreNames: file === undefined ? undefined : await readGenreNames(file),
  };
}
