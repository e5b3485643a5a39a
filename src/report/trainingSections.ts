/** @module A run's material -> the sections on its data, its curves and their diagnosis, and how to repeat it. */
import { splitNames } from '../dataset/index.ts';
import { formatDuration } from '../duration.ts';
import { drawCurves } from './curveCharts.ts';
import { comparablePrior } from './curves.ts';
import { diagnose } from './diagnosis.ts';
import { type Block, chartBlock, list, notice, paragraph, type Section, table } from './document.ts';
import { count, decimal, listed, percent } from './format.ts';
import type { RunMaterial } from './material.ts';
import type { ValidationSize } from './precisionChanges.ts';

function sizeOf({ height, width }: { readonly height: number; readonly width: number }): string {
  return `${width} x ${height} pixels`;
}

/** What was trained on what. */
export function describeData({
  config,
  split,
  audit,
  history,
  seconds,
  model,
  missing,
}: RunMaterial): Section {
  const { recipe } = config;
  const blocks: Block[] = [];
  if (missing.length > 0) blocks.push(notice(`Missing in this report. ${missing.join(' ')}`));
  const sizes = splitNames.map(
    (name) => [...(split?.assignment.values() ?? [])].filter((each) => each === name).length,
  );
  const facts: [string, string][] = [
    ['recipe', `${recipe.name}, seed ${config.seed}`],
    ['network', recipe.network.network],
    ['input', `${sizeOf(recipe.input)}, ${recipe.input.fit}`],
    ...(recipe.readingSize ? [['read at', sizeOf(recipe.readingSize)] as [string, string]] : []),
    ['loss', recipe.loss.loss],
    ['data', [config.data ?? config.images ?? 'unknown'].flat().join(', ')],
    [
      'split',
      split
        ? `${sizes[0]} training, ${sizes[1]} validation, ${sizes[2]} test posters (split seed ${split.seed})`
        : 'unknown',
    ],
    ['genres', `${config.genres.length}: ${listed(config.genres, 40)}`],
    [
      'epochs',
      `${history.length} of ${recipe.epochs} at most${seconds === undefined ? '' : `, ${formatDuration(seconds)} in all`}`,
    ],
    [
      'model',
      model
        ? `${model.id}, ${(model.bytes / 2 ** 20).toFixed(1)} MiB, weights of epoch ${model.metadata.provenance.epoch}`
        : 'none',
    ],
    ['hash of the data', config.dataHash.slice(0, 16)],
    ['hash of the split', config.splitHash.slice(0, 16)],
    ['written by', `onesheet ${config.version}, ${config.threads} threads`],
  ];
  blocks.push(table('The run', ['fact', 'value'], facts));
  const { description, cost = '', score = '' } = recipe;
  const about = [description, cost, score].filter((part) => part !== '').join(' ');
  if (about !== '') blocks.push(paragraph(about));
  if (audit) {
    blocks.push(
      table(
        'Audit of the data',
        ['found', 'posters'],
        [
          ['with a genre and an image', audit.labelled],
          ['without a genre, left out', audit.unlabelled],
          ['rows whose image is not there', audit.rowsWithoutImage.length],
          ['images that no row names', audit.imagesWithoutRow.length],
          ['ids on several rows', audit.repeatedIds.length],
          ['ids on rows that disagree', audit.repeatedIds.filter(({ agree }) => !agree).length],
          ['posters left with none of the genres', audit.withoutKeptGenre],
        ].map(([what, posters]) => [String(what), (posters as number).toLocaleString('en')]),
      ),
    );
    blocks.push(
      paragraph(
        'Counted from the table and the names of files; `onesheet data check` reads every image too.',
      ),
    );
    if (audit.unknown.length > 0)
      blocks.push(
        paragraph(
          `Of ${count(
            audit.unknown.reduce((sum, genre) => sum + genre.count, 0),
            'poster-genre pair',
          )} nothing is known, and training leaves them out: ${audit.unknown.map((each) => `${each.genre} ${each.count.toLocaleString('en')}`).join(', ')}.`,
        ),
      );
    if (audit.dropped.length > 0)
      blocks.push(
        paragraph(
          `Genres left out: ${audit.dropped.map(({ genre, reason }) => `${genre} (${reason})`).join('; ')}.`,
        ),
      );
  }
  return { id: 'data', title: 'What was trained on what', blocks };
}

