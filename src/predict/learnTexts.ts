/** @module A run and what stands on its posters as text -> the model of texts that speaks beside the run's network. */
import { knownMatrix, labelMatrix, type Poster } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { computeMeasures, type Matrix, matrixFromRows } from '../evaluate/index.ts';
import { writeFileAtomically } from '../files.ts';
import { loadModel, textModelPath } from '../model/index.ts';
import { Random } from '../random.ts';
import { Run, type RunConfig, type RunData } from '../run/index.ts';
import { encodeTextModel, fitTextModel, readTexts, type TextModel, type TextPosters } from '../text/index.ts';

export interface LearnTextsOptions {
  /** The run's folder. */
  readonly run: string;
  /** JSON lines of `{"id", "texts"}` for the run's training and validation posters. */
  readonly texts: string;
  /** File to write. @default `best.texts.safetensors` beside the run's model, where `predict --texts` looks for it */
  readonly out?: string;
  /** @default 0 */
  readonly seed?: number;
}

interface AveragePrecision {
  readonly microAveragePrecision: number;
  readonly macroAveragePrecision: number;
}

export interface LearnTextsResult {
  readonly path: string;
  readonly bytes: number;
  /** Factor of the text's logits beside the network's. */
  readonly weight: number;
  /** Words, pairs of words and groups of letters that count. */
  readonly features: number;
  readonly posters: number;
  /** Of these posters, those that the file of texts names. */
  readonly withTexts: number;
  /** Of the validation posters, to which weight and calibration were fitted: a little better than the truth. */
  readonly validation: { readonly picture: AveragePrecision; readonly pictureAndText: AveragePrecision };
}

/** What a text model learns from: rows of training and validation posters, the latter with the network's word. */
export interface RunTexts extends RunData {
  readonly config: RunConfig;
  /** The run's model. */
  readonly modelPath: string;
  readonly genres: readonly string[];
  readonly training: readonly Poster[];
  readonly texts: ReadonlyMap<string, readonly string[]>;
  readonly rowsOf: (posters: readonly Poster[]) => TextPosters;
  readonly validation: Required<TextPosters> & {
    readonly ids: readonly string[];
    readonly probabilities: readonly (readonly number[])[];
  };
}

/** Test posters are not looked at. */
export async function readRunTexts(folder: string, textsPath: string): Promise<RunTexts> {
  const run = await Run.open(folder);
  const { config } = run;
  const data = await run.data();
  const { genres } = config;
  const texts = await readTexts(textsPath);
  const modelPath = run.path('model');
  const { id } = await loadModel(modelPath);
  const { content: seen } = await run.validation(id);
  const rowsOf = (posters: readonly Poster[]): TextPosters => {
    const [labels, known] = [labelMatrix(posters, genres), knownMatrix(posters, genres)];
    const rows = (matrix: Uint8Array): Uint8Array[] =>
      posters.map((_, row) => matrix.subarray(row * genres.length, (row + 1) * genres.length));
    return {
      texts: posters.map((poster) => texts.get(poster.id) ?? []),
      labels: rows(labels),
      ...(known && { known: rows(known) }),
    };
  };
  const isIn = (list: readonly string[]): number[] => genres.map((genre) => Number(list.includes(genre)));
  const validation = {
    ids: seen.map((poster) => poster.id),
    texts: seen.map((poster) => texts.get(poster.id) ?? []),
    labels: seen.map((poster) => isIn(poster.genres)),
    known: seen.map(({ known }) => isIn(known ?? genres)),
    probabilities: seen.map(({ probabilities }) => probabilities),
  };
  const training = await run.posters('train');
  return { ...data, config, modelPath, genres, texts, rowsOf, training, validation };
}

function measuresOf(truth: Matrix, scores: Matrix): AveragePrecision {
  const decisions = { ...scores, data: Uint8Array.from(scores.data, (p) => Number(p > 0.5)) };
  const { microAveragePrecision, macroAveragePrecision } = computeMeasures(truth, scores, decisions).measures;
  return { microAveragePrecision: microAveragePrecision!, macroAveragePrecision: macroAveragePrecision! };
}

/** Fits the text model beside a run's network. */
export function fitRunTexts({ genres, config, rowsOf, training, validation }: RunTexts, seed = 0) {
  const random = Random.fromSeed(seed).split('texts');
  return fitTextModel({ genres, train: rowsOf(training), validation, prevalence: config.prevalence, random });
}

/**
 * Learns which words speak for which genres, and how much they count beside the run's network.
 *
 * @throws {OnesheetError} for files that are missing or do not belong together; DATASET_EMPTY when the texts name none
 * of the run's posters
 */
export async function learnTexts({ run, texts, out, seed }: LearnTextsOptions): Promise<LearnTextsResult> {
  const found = await readRunTexts(run, texts);
  const ids = [...found.training.map(({ id }) => id), ...found.validation.ids];
  const withTexts = ids.filter((id) => found.texts.has(id)).length;
  if (withTexts === 0)
    throw onesheetError('DATASET_EMPTY', texts, `texts of the posters of ${run}, such as ${ids[0]}`);
  const { model, probability }: { model: TextModel; probability: Matrix } = fitRunTexts(found, seed);
  const path = out ?? textModelPath(found.modelPath);
  const bytes = encodeTextModel(model);
  await writeFileAtomically(path, bytes);
  const { labels, known } = found.validation;
  const truth = {
    ...matrixFromRows(labels),
    known: Uint8Array.from(known.flatMap((row) => Array.from(row))),
  };
  return {
    path,
    bytes: bytes.length,
    weight: model.weight,
    features: model.linear.buckets.length,
    posters: model.posters,
    withTexts,
    validation: {
      picture: measuresOf(truth, matrixFromRows(found.validation.probabilities)),
      pictureAndText: measuresOf(truth, probability),
    },
  };
}
