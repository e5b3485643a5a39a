/** @module A run's predictions of posters it was not trained on -> the sections on measures, genres and relations. */
import { type Evaluation, floorNames, type Measure, measureNames, measureTable } from '../evaluate/index.ts';
import { type Block, chartBlock, notice, paragraph, type Section, table } from './document.ts';
import { count, decimal, listed, percent } from './format.ts';
import { drawFrequencies, drawPrecisionRecall, drawReliability } from './genreCharts.ts';
import type { RunMaterial } from './material.ts';
import { drawRelations } from './relationCharts.ts';

function interval([low, high]: readonly [number | null, number | null]): string {
  return `${decimal(low)} to ${decimal(high)}`;
}

/** The floor that is hardest to beat; a floor at which the measure is not defined is none. */
function bestFloor(measure: Measure, best: 'high' | 'low'): number | undefined {
  const values = floorNames.map((name) => measure.floors[name]).filter((value) => value !== null);
  return values.length === 0 ? undefined : best === 'high' ? Math.max(...values) : Math.min(...values);
}

function verdict(measure: Measure, best: 'high' | 'low'): string {
  const floor = bestFloor(measure, best);
  const [low, high] = measure.interval;
  if (floor === undefined || low === null || high === null) return '–';
  const [ahead, behind] = best === 'high' ? [low > floor, high < floor] : [high < floor, low > floor];
  return ahead ? 'better' : behind ? 'worse' : 'not told apart';
}

function measuresTable(evaluation: Evaluation): Block {
  const rows = measureNames.map((name) => {
    const measure = evaluation.measures[name];
    const { label, best } = measureTable[name];
    return [
      `${label} (${best === 'high' ? 'higher' : 'lower'} is better)`,
      decimal(measure.value),
      interval(measure.interval),
      ...floorNames.map((floor) => decimal(measure.floors[floor])),
      verdict(measure, best),
    ];
  });
  return table(
    `Measures of ${count(evaluation.posters, 'test poster')}, with ${percent(evaluation.confidence, 0)} intervals, beside answers that look at no picture`,
    ['measure', 'model', 'interval', 'prior', 'most common', 'none', 'all', 'against the best of them'],
    rows,
  );
}

/** What the measures leave out because nobody said whether it is true. */
function unknownPairs({ unknownPairs: pairs, posters, genres }: Evaluation): Block[] {
  if (pairs === 0) return [];
  const partly = genres.filter(({ known }) => known < posters);
  return [
    paragraph(
      `Of ${pairs.toLocaleString('en')} of ${(posters * genres.length).toLocaleString('en')} poster-genre pairs nothing is known; every measure and floor leaves them out. By genre: ` +
        `${partly.map(({ genre, known }) => `${genre} ${(posters - known).toLocaleString('en')}`).join(', ')}.`,
    ),
  ];
}

export function describeMeasures({ evaluation, evaluatedNow }: RunMaterial): Section {
  const title = 'Measures against floors';
  if (!evaluation)
    return {
      id: 'measures',
      title,
      blocks: [notice('There are no measures: neither metrics.json nor readable test posters.')],
    };
  const how = evaluatedNow
    ? ' They were measured for this report; `onesheet evaluate` writes them to metrics.json.'
    : '';
  const blocks = [
    paragraph(
      `Decisions are those of the policy ${evaluation.policy}, chosen on validation posters: ${decimal(evaluation.predictedPerPoster, 2)} genres a poster ` +
        `where ${decimal(evaluation.genresPerPoster, 2)} are true. Intervals come from ${count(evaluation.resamples, 'bootstrap resample')} of the test posters; ` +
        `they do not cover another training seed. "Better" means that the interval lies beyond the best floor.${how}`,
    ),
    measuresTable(evaluation),
    ...unknownPairs(evaluation),
    paragraph(
      `Floors: prior says every genre's training frequency; most common always says ${listed(evaluation.mostCommonGenres)}; none and all say no and every genre. Read precision and recall together: naming one frequent genre already has a high precision, and naming every genre a recall of 1. F1 and average precision weigh one against the other.`,
    ),
  ];
  return { id: 'measures', title, blocks };
}

function genreTable(evaluation: Evaluation): Block {
  const rows = [...evaluation.genres].sort((a, b) => b.support - a.support);
  return table(
    'Genres, the most frequent first',
    [
      'genre',
      'true',
      'given',
      'precision',
      'recall',
      'F1',
      'average precision',
      'interval',
      'chance',
      'ROC AUC',
      'calibration error',
      'threshold',
    ],
    rows.map((row) => [
      row.genre,
      String(row.support),
      String(row.predicted),
      row.predicted === 0 ? '–' : decimal(row.precision, 2),
      row.support === 0 ? '–' : decimal(row.recall, 2),
      row.support === 0 ? '–' : decimal(row.f1, 2),
      row.support === 0 ? '–' : decimal(row.averagePrecision, 2),
      row.support === 0
        ? '–'
        : `${decimal(row.averagePrecisionInterval[0], 2)} to ${decimal(row.averagePrecisionInterval[1], 2)}`,
      decimal(row.averagePrecisionFloor, 2),
      decimal(row.rocAuc, 2),
      decimal(row.expectedCalibrationError, 2),
      row.threshold !== null && row.threshold > 1 ? 'never' : decimal(row.threshold, 2),
    ]),
  );
}

export async function describeGenres({ evaluation, test }: RunMaterial): Promise<Section> {
  const title = 'Genre by genre';
  if (!evaluation) return { id: 'genres', title, blocks: [notice('There are no measures of test posters.')] };
  const blocks: Block[] = [];
  const absent = evaluation.genresWithoutPositives;
  if (absent.length > 0)
    blocks.push(
      notice(
        `No test poster has ${listed(absent)}: what is not defined there is a dash, and each counts as 0 in the macro measures.`,
      ),
    );
  blocks.push(genreTable(evaluation));
  if (test) blocks.push(chartBlock(await drawPrecisionRecall(test, evaluation)));
  else
    blocks.push(
      notice('Precision-recall curves need the predictions of test posters, which cannot be made.'),
    );
  blocks.push(chartBlock(await drawReliability(evaluation)), chartBlock(await drawFrequencies(evaluation)));
  return { id: 'genres', title, blocks };
}

export async function describeRelations({ test, validation }: RunMaterial): Promise<Section> {
  const title = 'Genres among themselves';
  const scored = test ?? validation;
  if (!scored)
    return { id: 'relations', title, blocks: [notice('There are no predictions to compare genres on.')] };
  const charts = await drawRelations(scored);
  return {
    id: 'relations',
    title,
    blocks: [
      paragraph(`Of ${count(scored.posters.length, `${scored.subset} poster`)}.`),
      ...charts.map(chartBlock),
    ],
  };
}
