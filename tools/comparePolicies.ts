/**
 * @module A run's validation posters -> policies chosen on half of the posters and measured on the other half, as a table.
 * `npm run tool -- compare-policies runs/poster-genres-0 [policy ...]`
 */
import {
  applyPolicy,
  choosePolicy,
  defaultPolicyNames,
  f1Score,
  type Labels,
  type Matrix,
  precisionScore,
  recallScore,
} from '../src/evaluate/index.ts';
import { Random } from '../src/random.ts';
import { Run, validationScores } from '../src/run/index.ts';

const draws = 20;

interface Half {
  readonly yTrue: Labels;
  readonly yScore: Matrix;
}

function columnSums({ rows, columns, data }: Pick<Labels, 'rows' | 'columns' | 'data'>): number[] {
  const sums = new Array<number>(columns).fill(0);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) sums[c]! += data[r * columns + c]!;
  return sums;
}

/** What one policy does on the half it was not chosen on. */
function measured(name: string, chosenOn: Half, on: Half): Readonly<Record<string, number>> {
  const yPred = applyPolicy(choosePolicy(name, chosenOn.yTrue, chosenOn.yScore), on.yScore);
  const given = columnSums(yPred);
  const truth = columnSums(on.yTrue);
  const ratios = given.map((count, genre) => count / truth[genre]!);
  const total = (counts: readonly number[]): number => counts.reduce((sum, n) => sum + n, 0);
  return {
    'micro F1': f1Score(on.yTrue, yPred, { average: 'micro' }),
    'macro F1': f1Score(on.yTrue, yPred, { average: 'macro' }),
    'samples F1': f1Score(on.yTrue, yPred, { average: 'samples' }),
    'micro precision': precisionScore(on.yTrue, yPred, { average: 'micro' }),
    'micro recall': recallScore(on.yTrue, yPred, { average: 'micro' }),
    'genres a poster': total(given) / on.yTrue.rows,
    'given to true, all': total(given) / total(truth),
    'given to true, most': Math.max(...ratios),
    'genres never given': ratios.filter((ratio) => ratio === 0).length,
    'genres within .7-1.4': ratios.filter((ratio) => ratio >= 0.7 && ratio <= 1.4).length,
  };
}

export async function comparePolicies(words: readonly string[]): Promise<void> {
  const [folder, ...names] = words as [string, ...string[]];
  const run = await Run.open(folder);
  const posters = (await run.validation(undefined)).content;
  const asked = names.length > 0 ? names : ['top=2', ...defaultPolicyNames];
  for (const [row, name] of asked.entries()) {
    const sums = new Map<string, number>();
    for (let draw = 0; draw < draws; draw++) {
      const mixed = [...posters];
      Random.fromSeed(draw).shuffle(mixed);
      const middle = mixed.length >> 1;
      const one = validationScores(mixed.slice(0, middle), run.config.genres);
      const other = validationScores(mixed.slice(middle), run.config.genres);
      for (const each of [measured(name, one, other), measured(name, other, one)])
        for (const [measure, value] of Object.entries(each))
          sums.set(measure, (sums.get(measure) ?? 0) + value / (2 * draws));
    }
    const digits = (measure: string): number => (measure.startsWith('genres') ? 1 : 3);
    if (row === 0) process.stdout.write(`| policy | ${[...sums.keys()].join(' | ')} |\n`);
    const cells = [...sums].map(([measure, value]) => value.toFixed(digits(measure)));
    process.stdout.write(`| ${name} | ${cells.join(' | ')} |\n`);
  }
}
