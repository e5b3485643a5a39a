/** @module A run's measures -> the sections on results, genre by genre and among themselves, and the conclusion. */
import {
  type Evaluation,
  floorNames,
  type GenreEvaluation,
  type Measure,
  type MeasureName,
  measureNames,
  measureTable,
} from '../evaluate/index.ts';
import { type Block, figure, notice, paragraph, row, type Section, table } from './document.ts';
import { byFrequency, genresByFrequency } from './frequencies.ts';
import { drawFrequencies, drawPrecisionRecall, drawReliability } from './genreCharts.ts';
import type { RunMaterial } from './material.ts';
import { drawRelations } from './relationCharts.ts';
import type { Tongue } from './words/tongue.ts';

/** Where the best value of a measure lies. */
export const arrows = { high: '↑', low: '↓' } as const;

/** What the short form shows of the measures; the whole one has all. */
const shortMeasures: readonly MeasureName[] = [
  'microAveragePrecision',
  'macroAveragePrecision',
  'precisionAt1',
  'microPrecision',
  'microRecall',
  'microF1',
  'macroF1',
  'hammingLoss',
];

/** Genres that fit beside each other on a page of the short form. */
const mostGenresInShort = 24;

/** Genres of one chart or table. */
const mostGenres = 45;

/** The floor that is hardest to beat; a floor at which the measure is not defined is none. */
function bestFloor(measure: Measure, best: 'high' | 'low'): number | undefined {
  const values = floorNames.map((name) => measure.floors[name]).filter((value) => value !== null);
  return values.length === 0 ? undefined : best === 'high' ? Math.max(...values) : Math.min(...values);
}

function verdict(measure: Measure, best: 'high' | 'low', { verdicts }: Tongue['results']): string {
  const floor = bestFloor(measure, best);
  const [low, high] = measure.interval;
  if (floor === undefined || low === null || high === null) return '–';
  const [ahead, behind] = best === 'high' ? [low > floor, high < floor] : [high < floor, low > floor];
  return ahead ? verdicts.better : behind ? verdicts.worse : verdicts.same;
}

function measuresTable(evaluation: Evaluation, names: readonly MeasureName[], tongue: Tongue): Block {
  const { results, decimal, interval } = tongue;
  const rows = names.map((name) => {
    const measure = evaluation.measures[name];
    const { best } = measureTable[name];
    return [
      `${results.measureNames[name]} ${arrows[best]}`,
      decimal(measure.value),
      interval(measure.interval),
      ...floorNames.map((floor) => decimal(measure.floors[floor])),
      verdict(measure, best, results),
    ];
  });
  const caption = results.measuresCaption(evaluation.posters, evaluation.confidence);
  return table('measures', caption, results.measureColumns, rows);
}

/** What the measures leave out because nobody said whether it is true. */
function unknownPairs({ unknownPairs: pairs, posters, genres }: Evaluation, tongue: Tongue): Block[] {
  if (pairs === 0) return [];
  const partly = genres
    .filter(({ known }) => known < posters)
    .map(({ genre, known }) => `${genre} ${tongue.whole(posters - known)}`);
  return [paragraph(tongue.results.unknownPairs(pairs, posters * genres.length, partly.join(', ')))];
}

type GenreColumn = keyof Tongue['results']['genreColumns'];

const mainColumns: readonly GenreColumn[] = [
  'genre',
  'support',
  'predicted',
  'precision',
  'recall',
  'f1',
  'averagePrecision',
  'interval',
  'chance',
];
const furtherColumns: readonly GenreColumn[] = ['genre', 'rocAuc', 'calibrationError', 'threshold'];

function genreCell(row: GenreEvaluation, column: GenreColumn, tongue: Tongue): string {
  const { results, decimal, whole, interval } = tongue;
  const hasTrue = row.support > 0;
  switch (column) {
    case 'genre':
      return row.genre;
    case 'support':
      return whole(row.support);
    case 'predicted':
      return whole(row.predicted);
    case 'precision':
      return row.predicted === 0 ? '–' : decimal(row.precision, 2);
    case 'recall':
      return hasTrue ? decimal(row.recall, 2) : '–';
    case 'f1':
      return hasTrue ? decimal(row.f1, 2) : '–';
    case 'averagePrecision':
      return hasTrue ? decimal(row.averagePrecision, 2) : '–';
    case 'interval':
      return hasTrue ? interval(row.averagePrecisionInterval, 2) : '–';
    case 'chance':
      return decimal(row.averagePrecisionFloor, 2);
    case 'rocAuc':
      return decimal(row.rocAuc, 2);
    case 'calibrationError':
      return decimal(row.expectedCalibrationError, 2);
    case 'threshold':
      return row.threshold !== null && row.threshold > 1 ? results.never : decimal(row.threshold, 2);
  }
}

