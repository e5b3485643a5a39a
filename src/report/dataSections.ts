/** @module A run's material -> what opens and closes its report: the question, the data, and how to repeat the run. */
import { splitNames } from '../dataset/index.ts';
import { deviceOtherThanCpu, optionsOf } from '../run/index.ts';
import { type Block, notice, paragraph, type Section, table } from './document.ts';
import { byFrequency } from './frequencies.ts';
import type { RunMaterial } from './material.ts';
import type { Tongue } from './words/tongue.ts';

/** The figures that open the report. */
export function summarize({ config, evaluation }: RunMaterial, { data }: Tongue): string {
  if (!evaluation) return data.noMeasures(config.recipe.name, config.seed);
  const { microAveragePrecision: average, precisionAt1: top } = evaluation.measures;
  return data.summary({
    posters: evaluation.posters,
    value: average.value,
    confidence: evaluation.confidence,
    interval: average.interval,
    floor: average.floors.prior,
    top: top.value,
    topFloor: top.floors.prior,
  });
}

export function describeQuestion({ config }: RunMaterial, { data, frame }: Tongue): Section {
  return {
    id: 'question',
    title: frame.sections.question,
    blocks: [paragraph(data.question(config.genres.length))],
  };
}

/** Names of the files or folders, without the folders that they lie in. */
function sourceOf({ config }: RunMaterial): string | undefined {
  const paths = [config.data ?? config.images ?? []].flat();
  return paths.length === 0 ? undefined : paths.map((path) => path.split(/[\\/]/).at(-1)).join(', ');
}

/** Sizes of the training, validation and test part. */
function sizesOf({ split }: RunMaterial, { whole }: Tongue): [string, string, string] | undefined {
  if (!split) return undefined;
  const parts = [...split.assignment.values()];
  return splitNames.map((name) => whole(parts.filter((each) => each === name).length)) as [
    string,
    string,
    string,
  ];
}

function genresText({ config, audit }: RunMaterial, { data, percent, whole }: Tongue): string[] {
  const learned = byFrequency(config).map((g) => `${config.genres[g]} ${percent(config.prevalence[g], 0)}`);
  if (!audit) return [data.learned(learned)];
  const { dropped, minimumSupport } = audit;
  const named = (words: typeof dropped) => words.map(({ genre, count }) => `${genre} ${whole(count)}`);
  const rare = dropped.filter(({ isWord }) => !isWord);
  const words = dropped.filter(({ isWord }) => isWord);
  return [
    data.learned(learned),
    rare.length > 0 ? data.dropped(named(rare), minimumSupport) : '',
    words.length > 0 ? data.noGenres(named(words)) : '',
    audit.withoutKeptGenre > 0 ? data.without(audit.withoutKeptGenre) : '',
  ];
}

function auditTable(audit: NonNullable<RunMaterial['audit']>, { data, whole }: Tongue): Block {
  const { auditRows: rows } = data;
  return table('audit', data.auditCaption, data.auditColumns, [
    [rows.labelled, whole(audit.labelled)],
    [rows.unlabelled, whole(audit.unlabelled)],
    [rows.rowsWithoutImage, whole(audit.rowsWithoutImage.length)],
    [rows.imagesWithoutRow, whole(audit.imagesWithoutRow.length)],
    [rows.repeatedIds, whole(audit.repeatedIds.length)],
    [rows.disagreeing, whole(audit.repeatedIds.filter(({ agree }) => !agree).length)],
    [rows.withoutKeptGenre, whole(audit.withoutKeptGenre)],
  ]);
}

function factsTable(material: RunMaterial, tongue: Tongue): Block {
  const { config, split, history, seconds, model } = material;
  const { data, frame, decimal, duration } = tongue;
  const { factRows: rows } = data;
  const sizes = sizesOf(material, tongue);
  return table('run', data.factsCaption, data.factsColumns, [
    [rows.recipe, data.recipe(config.recipe.name, config.seed)],
    [rows.data, [config.data ?? config.images ?? frame.unknown].flat().join(', ')],
    [rows.split, sizes && split ? data.sizes(...sizes, split.seed) : frame.unknown],
    [
      rows.epochs,
      data.epochs(history.length, config.recipe.epochs, seconds === undefined ? '' : duration(seconds)),
    ],
    [
      rows.model,
      model
        ? data.model(model.id, decimal(model.bytes / 2 ** 20, 1), model.metadata.provenance.epoch)
        : frame.none,
    ],
    [rows.dataHash, config.dataHash.slice(0, 16)],
    [rows.splitHash, config.splitHash.slice(0, 16)],
    [rows.written, data.written(config.version, config.threads, config.device ?? 'cpu')],
  ]);
}

/** What was trained on what. */
export function describeData(material: RunMaterial, tongue: Tongue, form: 'short' | 'whole'): Section {
  const { audit, missing } = material;
  const { data, frame, whole } = tongue;
  const blocks: Block[] = missing.length > 0 ? [notice(frame.missing(missing.join(' ')))] : [];
  const source = sourceOf(material) ?? frame.unknown;
  const sizes = sizesOf(material, tongue);
  const said = [
    audit ? data.source(source, whole(audit.labelled), whole(audit.unlabelled)) : data.gone(source),
    ...genresText(material, tongue),
    sizes ? data.split(...sizes) : '',
    audit && audit.unknown.length > 0
      ? data.unknownPairs(
          audit.unknown.reduce((sum, { count }) => sum + count, 0),
          audit.unknown.map(({ genre, count }) => `${genre} ${whole(count)}`).join(', '),
        )
      : '',
  ];
  blocks.push(paragraph(said.filter(Boolean).join(' ')));
  if (form === 'whole') {
    blocks.push(paragraph(audit ? `${data.audit} ${data.facts}` : data.facts));
    if (audit) blocks.push(auditTable(audit, tongue));
    blocks.push(factsTable(material, tongue));
  }
  return { id: 'data', title: frame.sections.data, blocks };
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
  return flatten(optionsOf(config.recipe), '');
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

/** The recipe, without what it says of other runs, and the commands that repeat this one. */
export function describeRepetition(material: RunMaterial, { data, frame }: Tongue): Section {
  const { config, folder } = material;
  const recipe = compactJson({ name: config.recipe.name, ...optionsOf(config.recipe) });
  const option = (name: string, value: string | readonly string[] | undefined) =>
    [value ?? []]
      .flat()
      .map((each) => ` --${name} ${shellWord(each)}`)
      .join('');
  const { genreNames } = config;
  const names = genreNames === undefined ? '' : option('genre-names', 'genre-names.json');
  const command =
    `onesheet train${option('data', config.data)}${option('images', config.images)}${names} --recipe recipe.json` +
    `${option('split', `${folder}/split.csv`)} --seed ${config.seed} --threads ${config.threads}${deviceOtherThanCpu(config) === undefined ? '' : option('device', config.device)} --run runs/again`;
  return {
    id: 'repeat',
    title: frame.sections.repeat,
    blocks: [
      paragraph(data.repeat),
      { kind: 'code', text: `${command}\nonesheet evaluate runs/again\nonesheet report runs/again` },
      { kind: 'code', text: recipe },
      ...(genreNames === undefined
        ? []
        : [paragraph(data.genreNames), { kind: 'code' as const, text: compactJson(genreNames) }]),
    ],
  };
}
