/**
 * @module A model with its model of texts, and posters with texts and titles -> docs/results/texts.json, what each kind of
 * text gains on the same posters, and the table of docs/texts.md that says it.
 *
 *     npm run tool -- text-results models/poster-genres.onnx train.csv images split.csv test texts.jsonl titles.csv
 *
 * Texts or titles that are not there are a dash: `- titles.csv`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { chooseSplit, loadDataset, postersOf, type SplitName, splitNames } from '../src/dataset/index.ts';
import {
  bootstrapMeasures,
  compareMeasures,
  expectedCalibrationError,
  type Interval,
  type MeasureName,
} from '../src/evaluate/index.ts';
import { modelPathOf, openClassifier, openTexts, score, type TextSources } from '../src/predict/index.ts';
import { Random } from '../src/random.ts';
import { root } from './root.ts';

const results = new URL('docs/results/texts.json', root);
const page = new URL('docs/texts.md', root);

const kinds = {
  picture: 'picture',
  titles: 'picture and title',
  texts: 'picture and texts',
  both: 'picture, texts and title',
} as const;
type Kind = keyof typeof kinds;

const shown: readonly (readonly [MeasureName, string])[] = [
  ['microAveragePrecision', 'micro average precision'],
  ['macroAveragePrecision', 'macro average precision'],
  ['microF1', 'micro F1, policy `f1`'],
  ['precisionAt1', 'precision of the likeliest genre'],
];

interface Measured {
  readonly value: number;
  readonly interval: Interval;
}

interface KindResults {
  /** Posters of which the files told something. */
  readonly texts: number;
  readonly titles: number;
  readonly expectedCalibrationError: number;
  readonly measures: Readonly<Record<string, Measured>>;
  /** Against the picture alone, in pairs. */
  readonly gains?: Readonly<Record<string, Measured>>;
  /** Genres that the policy `balanced` gives between 0.7 and 1.4 times as often as they are true. */
  readonly balanced: number;
}

interface TextResults {
  readonly model: string;
  readonly part: string;
  readonly posters: number;
  readonly genres: number;
  readonly kinds: Readonly<Partial<Record<Kind, KindResults>>>;
}

const options = () => ({ resamples: 1000, random: Random.fromSeed(0).split('bootstrap') });

export async function writeTextResults(words: readonly string[]): Promise<void> {
  const [model, data, images, file, part, texts, titles] = words as [
    string,
    string,
    string,
    string,
    SplitName,
    string,
    string,
  ];
  if (!splitNames.includes(part))
    throw new Error(`Expected one of ${splitNames.join(', ')} but received ${part}.`);
  const files: TextSources = { ...(texts !== '-' && { texts }), ...(titles !== '-' && { titles }) };
  const modelPath = await modelPathOf(model);
  const classifier = await openClassifier(modelPath);
  const { genres } = classifier.model.metadata;
  const { dataset, split } = await chooseSplit(await loadDataset({ data, images, labels: genres }), {
    genres,
    file,
  });
  const posters = postersOf(dataset, split, part);
  const measured: Partial<Record<Kind, KindResults>> = {};
  let picture: Awaited<ReturnType<typeof score>> | undefined;
  for (const kind of ['picture', 'titles', 'texts', 'both'] as const) {
    const wanted = kind === 'both' ? (['texts', 'titles'] as const) : kind === 'picture' ? [] : [kind];
    if (wanted.some((what) => files[what] === undefined)) continue;
    const sources = Object.fromEntries(wanted.map((what) => [what, files[what]]));
    const heard = kind === 'picture' ? undefined : await openTexts(classifier.model, modelPath, sources);
    const scores = await score(classifier, posters, { texts: heard, policy: 'f1' });
    const counts = Object.fromEntries((heard?.counts() ?? []).map(({ what, posters: of }) => [what, of]));
    const balanced = await score(classifier, posters, { texts: heard, policy: 'balanced' });
    measured[kind] = resultsOf(scores, balanced.yPred.data, counts, picture);
    picture ??= scores;
  }
  await classifier.release();
  const all: TextResults = {
    model: classifier.model.id,
    part,
    posters: picture!.yTrue.rows,
    genres: genres.length,
    kinds: measured,
  };
  writeFileSync(results, `${JSON.stringify(all, null, 2)}\n`);
  writeFileSync(page, withTextTable(readFileSync(page, 'utf8')));
}

