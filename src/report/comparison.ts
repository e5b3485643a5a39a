/** @module Several runs -> their recipes, measures with paired differences, and curves with a band for several seeds. */
import {
  compareMeasures,
  type MeasureDifference,
  type MeasureName,
  measureNames,
  measureTable,
  validationColumn,
} from '../evaluate/index.ts';
import { Random } from '../random.ts';
import { drawOverlay } from './curveCharts.ts';
import { bestRow } from './curves.ts';
import { settingsOf } from './dataSections.ts';
import { diagnose } from './diagnosis.ts';
import {
  type Block,
  figure,
  heading,
  list,
  notice,
  paragraph,
  type ReportDocument,
  row,
  type Section,
  table,
} from './document.ts';
import type { RunMaterial } from './material.ts';
import { arrows } from './resultSections.ts';
import { groupRuns, namesOf, type RunGroup } from './runGroups.ts';
import type { ScoredPosters } from './scored.ts';
import { validationSize } from './trainingSection.ts';
import type { Tongue } from './words/tongue.ts';

/** Resamples of the paired bootstrap. */
const resamples = 500;

function describeRuns(runs: readonly RunMaterial[], names: readonly string[], tongue: Tongue): Section {
  const { comparison: words, frame, duration, decimal } = tongue;
  const missing = runs.flatMap((run, i) => run.missing.map((sentence) => words.missing(names[i]!, sentence)));
  const settings = runs.map(
    (run) =>
      new Map<string, string>([
        [words.settings.seed, String(run.config.seed)],
        [words.settings.recipe, run.config.recipe.name],
        [words.settings.data, run.config.dataHash.slice(0, 12)],
        [words.settings.split, run.config.splitHash.slice(0, 12)],
        ...settingsOf(run),
      ]),
  );
  const keys = [...new Set(settings.flatMap((map) => [...map.keys()]))];
  const differing = keys.filter((key) => new Set(settings.map((map) => map.get(key))).size > 1);
  const blocks: Block[] = missing.length > 0 ? [notice(frame.missing(missing.join(' ')))] : [];
  const onlySeeds = differing.length === 1 && differing[0] === words.settings.seed;
  if (differing.length === 0) blocks.push(paragraph(words.same));
  else
    blocks.push(
      paragraph(onlySeeds ? `${words.onlySeeds} ${words.differs}` : words.differs),
      table(
        'runs',
        words.differsCaption,
        [words.setting, ...names],
        differing.map((key) => [key, ...settings.map((map) => map.get(key) ?? '–')]),
      ),
    );
  const epochs = runs.map(({ history, config, seconds }, i) => {
    const { measure } = config.recipe.earlyStopping;
    const best = bestRow(history, measure);
    return [
      names[i]!,
      String(history.length),
      best ? String(best.epoch) : '–',
      best ? `${tongue.training.columnName(measure)} ${decimal(best[measure])}` : '–',
      seconds === undefined ? '–' : duration(seconds),
    ];
  });
  blocks.push(paragraph(words.epochsSeen), table('epochs', words.epochsCaption, words.epochsColumns, epochs));
  return { id: 'runs', title: words.sections.runs, blocks };
}

async function describeCurves(groups: readonly RunGroup[], tongue: Tongue): Promise<Section> {
  const { comparison: words, results } = tongue;
  const names = { id: 'curves', title: words.sections.curves };
  const drawn = groups
    .map(({ name, runs }) => ({
      name,
      histories: runs.map(({ material }) => material.history).filter((history) => history.length > 0),
    }))
    .filter(({ histories }) => histories.length > 0);
  if (drawn.length === 0) return { ...names, blocks: [notice(words.noEpoch)] };
  const losses = new Set(
    groups.map(({ runs }) => {
      const { recipe, genres } = runs[0]!.material.config;
      return JSON.stringify([recipe.loss, genres.length]);
    }),
  );
  const isRelative = losses.size > 1;
  const caption = isRelative ? words.relative : words.comparable;
  const unit = isRelative ? words.relativeAxis : words.lossAxis;
  const lossOf = async (column: 'validation_loss' | 'training_loss', title: string) =>
    figure(
      await drawOverlay(
        drawn,
        column,
        { name: column.replace('_', '-'), title, caption, unit, isRelative },
        tongue,
      ),
    );
  const precisionOf = async (measure: 'microAveragePrecision' | 'macroAveragePrecision') =>
    figure(
      await drawOverlay(
        drawn,
        validationColumn(measure),
        {
          name: measureTable[measure].label.replaceAll(' ', '-'),
          title: words.precisionOf(results.measureNames[measure]),
          caption: words.higher,
          unit: words.precisionAxis,
        },
        tongue,
      ),
    );
  const hasBands = groups.some(({ runs }) => runs.length > 1);
  return {
    ...names,
    blocks: [
      paragraph(hasBands ? `${words.curvesSeen} ${words.bands}` : words.curvesSeen),
      row([
        await lossOf('validation_loss', words.validationLoss),
        await lossOf('training_loss', words.trainingLoss),
      ]),
      row([await precisionOf('microAveragePrecision'), await precisionOf('macroAveragePrecision')]),
    ],
  };
}

function describeDiagnoses(runs: readonly RunMaterial[], names: readonly string[], tongue: Tongue): Section {
  const blocks = runs.flatMap((run, i) => [
    heading(names[i]!),
    list(
      diagnose(run.history, { config: run.config, validation: validationSize(run) }, tongue).map(
        ({ text }) => text,
      ),
    ),
  ]);
  return { id: 'diagnosis', title: tongue.comparison.sections.diagnosis, blocks };
}

