/** @module Several runs -> their recipes, curves and measures side by side, with the differences that exceed noise marked. */
import { compareMeasures, measureNames, measureTable, validationColumn } from '../evaluate/index.ts';
import { Random } from '../random.ts';
import { drawOverlay } from './curveCharts.ts';
import { bestRow } from './curves.ts';
import { diagnose } from './diagnosis.ts';
import {
  type Block,
  chartBlock,
  heading,
  list,
  notice,
  paragraph,
  type ReportDocument,
  type Section,
  table,
} from './document.ts';
import { count, decimal, signed } from './format.ts';
import type { RunMaterial } from './material.ts';
import type { ScoredPosters } from './scored.ts';
import { settingsOf, validationSize } from './trainingSections.ts';

/** Their folders, unless two are given the same. */
function namesOf(runs: readonly RunMaterial[]): string[] {
  const names = runs.map(({ folder }) => folder.replace(/\/+$/, '').split('/').at(-1)!);
  return names.map((name, i) =>
    names.indexOf(name) === i && names.lastIndexOf(name) === i ? name : `${name} (${i + 1})`,
  );
}

function describeRuns(runs: readonly RunMaterial[], names: readonly string[]): Section {
  const missing = runs.flatMap((run, i) => run.missing.map((sentence) => `${names[i]}: ${sentence}`));
  const settings = runs.map(
    (run) =>
      new Map<string, string>([
        ['seed', String(run.config.seed)],
        ['recipe', run.config.recipe.name],
        ['data', run.config.dataHash.slice(0, 12)],
        ['split', run.config.splitHash.slice(0, 12)],
        ...settingsOf(run),
      ]),
  );
  const keys = [...new Set(settings.flatMap((map) => [...map.keys()]))];
  const differing = keys.filter((key) => new Set(settings.map((map) => map.get(key))).size > 1);
  const blocks: Block[] = missing.length > 0 ? [notice(`Missing in this report. ${missing.join(' ')}`)] : [];
  blocks.push(
    differing.length === 0
      ? paragraph('The runs have the same recipe, data, split and seed.')
      : table(
          'What differs',
          ['setting', ...names],
          differing.map((key) => [key, ...settings.map((map) => map.get(key) ?? '–')]),
        ),
  );
  return { id: 'runs', title: 'The runs', blocks };
}

async function describeCurves(runs: readonly RunMaterial[], names: readonly string[]): Promise<Section> {
  const drawn = runs
    .map(({ history }, i) => ({ name: names[i]!, history }))
    .filter(({ history }) => history.length > 0);
  if (drawn.length === 0)
    return { id: 'curves', title: 'Curves', blocks: [notice('No run has a finished epoch.')] };
  const losses = new Set(
    runs.map(({ config }) => JSON.stringify([config.recipe.loss, config.genres.length])),
  );
  const isRelative = losses.size > 1;
  const caption = isRelative
    ? 'The runs minimize different losses, whose heights cannot be compared: each is drawn as a share of its own first epoch.'
    : 'The runs minimize the same loss, so their values can be compared.';
  const unit = isRelative ? "share of the first epoch's loss" : 'loss (mean over posters)';
  const rows = runs.map(({ history, config, seconds }, i) => {
    const { measure } = config.recipe.earlyStopping;
    const best = bestRow(history, measure);
    return [
      names[i]!,
      String(history.length),
      best ? String(best.epoch) : '–',
      best ? `${measure.replaceAll('_', ' ')} ${decimal(best[measure])}` : '–',
      seconds === undefined ? '–' : `${(seconds / 60).toFixed(1)}`,
    ];
  });
  const precisions = (['microAveragePrecision', 'macroAveragePrecision'] as const).map(async (measure) => {
    const { label } = measureTable[measure];
    const chart = await drawOverlay(drawn, validationColumn(measure), {
      name: label.replaceAll(' ', '-'),
      title: `${label.charAt(0).toUpperCase()}${label.slice(1)} on validation posters`,
      caption: 'Higher is better.',
      unit: 'average precision',
    });
    return chartBlock(chart);
  });
  return {
    id: 'curves',
    title: 'Curves',
    blocks: [
      table('Epochs', ['run', 'epochs', 'best epoch', 'best by', 'minutes'], rows),
      chartBlock(
        await drawOverlay(drawn, 'validation_loss', {
          name: 'validation-loss',
          title: 'Validation loss over the epochs',
          caption,
          unit,
          isRelative,
        }),
      ),
      chartBlock(
        await drawOverlay(drawn, 'training_loss', {
          name: 'training-loss',
          title: 'Training loss over the epochs',
          caption,
          unit,
          isRelative,
        }),
      ),
      ...(await Promise.all(precisions)),
    ],
  };
}

