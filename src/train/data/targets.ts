/** @module Labels and other models' predictions -> the targets that training aims at. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Poster } from '../../dataset/index.ts';
import { onesheetError } from '../../errors.ts';
import { readWholeFile } from '../../files.ts';
import type { Distillation } from '../../run/index.ts';

/** Mean probabilities by poster, in the order of the genres. */
export type SoftTargets = ReadonlyMap<string, Float32Array>;

const lineSchema = z.object({
  id: z.string(),
  genres: z.array(z.object({ label: z.string(), probability: z.number().min(0).max(1) })),
});

/** SHA-256 over the files, in hexadecimal. */
export async function targetsHash({ predictions }: Distillation): Promise<string> {
  const hash = createHash('sha256');
  for (const path of predictions) hash.update(await readPredictions(path));
  return hash.digest('hex');
}

function readPredictions(path: string): Promise<Uint8Array> {
  return readWholeFile(path, 'predictions (jsonl) to learn from');
}

/**
 * @param hash of {@link targetsHash} when the run began
 * @throws {OnesheetError} TARGETS_INVALID for a line that is no prediction, a genre that is missing, or other files
 */
export async function readSoftTargets(
  distillation: Distillation,
  genres: readonly string[],
  hash: string | undefined,
): Promise<SoftTargets> {
  const [first] = distillation.predictions as [string];
  const found = await targetsHash(distillation);
  if (found !== hash)
    throw onesheetError('TARGETS_INVALID', first, 'the predictions are not those that the run began with');
  const sums = new Map<string, { readonly sum: Float32Array; count: number }>();
  for (const path of distillation.predictions) {
    const lines = new TextDecoder().decode(await readPredictions(path)).split('\n');
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue;
      const { id, row } = readLine(line, genres, `${path}, line ${i + 1}`);
      if (row === undefined) continue;
      const entry = sums.get(id) ?? { sum: new Float32Array(genres.length), count: 0 };
      row.forEach((probability, g) => {
        entry.sum[g]! += probability;
      });
      entry.count += 1;
      sums.set(id, entry);
    }
  }
  return new Map([...sums].map(([id, { sum, count }]) => [id, sum.map((value) => value / count)]));
}

/** A poster that could not be read has no row. */
function readLine(
  line: string,
  genres: readonly string[],
  place: string,
): { readonly id: string; readonly row: number[] | undefined } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    throw onesheetError('TARGETS_INVALID', place, (error as Error).message);
  }
  const failure = z.object({ id: z.string(), error: z.object({}) }).safeParse(json);
  if (failure.success) return { id: failure.data.id, row: undefined };
  const prediction = lineSchema.safeParse(json);
  if (!prediction.success)
    throw onesheetError('TARGETS_INVALID', place, 'expected id and genres with label and probability');
  const probabilities = new Map(prediction.data.genres.map((genre) => [genre.label, genre.probability]));
  const row = genres.map((genre) => {
    const probability = probabilities.get(genre);
    if (probability === undefined) throw onesheetError('TARGETS_INVALID', place, `there is no ${genre}`);
    return probability;
  });
  return { id: prediction.data.id, row };
}

/** What training aims at. */
export interface Targets {
  /** float32 [posters, genres] */
  readonly values: Float32Array;
  /** uint8 [posters, genres]: 0 where there is nothing to aim at. Absent: there is everywhere. */
  readonly known?: Uint8Array;
}

/**
 * Where nothing is known of a pair, a predicted poster learns what the prediction says of it.
 *
 * @param labels uint8 [posters, genres], all zero for a poster without labels
 * @param known uint8 [posters, genres], 0 where nothing is known of a label; undefined where everything is
 * @returns targets; a labelled poster that nobody predicted keeps its labels, and what is not known of them
 * @throws {OnesheetError} TARGETS_INVALID when no poster is predicted
 */
export function blendTargets(
  posters: readonly Poster[],
  labels: Uint8Array,
  known: Uint8Array | undefined,
  soft: SoftTargets,
  { weight, predictions }: Distillation,
): Targets {
  const values = Float32Array.from(labels);
  const taught = known?.slice();
  const columns = labels.length / posters.length;
  let predicted = 0;
  posters.forEach(({ id, genres }, row) => {
    const probabilities = soft.get(id);
    if (probabilities === undefined) return;
    predicted += 1;
    probabilities.forEach((probability, g) => {
      const pair = row * columns + g;
      const own = genres === undefined || known?.[pair] === 0 ? 0 : 1 - weight;
      values[pair] = own * labels[pair]! + (1 - own) * probability;
      if (taught) taught[pair] = 1;
    });
  });
  if (predicted === 0)
    throw onesheetError('TARGETS_INVALID', predictions[0]!, 'it names none of the posters to train on');
  return { values, known: taught?.includes(0) ? taught : undefined };
}
