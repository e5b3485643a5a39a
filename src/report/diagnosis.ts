/** @module A run's history -> what its curves say, in sentences that carry the figures they rest on. */
import type { HistoryRow, RunConfig } from '../run/index.ts';
import { bestRow, comparablePrior, epochOfFall, roughness } from './curves.ts';
import { count, decimal, percent } from './format.ts';
import { describePrecision, type ValidationSize } from './precisionChanges.ts';
import type { Statement } from './statement.ts';

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
export function diagnose(rows: readonly HistoryRow[], facts: DiagnosisFacts = {}): Statement[] {
  const broken = describeBroken(rows);
  const usable = rows.filter(
    (row) => Number.isFinite(row.training_loss) && Number.isFinite(row.validation_loss),
  );
  const ending = describeEnding(rows, facts.config);
  if (usable.length < fewestEpochs) {
    return [
      {
        kind: 'too-short',
        text: `${count(usable.length, 'epoch')} with finite losses: too short to judge a course, which takes at least ${fewestEpochs}.`,
        figures: { epochs: usable.length },
      },
      ...broken,
      ...ending.filter(({ kind }) => kind === 'unfinished'),
    ];
  }
  const problems = [
    ...broken,
    ...describeRise(usable),
    ...describeOverfitting(usable),
    ...describeUnderfitting(usable, facts.config),
  ];
  const nothing: Statement = {
    kind: 'nothing',
    text: 'The losses show neither overfitting nor underfitting nor divergence by the limits used here.',
    figures: {},
  };
  return [
    ...describeDescent(usable),
    ...describePlateau(usable),
    ...(problems.length > 0 ? problems : [nothing]),
    ...ending,
    ...describePrecision(rows, facts.validation),
  ];
}

function describeBroken(rows: readonly HistoryRow[]): Statement[] {
  const broken = rows.find(
    (row) => !Number.isFinite(row.training_loss) || !Number.isFinite(row.validation_loss),
  );
  if (!broken) return [];
  return [
    {
      kind: 'not-finite',
      text: `A loss of epoch ${broken.epoch} is no finite number: the training went out of bounds there.`,
      figures: { epoch: broken.epoch },
    },
  ];
}

function describeDescent(rows: readonly HistoryRow[]): Statement[] {
  const [first, lowest] = [rows[0]!, bestRow(rows, 'training_loss')!];
  const fall = (first.training_loss - lowest.training_loss) / first.training_loss;
  const figures = { first: first.training_loss, lowest: lowest.training_loss, fall };
  if (!(fall > smallShare)) {
    const text =
      `Training loss did not fall by more than ${percent(smallShare, 0)} after epoch ${first.epoch}: ` +
      `${decimal(first.training_loss)} there, ${decimal(lowest.training_loss)} at its lowest.`;
    return [{ kind: 'no-descent', text, figures }];
  }
  const epoch = epochOfFall(rows, 'training_loss', 0.8)!;
  const text =
    `Training loss fell from ${decimal(first.training_loss)} at epoch ${first.epoch} to ${decimal(lowest.training_loss)} ` +
    `at epoch ${lowest.epoch} (−${percent(fall)}); four fifths of that were made by epoch ${epoch}.`;
  return [{ kind: 'descent', text, figures: { ...figures, fourFifthsBy: epoch } }];
}

/** The last epochs, three or more, in which validation loss stays within 1% of its best. */
function describePlateau(rows: readonly HistoryRow[]): Statement[] {
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
      text:
        `Validation loss levelled off from epoch ${from.epoch}: in the last ${length} epochs it stayed within ` +
        `${percent(spread)} of its best, ${decimal(best)}.`,
      figures: { from: from.epoch, to: to.epoch, best, spread },
    },
  ];
}