function genresTable(
  id: string,
  caption: string,
  rows: readonly GenreEvaluation[],
  columns: readonly GenreColumn[],
  tongue: Tongue,
) {
  return table(
    id,
    caption,
    columns.map((column) => tongue.results.genreColumns[column]),
    rows.map((each) => columns.map((column) => genreCell(each, column, tongue))),
  );
}

/** The rows of an evaluation, the genre that is most frequent in training first. */
function rowsByFrequency({ config, evaluation }: RunMaterial): readonly GenreEvaluation[] {
  const rows = new Map(evaluation?.genres.map((each) => [each.genre, each]));
  return genresByFrequency(config).flatMap((genre) => rows.get(genre) ?? []);
}

export async function describeResults(
  material: RunMaterial,
  tongue: Tongue,
  form: 'short' | 'whole',
): Promise<Section> {
  const { evaluation, evaluatedNow } = material;
  const { results, frame } = tongue;
  const names = { id: 'results', title: frame.sections.results };
  if (!evaluation) return { ...names, blocks: [notice(results.noMeasures)] };
  const rows = rowsByFrequency(material);
  const shown = rows.slice(0, form === 'short' ? mostGenresInShort : mostGenres);
  const [frequency, reliability] = await Promise.all([
    drawFrequencies(
      evaluation,
      shown.map(({ genre }) => genre),
      tongue,
    ),
    drawReliability(evaluation, tongue),
  ]);
  const { genresWithoutPositives: absent } = evaluation;
  const intro = [
    results.decisions(evaluation.policy, evaluation.predictedPerPoster, evaluation.genresPerPoster),
    results.intervals(evaluation.resamples),
    evaluatedNow ? results.measuredNow : '',
  ];
  const caption = results.genreCaption(shown.length, rows.length);
  return {
    ...names,
    blocks: [
      paragraph(intro.filter(Boolean).join(' ')),
      measuresTable(evaluation, form === 'short' ? shortMeasures : measureNames, tongue),
      ...unknownPairs(evaluation, tongue),
      paragraph(results.floors(evaluation.mostCommonGenres)),
      paragraph(results.frequencySeen),
      row([figure(frequency), figure(reliability)]),
      ...(absent.length > 0 ? [notice(results.absent(absent))] : []),
      genresTable('genre-table', caption, shown, mainColumns, tongue),
    ],
  };
}

export async function describeGenres(material: RunMaterial, tongue: Tongue): Promise<Section> {
  const { evaluation, test, config } = material;
  const { results, frame } = tongue;
  const names = { id: 'genres', title: frame.sections.genres };
  if (!evaluation) return { ...names, blocks: [notice(results.noGenreMeasures)] };
  const details = genresTable(
    'genre-details',
    results.detailsCaption,
    rowsByFrequency(material),
    furtherColumns,
    tongue,
  );
  if (!test) return { ...names, blocks: [notice(results.noCurves), paragraph(results.detailsSeen), details] };
  const curves = await drawPrecisionRecall(test, evaluation, byFrequency(config), tongue);
  return { ...names, blocks: [paragraph(results.curvesSeen), curves, details] };
}

export async function describeRelations(material: RunMaterial, tongue: Tongue): Promise<Section> {
  const { test, validation, config } = material;
  const { results, frame } = tongue;
  const names = { id: 'relations', title: frame.sections.relations };
  const scored = test ?? validation;
  if (!scored) return { ...names, blocks: [notice(results.noRelations)] };
  const charts = await drawRelations(scored, byFrequency(config), tongue);
  const posters =
    scored.subset === 'test'
      ? frame.testPosters(scored.posters.length)
      : frame.validationPosters(scored.posters.length);
  return {
    ...names,
    blocks: [paragraph(results.relations(posters)), ...charts.map((chart) => figure(chart, true))],
  };
}

/** Whether the model is told apart from answers that know the genres' frequencies only; undefined without measures. */
export function isAboveFloor({ evaluation }: Pick<RunMaterial, 'evaluation'>): boolean | undefined {
  if (!evaluation) return undefined;
  const { interval, floors } = evaluation.measures.microAveragePrecision;
  return interval[0] !== null && interval[0] > (floors.prior ?? 0);
}