/** Whether two runs were measured on the same posters with the same labels. */
function isSameTest(a: ScoredPosters, b: ScoredPosters): boolean {
  const key = ({ genres, posters }: ScoredPosters) =>
    JSON.stringify([genres, posters.map(({ id, genres: own, known }) => [id, own, known])]);
  return key(a) === key(b);
}

type Obstacle = keyof Tongue['comparison']['reasons'];

/** Why two groups cannot be compared poster by poster; undefined when they can. */
function obstacle(base: RunGroup, other: RunGroup): Obstacle | undefined {
  const materials = [...base.runs, ...other.runs].map(({ material }) => material);
  const [first] = materials;
  for (const { test, config } of materials) {
    if (!test || !first?.test) return 'noTest';
    if (config.splitHash !== first.config.splitHash) return 'split';
    if (!isSameTest(first.test, test)) return 'posters';
  }
  return undefined;
}

function testsOf({ runs }: RunGroup): ScoredPosters[] {
  return runs.flatMap(({ material }) => material.test ?? []);
}

type Differences = Readonly<Record<MeasureName, MeasureDifference>>;

/** A measure of a group: its mean and, of several seeds, the lowest and the highest. */
function valueText({ runs }: RunGroup, name: MeasureName, { decimal, comparison }: Tongue): string {
  const values = runs
    .map(({ material }) => material.evaluation?.measures[name].value)
    .filter((value) => value !== null && value !== undefined);
  if (values.length === 0) return '–';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (values.length === 1) return decimal(mean);
  const ends = [Math.min(...values), Math.max(...values)].map((value) => decimal(value));
  return `${decimal(mean)} ${comparison.spread(ends[0]!, ends[1]!)}`;
}

function differenceText(
  { difference, interval, exceedsNoise }: MeasureDifference,
  best: 'high' | 'low',
  { signed, comparison }: Tongue,
): string {
  const sign = !exceedsNoise ? comparison.within : difference > 0 === (best === 'high') ? '▲' : '▼';
  return `[${signed(difference)}; ${signed(interval[0])} … ${signed(interval[1])}] ${sign}`;
}

/** One table: every measure of every group, and beside those of the others what separates them from the first. */
function describeMeasures(groups: readonly RunGroup[], tongue: Tongue): Section {
  const { comparison: words, results } = tongue;
  const names = { id: 'measures', title: words.sections.measures };
  const [base, ...others] = groups as [RunGroup, ...RunGroup[]];
  const isMeasured = groups.some(({ runs }) => runs.some(({ material }) => material.evaluation));
  const blocks: Block[] = [];
  const differences = new Map<RunGroup, Differences>();
  for (const other of others) {
    const reason = obstacle(base, other);
    if (reason !== undefined) {
      const pair = words.and(other.name, base.name);
      blocks.push(notice(words.obstacle(pair, words.reasons[reason])));
      continue;
    }
    const [first, ...rest] = testsOf(base);
    differences.set(
      other,
      compareMeasures(first!.yTrue, [first!, ...rest], testsOf(other), {
        random: Random.fromSeed(0).split('paired'),
        resamples,
      }),
    );
  }
  if (!isMeasured) return { ...names, blocks };
  const hasSeeds = groups.some(({ runs }) => runs.length > 1);
  const counted = [...differences].map(([other, found]) => {
    const beyond = measureNames.filter((name) => found[name].exceedsNoise).length;
    return words.beyond(words.pair(other.name, base.name), beyond, measureNames.length);
  });
  const isCompared = differences.size > 0;
  const said = [
    isCompared ? words.measuresSeen(base.name) : words.ownSeen,
    hasSeeds ? words.spreadNote : '',
    ...counted,
    isCompared ? words.method(hasSeeds) : '',
  ];
  const rows = measureNames.map((name) => {
    const { best } = measureTable[name];
    const cells = groups.map((group) => {
      const found = differences.get(group)?.[name];
      const value = valueText(group, name, tongue);
      return found === undefined ? value : `${value} ${differenceText(found, best, tongue)}`;
    });
    return [`${results.measureNames[name]} ${arrows[best]}`, ...cells];
  });
  const posters = testsOf(base)[0]?.posters.length ?? 0;
  const caption = isCompared ? words.measuresCaption(posters) : words.ownCaption;
  return {
    ...names,
    blocks: [
      ...blocks,
      paragraph(said.filter(Boolean).join(' ')),
      table('measures', caption, [words.measure, ...groups.map(({ name }) => name)], rows),
    ],
  };
}

/** The group of the first run is the one that the others are compared with. */
export async function compareRuns(
  runs: readonly RunMaterial[],
  tongue: Tongue,
): Promise<Pick<ReportDocument, 'title' | 'summary' | 'sections'>> {
  const names = namesOf(runs);
  const groups = groupRuns(runs, tongue);
  const sections = [
    describeRuns(runs, names, tongue),
    describeMeasures(groups, tongue),
    await describeCurves(groups, tongue),
    describeDiagnoses(runs, names, tongue),
  ];
  const { comparison } = tongue;
  return {
    title: comparison.title(runs.length),
    summary: comparison.summary(groups.length, groups[0]!.name),
    sections,
  };
}