/** Training loss itself going up: the steps are too large. */
function describeRise(rows: readonly HistoryRow[]): Statement[] {
  const lowest = bestRow(rows, 'training_loss')!;
  const last = rows.at(-1)!;
  const rise = last.training_loss / lowest.training_loss - 1;
  const rough = roughness(rows.map((row) => row.training_loss));
  if (last.epoch - lowest.epoch < 2 || rise < 5 * smallShare) return [];
  if (last.training_loss - lowest.training_loss < roughnessLimit * rough) return [];
  return [
    {
      kind: 'rising',
      text:
        `Training loss itself rose, from ${decimal(lowest.training_loss)} at epoch ${lowest.epoch} to ` +
        `${decimal(last.training_loss)} at epoch ${last.epoch} (+${percent(rise)}): the training diverged.`,
      figures: { lowest: lowest.training_loss, last: last.training_loss, rise, rough },
    },
  ];
}

/** Validation loss rising while training loss goes on falling, after the best epoch. */
function describeOverfitting(rows: readonly HistoryRow[]): Statement[] {
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
      text:
        `Training and validation part after epoch ${best.epoch}: until epoch ${last.epoch} validation loss rose by ` +
        `${percent(rise)} (${decimal(best.validation_loss)} to ${decimal(last.validation_loss)}) while training loss fell ` +
        `by ${percent(fall)} (${decimal(best.training_loss)} to ${decimal(last.training_loss)}): overfitting. ` +
        `The rise is ${rough > 0 ? `${((last.validation_loss - best.validation_loss) / rough).toFixed(0)} times` : 'beyond'} ` +
        `the curve's roughness of ${decimal(rough, 4)}.`,
      figures: { bestEpoch: best.epoch, lastEpoch: last.epoch, rise, fall, rough },
    },
  ];
}

/** Both losses near what knowing nothing but the frequencies gives, and no longer falling. */
function describeUnderfitting(rows: readonly HistoryRow[], config: RunConfig | undefined): Statement[] {
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
      text:
        `Both losses stay high and flat: at best ${decimal(lowest)} in training and ${decimal(best)} in validation, where ` +
        `the genres' frequencies alone give ${decimal(prior)}; since epoch ${late[0]!.epoch} training loss fell by ` +
        `${percent(Math.max(0, falling))}: underfitting.`,
      figures: { prior, bestValidation: best, lowestTraining: lowest, lateFall: falling },
    },
  ];
}

/** Whether the end came by patience, too early, too late or from outside. */
function describeEnding(rows: readonly HistoryRow[], config: RunConfig | undefined): Statement[] {
  const last = rows.at(-1);
  if (config === undefined || last === undefined) return [];
  const { earlyStopping, epochs, schedule } = config.recipe;
  const { measure, patience } = earlyStopping;
  const best = bestRow(rows, measure);
  if (best === undefined) return [];
  const waited = last.epoch - best.epoch;
  const figures = { epochs: last.epoch, planned: epochs, bestEpoch: best.epoch, patience };
  const name = measure.replaceAll('_', ' ');
  if (last.epoch < epochs && waited < patience) {
    const text = `The run has ${last.epoch} of ${epochs} epochs and was not stopped by patience: it was interrupted, or it is still running.`;
    return [{ kind: 'unfinished', text, figures }];
  }
  if (last.epoch < epochs) {
    const text = `Early stopping ended the run at epoch ${last.epoch}, ${count(waited, 'epoch')} after the best ${name} (epoch ${best.epoch}), as its patience of ${patience} says.`;
    return [{ kind: 'stopped-by-patience', text, figures }];
  }
  if (waited === 0) {
    const why =
      schedule.schedule === 'cosine'
        ? 'its learning rate had come to its end there, so that only a longer schedule could tell whether more is to be had'
        : 'the learning rate was still at its height, so that more epochs may help';
    const text = `The stop was perhaps early: ${name} was best at the last planned epoch, ${last.epoch}; ${why}.`;
    return [{ kind: 'stopped-early', text, figures }];
  }
  if (waited >= Math.max(3, epochs / 4)) {
    const text = `The stop was late: ${name} was best at epoch ${best.epoch}, and the ${waited} epochs after it brought nothing. The model kept is that of epoch ${best.epoch}.`;
    return [{ kind: 'stopped-late', text, figures }];
  }
  return [];
}
