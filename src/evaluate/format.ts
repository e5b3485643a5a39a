/** @module An evaluation -> plain text tables for people: measures beside their floors, genres beside their priors. */
import type { Evaluation, GenreEvaluation } from './evaluation.ts';
import { floorNames } from './floors.ts';
import { measureNames, measureTable } from './measures.ts';

function fixed(value: number | null, digits = 3): string {
  return value === null ? '-' : value.toFixed(digits);
}

function interval([low, high]: readonly [number | null, number | null]): string {
  return low === null ? '-' : `${fixed(low)}-${fixed(high)}`;
}

/** Columns as wide as their widest cell; the first ones, `words` of them, read from the left, numbers from the right. */
export function table(rows: readonly (readonly string[])[], words = 1): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < words ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function thresholdOf({ threshold }: GenreEvaluation): string {
  return threshold !== null && threshold > 1 ? 'never' : fixed(threshold);
}

function measuresTable(evaluation: Evaluation): string {
  const percent = `${Number((100 * evaluation.confidence).toFixed(2))} %`;
  const floorTitles = {
    prior: 'prior',
    mostCommon: 'most common',
    allZero: 'no genre',
    allOne: 'all genres',
  };
  return table([
    ['measure', 'value', `${percent} interval`, ...floorNames.map((floor) => floorTitles[floor])],
    ...measureNames.map((name) => {
      const measure = evaluation.measures[name];
      const label = `${measureTable[name].label}${measureTable[name].best === 'low' ? ' (lower is better)' : ''}`;
      return [
        label,
        fixed(measure.value),
        interval(measure.interval),
        ...floorNames.map((floor) => fixed(measure.floors[floor])),
      ];
    }),
  ]);
}

function genresTable(evaluation: Evaluation): string {
  return table([
    [
      'genre',
      'true',
      'given',
      'ratio',
      'precision',
      'recall',
      'F1',
      'avg. precision',
      'interval',
      'floor',
      'ROC AUC',
      'threshold',
      'prior',
    ],
    ...evaluation.genres.map((genre) => [
      genre.genre,
      String(genre.support),
      String(genre.predicted),
      fixed(genre.frequencyRatio, 2),
      fixed(genre.precision),
      fixed(genre.recall),
      fixed(genre.f1),
      fixed(genre.averagePrecision),
      interval(genre.averagePrecisionInterval),
      fixed(genre.averagePrecisionFloor),
      fixed(genre.rocAuc),
      thresholdOf(genre),
      fixed(genre.prior),
    ]),
  ]);
}

/** Tables for people, without colours, lines joined by newlines; the last sentences say how to read them. */
export function formatEvaluation(evaluation: Evaluation): string {
  const { posters, genres, mostCommonGenres, genresWithoutPositives, calibration, unknownPairs } = evaluation;
  const partly = genres.filter(({ known }) => known < posters);
  const unknown =
    unknownPairs === 0
      ? []
      : [
          `Of ${unknownPairs} of ${posters * genres.length} poster-genre pairs nothing is known; they are left out of all that is measured: ` +
            `${partly.map(({ genre, known }) => `${genre} ${posters - known}`).join(', ')}.`,
        ];
  const absent =
    genresWithoutPositives.length === 0
      ? []
      : [
          `No poster here has ${genresWithoutPositives.join(', ')}: 0 in macro measures, left out of ROC AUC.`,
        ];
  return [
    `${posters} posters, ${genres.length} genres. A poster has ${fixed(evaluation.genresPerPoster, 2)} genres and is given ` +
      `${fixed(evaluation.predictedPerPoster, 2)}, decided by ${evaluation.policy}.`,
    ...unknown,
    '',
    measuresTable(evaluation),
    '',
    genresTable(evaluation),
    '',
    `Expected calibration error: ${fixed(calibration.expectedCalibrationError)}, the mean distance of a probability from how often it comes true.`,
    ...absent,
    '',
    'How to read it: the last four columns of the first table are answers that need no picture: the training',
    `frequencies, always ${mostCommonGenres.join(' and ')}, no genre, every genre. A value counts where its whole`,
    'interval is better than all four (recall alone is always won by every genre). A genre is read from its poster',
    'where the interval of its average precision lies above its floor; a ratio far from 1 means that it is given',
    'much more or less often than it is true.',
  ].join('\n');
}
