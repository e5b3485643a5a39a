/** @module A run's history -> what its curves say, in sentences that carry the figures they rest on. */
import type { HistoryRow, RunConfig } from '../run/index.ts';
import { bestRow, comparablePrior, epochOfFall, roughness } from './curves.ts';
import { describePrecision, type ValidationSize } from './precisionChanges.ts';
import type { Statement } from './statement.ts';
import { type Tongue, tongueOf } from './words/tongue.ts';

type Words = Tongue['training'];

/** What a statement is about; tests and the comparison of runs read it. */
export interface DiagnosisFacts {
  /** The run's configuration; what needs it is left out without it. */
  readonly config?: RunConfig;
  /** Of the validation split; without it, noise cannot be judged. */
  readonly validation?: ValidationSize;
}

/** Fewer epochs show no course. */
const fewestEpochs = 4;

/** A relative change of a loss smaller than this is called none. */
const smallShare = 0.02;

/** A rise must exceed this many times the curve's own roughness. */
const roughnessLimit = 3;

/** The learned loss is called high above this share of the loss that looks at nothing. */
const highShare = 0.95;

/**
 * Reads the curves. Nothing is said that the figures do not show: with fewer than {@link fewestEpochs} epochs
 * only that it is too short, and where nothing was found, that nothing was found.
 */
export function diagnose(
  rows: readonly HistoryRow[],
  facts: DiagnosisFacts = {},
  { training: words }: Tongue = tongueOf('en'),
): Statement[] {
  const broken = describeBroken(rows, words);
  const usable = rows.filter(
    (row) => Number.isFinite(row.training_loss) && Number.isFinite(row.validation_loss),
  );
  const ending = describeEnding(rows, facts.config, words);
  if (usable.length < fewestEpochs) {
    return [
      {
        kind: 'too-short',
        text: words.tooShort(usable.length, fewestEpochs),
        figures: { epochs: usable.length },
      },
      ...broken,
      ...ending.filter(({ kind }) => kind === 'unfinished'),
    ];
  }
  const problems = [
    ...broken,
    ...describeRise(usable, words),
    ...describeOverfitting(usable, words),
    ...describeUnderfitting(usable, facts.config, words),
  ];
  const nothing: Statement = {
    kind: 'nothing',
    text: words.nothing,
    figures: {},
  };
  return [
    ...describeDescent(usable, words),
    ...describePlateau(usable, words),
    ...(problems.length > 0 ? problems : [nothing]),
    ...ending,
    ...describePrecision(rows, facts.validation, words),
  ];
}

function describeBroken(rows: readonly HistoryRow[], words: Words): Statement[] {
  const broken = rows.find(
    (row) => !Number.isFinite(row.training_loss) || !Number.isFinite(row.validation_loss),
  );
  if (!broken) return [];
  return [
    {
      kind: 'not-finite',
      text: words.notFinite(broken.epoch),
      figures: { epoch: broken.epoch },
    },
  ];
}

function describeDescent(rows: readonly HistoryRow[], words: Words): Statement[] {
  const [first, lowest] = [rows[0]!, bestRow(rows, 'training_loss')!];
  const fall = (first.training_loss - lowest.training_loss) / first.training_loss;
  const figures = { first: first.training_loss, lowest: lowest.training_loss, fall };
  if (!(fall > smallShare)) {
    const text = words.noDescent(smallShare, first.epoch, first.training_loss, lowest.training_loss);
    return [{ kind: 'no-descent', text, figures }];
  }
  const epoch = epochOfFall(rows, 'training_loss', 0.8)!;
  const text = words.descent({
    first: first.training_loss,
    at: first.epoch,
    lowest: lowest.training_loss,
    by: lowest.epoch,
    fall,
    most: epoch,
  });
  return [{ kind: 'descent', text, figures: { ...figures, fourFifthsBy: epoch } }];
}

/** The last epochs, three or more, in which validation loss stays within 1% of its best. */
function describePlateau(rows: readonly HistoryRow[], words: Words): Statement[] {
  const best = bestRow(rows, 'validation_loss')!.validation_loss;
  const reversed = [...rows].reverse();
  const outside = reversed.findIndex((row) => row.validation_loss > best * 1.01);
  const length = outside < 0 ? rows.length : outside;
  if (length < 3) return [];
  const flat = rows.slice(rows.length - length);
  const [from, to] = [flat[0]!, flat.at(-1)!];
  const spread = Math.max(...flat.map((row) => row.validation_loss)) / best - 1;
  return [
    {
      kind: 'plateau',
      text: words.plateau(from.epoch, length, spread, best),
      figures: { from: from.epoch, to: to.epoch, best, spread },
    },
  ];
}