function describeDiagnoses(runs: readonly RunMaterial[], names: readonly string[]): Section {
  const blocks = runs.flatMap((run, i) => [
    heading(names[i]!),
    list(
      diagnose(run.history, { config: run.config, validation: validationSize(run) }).map(({ text }) => text),
    ),
  ]);
  return { id: 'diagnosis', title: 'Diagnoses', blocks };
}

/** Whether two runs were measured on the same posters with the same labels. */
function isSameTest(a: ScoredPosters, b: ScoredPosters): boolean {
  const key = ({ genres, posters }: ScoredPosters) =>
    JSON.stringify([genres, posters.map(({ id, genres: own, known }) => [id, own, known])]);
  return key(a) === key(b);
}

/** Why two runs cannot be compared poster by poster; undefined when they can. */
function obstacle(base: RunMaterial, other: RunMaterial): string | undefined {
  if (!base.test || !other.test) return 'the predictions of test posters are missing';
  if (base.config.splitHash !== other.config.splitHash)
    return 'their splits differ, so that each was tested on other posters';
  return isSameTest(base.test, other.test) ? undefined : 'their test posters or genres differ';
}

function describeDifferences(runs: readonly RunMaterial[], names: readonly string[]): Section {
  const blocks: Block[] = [];
  const measured = runs.map(({ evaluation }) => evaluation);
  if (measured.some((evaluation) => evaluation !== undefined))
    blocks.push(
      table(
        "Measures on each run's own test posters",
        ['measure', ...names],
        measureNames.map((name) => [
          `${measureTable[name].label} (${measureTable[name].best === 'high' ? 'higher' : 'lower'} is better)`,
          ...measured.map((evaluation) => decimal(evaluation?.measures[name].value)),
        ]),
      ),
    );
  const [base, ...others] = runs as [RunMaterial, ...RunMaterial[]];
  for (const [i, other] of others.entries()) {
    const pair = `${names[i + 1]} against ${names[0]}`;
    const reason = obstacle(base, other);
    blocks.push(heading(pair));
    if (reason !== undefined) {
      blocks.push(
        notice(
          `Whether ${names[i + 1]} and ${names[0]} differ by more than noise cannot be judged: ${reason}.`,
        ),
      );
      continue;
    }
    const differences = compareMeasures(base.test!.yTrue, base.test!, other.test!, {
      random: Random.fromSeed(0).split('paired'),
      resamples: 500,
    });
    const rows = measureNames.map((name) => {
      const { difference, interval, exceedsNoise } = differences[name];
      const isBetter = difference > 0 === (measureTable[name].best === 'high');
      return [
        measureTable[name].label,
        signed(difference),
        `${signed(interval[0])} to ${signed(interval[1])}`,
        exceedsNoise ? (isBetter ? '▲ better' : '▼ worse') : 'within noise',
      ];
    });
    const beyond = rows.filter((row) => row[3] !== 'within noise').length;
    blocks.push(
      table(
        `Differences on the same ${count(base.test!.posters.length, 'test poster')}, with 95% intervals`,
        ['measure', 'difference', 'interval', 'judgement'],
        rows,
      ),
      paragraph(
        `${beyond} of ${rows.length} measures differ by more than the noise of the choice of posters (paired bootstrap, 500 resamples); about one in twenty would by chance. Another training seed adds noise of its own, which only runs with several seeds can show.`,
      ),
    );
  }
  return { id: 'measures', title: 'Measures and differences', blocks };
}

/** The first run is the one that the others are compared with. */
export async function compareRuns(runs: readonly RunMaterial[]): Promise<Omit<ReportDocument, 'footer'>> {
  const names = namesOf(runs);
  const sections = [
    describeRuns(runs, names),
    describeDifferences(runs, names),
    await describeCurves(runs, names),
    describeDiagnoses(runs, names),
  ];
  const summary = `Each run is compared with the first, ${names[0]}. Differences count when a paired bootstrap over the same test posters excludes zero.`;
  return { title: `Comparison of ${count(runs.length, 'run')}`, summary, sections };
}