function resultsOf(
  scores: Awaited<ReturnType<typeof score>>,
  balanced: Uint8Array,
  { texts = 0, titles = 0 }: Readonly<Record<string, number>>,
  picture: Awaited<ReturnType<typeof score>> | undefined,
): KindResults {
  const { yTrue, yScore, yPred } = scores;
  const { measures, intervals } = bootstrapMeasures(yTrue, yScore, yPred, options());
  const gains = picture && compareMeasures(yTrue, picture, scores, options());
  const pick = <Value>(of: (name: MeasureName) => Value) =>
    Object.fromEntries(shown.map(([name]) => [name, of(name)]));
  return {
    texts,
    titles,
    expectedCalibrationError: expectedCalibrationError(yTrue, yScore),
    measures: pick((name) => ({ value: measures[name], interval: intervals[name] })),
    ...(gains && {
      gains: pick((name) => ({ value: gains[name].difference, interval: gains[name].interval })),
    }),
    balanced: balancedGenres(scores.yTrue, balanced),
  };
}

function balancedGenres(yTrue: Awaited<ReturnType<typeof score>>['yTrue'], given: Uint8Array): number {
  const { columns, data, known } = yTrue;
  const [said, truth] = [new Float64Array(columns), new Float64Array(columns)];
  data.forEach((label, i) => {
    if (known?.[i] === 0) return;
    said[i % columns]! += given[i]!;
    truth[i % columns]! += label;
  });
  return said.filter((count, g) => count >= 0.7 * truth[g]! && count <= 1.4 * truth[g]!).length;
}

const plain = (value: number): string => value.toFixed(3).replace(/^0/, '');
const signed = (value: number): string => `${value < 0 ? '-' : '+'}${plain(Math.abs(value))}`;

/** The page with its table written anew. */
export function withTextTable(text: string): string {
  const {
    model,
    part,
    posters,
    genres,
    kinds: measured,
  }: TextResults = JSON.parse(readFileSync(results, 'utf8'));
  const found = Object.entries(measured) as [Kind, KindResults][];
  const cell = ({ measures, gains }: KindResults, name: MeasureName): string => {
    const { value, interval } = measures[name]!;
    const own = `${plain(value)} (${interval.map(plain).join('-')})`;
    const gain = gains?.[name];
    return gain ? `${own}; ${signed(gain.value)} (${gain.interval.map(signed).join(' to ')})` : own;
  };
  const heard = ({ texts, titles }: KindResults): string =>
    [...(texts > 0 ? [`texts of ${texts}`] : []), ...(titles > 0 ? [`titles of ${titles}`] : [])].join(', ');
  const rows = [
    ['', ...found.map(([kind]) => kinds[kind])],
    ['---', ...found.map(() => '---')],
    ['posters', ...found.map(([, kind]) => heard(kind) || String(posters))],
    ...shown.map(([name, label]) => [label, ...found.map(([, kind]) => cell(kind, name))]),
    ['expected calibration error', ...found.map(([, kind]) => plain(kind.expectedCalibrationError))],
    [
      `genres of ${genres} given 0.7-1.4 times as often as true, policy \`balanced\``,
      ...found.map(([, kind]) => String(kind.balanced)),
    ],
  ];
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const caption = `${posters} ${part} posters, by \`${model}\`; 95 % intervals over posters, those of the gains of the same posters in pairs.`;
  return text.replace(
    /<!--texts-->[\s\S]*?<!--\/texts-->/,
    `<!--texts-->\n\n${caption}\n\n${table}\n\n<!--/texts-->`,
  );
}