/** How much validation measures were measured on. */
export function validationSize({ validation }: RunMaterial): ValidationSize | undefined {
  if (!validation) return undefined;
  const positives = validation.posters.reduce((sum, { genres }) => sum + genres.length, 0);
  return { posters: validation.posters.length, positives };
}

/** Curves and the diagnosis read off them. */
export async function describeTraining(material: RunMaterial): Promise<Section[]> {
  const { history, config } = material;
  if (history.length === 0) {
    const text = 'The run has no finished epoch: there is nothing to draw and nothing to say of its course.';
    return [{ id: 'curves', title: 'Curves', blocks: [notice(text)] }];
  }
  const charts = await drawCurves(history, config.recipe.earlyStopping.measure, comparablePrior(config));
  const statements = diagnose(history, { config, validation: validationSize(material) });
  return [
    {
      id: 'diagnosis',
      title: 'Diagnosis',
      blocks: [
        paragraph(
          'Computed from the curves below by fixed rules; each statement names the figures it rests on.',
        ),
        list(statements.map(({ text }) => text)),
      ],
    },
    { id: 'curves', title: 'Curves', blocks: charts.map(chartBlock) },
  ];
}

function flatten(value: unknown, path: string): [string, string][] {
  if (value !== null && typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value).flatMap(([key, inner]) =>
      flatten(inner, path === '' ? key : `${path}.${key}`),
    );
  return [[path, typeof value === 'string' ? value : JSON.stringify(value)]];
}

/** The recipe's settings by their dotted names. */
export function settingsOf({ config }: RunMaterial): [string, string][] {
  const { name: _name, description: _description, ...settings } = config.recipe;
  return flatten(settings, '');
}

/** A word for a shell: quoted unless it needs no quotes. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** JSON with each innermost list or object on one line where it is short. */
function compactJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(/([[{])\s+([^[\]{}]{1,70}?)\s+[\]}]/g, (_, open, inner) => {
    const line = inner.replace(/\s*\n\s*/g, ' ');
    return open === '[' ? `[${line}]` : `{ ${line} }`;
  });
}

/** The recipe and the commands that repeat the run. */
export function describeRepetition(material: RunMaterial): Section {
  const { config, folder } = material;
  const recipe = compactJson(config.recipe);
  const option = (name: string, value: string | readonly string[] | undefined) =>
    [value ?? []]
      .flat()
      .map((each) => ` --${name} ${shellWord(each)}`)
      .join('');
  const { genreNames } = config;
  const names = genreNames === undefined ? '' : option('genre-names', 'genre-names.json');
  const command =
    `onesheet train${option('data', config.data)}${option('images', config.images)}${names} --recipe recipe.json` +
    `${option('split', `${folder}/split.csv`)} --seed ${config.seed} --threads ${config.threads} --run runs/again`;
  return {
    id: 'repeat',
    title: 'Recipe, and how to repeat it',
    blocks: [
      paragraph(
        'Save the recipe as recipe.json; the same data, split, seed and number of threads give the same model.',
      ),
      { kind: 'code', text: `${command}\nonesheet evaluate runs/again\nonesheet report runs/again` },
      { kind: 'code', text: recipe },
      ...(genreNames === undefined
        ? []
        : [paragraph('genre-names.json:'), { kind: 'code' as const, text: compactJson(genreNames) }]),
    ],
  };
}

/** The figures that open the report. */
export function summarize({ config, evaluation }: RunMaterial): string {
  const measures = evaluation?.measures;
  if (!evaluation || !measures)
    return `${config.recipe.name}, seed ${config.seed}: no measures on test posters, see what is missing below.`;
  const { value, interval, floors } = measures.microAveragePrecision;
  const top = measures.precisionAt1;
  return (
    `On ${count(evaluation.posters, 'test poster')} the model reaches a micro average precision of ${decimal(value)} ` +
    `(${percent(evaluation.confidence, 0)} interval ${decimal(interval[0])} to ${decimal(interval[1])}); ` +
    `knowing only how frequent each genre is gives ${decimal(floors.prior)}. ` +
    `Its likeliest genre is right on ${percent(top.value)} of the posters, where always naming the most frequent gives ${percent(top.floors.prior)}.`
  );
}
