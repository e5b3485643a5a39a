/** @module Lines of predictions -> one Parquet file: a row a poster, a column for each genre. */
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { asyncBufferFromFile, parquetMetadataAsync } from 'hyparquet';
import { ByteWriter, parquetWriteRows } from 'hyparquet-writer';
import { replaceFile } from '../../files.ts';
import type { Prediction } from '../prediction.ts';
import { recordsOf } from './format.ts';

type SchemaElement = NonNullable<Parameters<typeof parquetWriteRows>[0]['schema']>[number];

/** Rows that are in memory at a time. */
const rowGroupSize = 10_000;

/**
 * Columns as in CSV, but `genres` is a list: `id`, `source`, `genres`, the probability of each genre, `model`.
 *
 * @param records path of the JSON lines
 * @param genres of the model
 * @throws {OnesheetError} FILE_UNWRITABLE
 */
export async function writeParquet(path: string, records: string, genres: readonly string[]): Promise<void> {
  await replaceFile(path, async (file) => {
    const schema = schemaOf(genres);
    const columns = ['id', 'source', 'genres', ...genres, 'model'].map((name) => ({ name }));
    await parquetWriteRows({
      writer: new FileWriter(file),
      rows: rowsOf(records),
      columns,
      schema,
      rowGroupSize,
    });
  });
}

/** The genres of the model by which {@link writeParquet} wrote a file, in their order. */
export async function genresOfParquet(path: string): Promise<readonly string[]> {
  const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(path));
  return schema.filter(({ type }) => type === 'DOUBLE').map(({ name }) => name);
}

function schemaOf(genres: readonly string[]): SchemaElement[] {
  const text = (name: string): SchemaElement => ({
    name,
    type: 'BYTE_ARRAY',
    converted_type: 'UTF8',
    repetition_type: 'REQUIRED',
  });
  return [
    { name: 'root', num_children: genres.length + 4 },
    text('id'),
    text('source'),
    { name: 'genres', repetition_type: 'REQUIRED', converted_type: 'LIST', num_children: 1 },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    text('element'),
    ...genres.map((name): SchemaElement => ({ name, type: 'DOUBLE', repetition_type: 'REQUIRED' })),
    text('model'),
  ];
}

async function* rowsOf(records: string): AsyncGenerator<Record<string, unknown>> {
  for await (const line of recordsOf(createReadStream(records), false)) {
    const { id, source, genres, model } = JSON.parse(line.toString()) as Prediction;
    const probabilities = genres.map(({ label, probability }) => [label, probability] as const);
    const decided = genres.filter((genre) => genre.decided).map(({ label }) => label);
    yield { ...Object.fromEntries(probabilities), id, source, genres: decided, model };
  }
}

/** Hands each group of rows to the file, so that none stays in memory. */
class FileWriter extends ByteWriter {
  readonly #file: FileHandle;

  constructor(file: FileHandle) {
    super();
    this.#file = file;
  }

  async flush(): Promise<void> {
    const bytes = new Uint8Array(this.buffer, 0, this.index).slice();
    this.index = 0;
    await this.#file.writeFile(bytes);
  }

  override async finish(): Promise<void> {
    await this.flush();
  }
}
