/** @module A run's measures and what its curves say -> what can be concluded, and what cannot. */
import type { GenreEvaluation } from '../evaluate/index.ts';
import { diagnose } from './diagnosis.ts';
import { list, notice, type Section } from './document.ts';
import type { RunMaterial } from './material.ts';
import { isAboveFloor } from './resultSections.ts';
import type { StatementKind } from './statement.ts';
import { validationSize } from './trainingSection.ts';
import type { Tongue } from './words/tongue.ts';

/** Genres that are named as the best told. */
const mostNamed = 4;

/** Whether the interval of a genre's average precision lies above chance; those that no poster has are not judged. */
function standing({
  support,
  averagePrecisionInterval: [low],
  averagePrecisionFloor: floor,
}: GenreEvaluation) {
  if (support === 0 || low === null || floor === null) return 'unknown';
  return low > floor ? 'above' : 'level';
}

function lift({ averagePrecision, averagePrecisionFloor }: GenreEvaluation): number {
  return (averagePrecision ?? 0) - (averagePrecisionFloor ?? 0);
}

/** What the course of the training means for its result. */
function courseOf(material: RunMaterial, tongue: Tongue): string[] {
  const { history, config } = material;
  const said = diagnose(history, { config, validation: validationSize(material) }, tongue);
  const kinds = new Set<StatementKind>(said.map(({ kind }) => kind));
  const { conclusion } = tongue.results;
  return [
    kinds.has('overfitting') ? conclusion.overfitting : '',
    kinds.has('underfitting') ? conclusion.underfitting : '',
    kinds.has('unfinished') ? conclusion.unfinished : '',
  ];
}

export function describeConclusion(material: RunMaterial, tongue: Tongue): Section {
  const { evaluation } = material;
  const { results, frame, decimal } = tongue;
  const { conclusion } = results;
  const names = { id: 'conclusion', title: frame.sections.conclusion };
  if (!evaluation) return { ...names, blocks: [notice(conclusion.nothing)] };
  const { value, floors } = evaluation.measures.microAveragePrecision;
  const above = evaluation.genres.filter((row) => standing(row) === 'above');
  const level = evaluation.genres.filter((row) => standing(row) === 'level');
  const strongest = above
    .toSorted((a, b) => lift(b) - lift(a))
    .slice(0, mostNamed)
    .map(
      ({ genre, averagePrecision, averagePrecisionFloor }) =>
        `${genre} (${decimal(averagePrecision, 2)}, ${results.genreColumns.chance} ${decimal(averagePrecisionFloor, 2)})`,
    );
  const said = [
    isAboveFloor(material) ? conclusion.ahead(value, floors.prior) : conclusion.level(value, floors.prior),
    strongest.length > 0 ? conclusion.strongest(strongest) : '',
    level.length > 0
      ? conclusion.atChance(level.map(({ genre }) => genre))
      : above.length > 0
        ? conclusion.allAboveChance
        : '',
    ...courseOf(material, tongue),
    conclusion.calibration(evaluation.calibration.expectedCalibrationError),
    conclusion.limits(evaluation.posters),
  ];
  return { ...names, blocks: [list(said.filter(Boolean))] };
}