/** Training loss itself going up: the steps are too large. */
function describeRise(rows: readonly HistoryRow[], words: Words): Statement[] {
  const lowest = bestRow(rows, 'training_loss')!;
  const last = rows.at(-1)!;
  const rise = last.training_loss / lowest.training_loss - 1;
  const rough = roughness(rows.map((row) => row.training_loss));
  if (last.epoch - lowest.epoch < 2 || rise < 5 * smallShare) return [];
  if (last.training_loss - lowest.training_loss < roughnessLimit * rough) return [];
  return [
    {
      kind: 'rising',
      text: words.rising({
        lowest: lowest.training_loss,
        at: lowest.epoch,
        last: last.training_loss,
        by: last.epoch,
        rise,
      }),
      figures: { lowest: lowest.training_loss, last: last.training_loss, rise, rough },
    },
  ];
}

/** Validation loss rising while training loss goes on falling, after the best epoch. */
function describeOverfitting(rows: readonly HistoryRow[], words: Words): Statement[] {
  const best = bestRow(rows, 'validation_loss')!;
  const last = rows.at(-1)!;
  if (last.epoch - best.epoch < 2) return [];
  const rise = last.validation_loss / best.validation_loss - 1;
  const fall = 1 - last.training_loss / best.training_loss;
  const rough = roughness(rows.map((row) => row.validation_loss));
  const clear = last.validation_loss - best.validation_loss > roughnessLimit * rough;
  if (!(rise > smallShare && fall > smallShare && clear)) return [];
  return [
    {
      kind: 'overfitting',
      text: words.overfitting({
        best: best.epoch,
        last: last.epoch,
        rise,
        fall,
        validation: [best.validation_loss, last.validation_loss],
        training: [best.training_loss, last.training_loss],
        times: rough > 0 ? (last.validation_loss - best.validation_loss) / rough : undefined,
        rough,
      }),
      figures: { bestEpoch: best.epoch, lastEpoch: last.epoch, rise, fall, rough },
    },
  ];
}

/** Both losses near what knowing nothing but the frequencies gives, and no longer falling. */
function describeUnderfitting(
  rows: readonly HistoryRow[],
  config: RunConfig | undefined,
  words: Words,
): Statement[] {
  const prior = config && comparablePrior(config);
  if (prior === undefined) return [];
  const best = bestRow(rows, 'validation_loss')!.validation_loss;
  const lowest = bestRow(rows, 'training_loss')!.training_loss;
  const late = rows.slice(Math.floor((2 * rows.length) / 3) - 1);
  const falling = 1 - late.at(-1)!.training_loss / late[0]!.training_loss;
  if (!(best > highShare * prior && lowest > highShare * prior && falling < smallShare)) return [];
  return [
    {
      kind: 'underfitting',
      text: words.underfitting({
        training: lowest,
        validation: best,
        prior,
        since: late[0]!.epoch,
        fall: Math.max(0, falling),
      }),
      figures: { prior, bestValidation: best, lowestTraining: lowest, lateFall: falling },
    },
  ];
}

/** Whether the end came by patience, too early, too late or from outside. */
function describeEnding(
  rows: readonly HistoryRow[],
  config: RunConfig | undefined,
  words: Words,
): Statement[] {
  const last = rows.at(-1);
  if (config === undefined || last === undefined) return [];
  const { earlyStopping, epochs, schedule } = config.recipe;
  const { measure, patience } = earlyStopping;
  const best = bestRow(rows, measure);
  if (best === undefined) return [];
  const waited = last.epoch - best.epoch;
  const figures = { epochs: last.epoch, planned: epochs, bestEpoch: best.epoch, patience };
  const name = words.columnName(measure);
  if (last.epoch < epochs && waited < patience) {
    const text = words.unfinished(last.epoch, epochs);
    return [{ kind: 'unfinished', text, figures }];
  }
  if (last.epoch < epochs) {
    const text = words.byPatience({ last: last.epoch, waited, measure: name, best: best.epoch, patience });
    return [{ kind: 'stopped-by-patience', text, figures }];
  }
  if (waited === 0) {
    const text = words.stoppedEarly(name, last.epoch, schedule.schedule === 'cosine');
    return [{ kind: 'stopped-early', text, figures }];
  }
  if (waited >= Math.max(3, epochs / 4)) {
    const text = words.stoppedLate(name, best.epoch, waited);
    return [{ kind: 'stopped-late', text, figures }];
  }
  return [];
}
