/** @module bench/results/faithfulness.json -> the tables of docs/explanations.md, between their markers. */
import { readFileSync, writeFileSync } from 'node:fs';
import { root } from './root.ts';

const measures = ['insertion', 'deletion', 'road'] as const;
type Measure = (typeof measures)[number];

interface Advantage {
  readonly mean: number;
  readonly interval: readonly [number, number];
}

/** What `npm run bench -- faithfulness` wrote. */
interface Results {
  readonly methods: readonly ({ readonly name: string } & Readonly<
    Record<Measure, { readonly area: number; readonly random?: Advantage; readonly centre?: Advantage }>
  >)[];
  readonly sanity: readonly {
    readonly layer: string;
    readonly method: string;
    readonly rankCorrelation: number;
    readonly structuralSimilarity: number;
  }[];
  readonly milliseconds: Readonly<Record<string, number>> & { readonly prediction: number };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

/** `+0.021 (+0.010 to +0.033)`, in bold when the interval lies above 0. */
function advantage(found: Advantage | undefined): string {
  if (!found) return '';
  const [low, high] = found.interval;
  const text = `${signed(found.mean)} (${signed(low)} to ${signed(high)})`;
  return low > 0 ? `**${text}**` : text;
}

const tables: Readonly<Record<string, (results: Results) => string>> = {
  areas: ({ methods }) =>
    table(
      ['map', 'insertion (high is good)', 'deletion (low is good)', 'ROAD (low is good)'],
      methods.map((method) => [method.name, ...measures.map((measure) => method[measure].area.toFixed(3))]),
    ),
  random: ({ methods }) =>
    table(
      ['map', ...measures],
      methods
        .filter(({ name }) => name !== 'random')
        .map((method) => [method.name, ...measures.map((measure) => advantage(method[measure].random))]),
    ),
  centre: ({ methods }) =>
    table(
      ['map', ...measures],
      methods
        .filter(({ name }) => name !== 'centre')
        .map((method) => [method.name, ...measures.map((measure) => advantage(method[measure].centre))]),
    ),
  sanity: ({ sanity }) => {
    const names = [...new Set(sanity.map((row) => row.method))];
    const layers = [...new Set(sanity.map((row) => row.layer))];
    const cell = (layer: string, name: string): string => {
      const row = sanity.find((each) => each.layer === layer && each.method === name)!;
      return `${row.rankCorrelation.toFixed(2)} / ${row.structuralSimilarity.toFixed(2)}`;
    };
    return table(
      ['randomized from the logits down to', ...names],
      layers.map((layer) => [layer, ...names.map((name) => cell(layer, name))]),
    );
  },
  cost: ({ milliseconds }) =>
    table(
      ['', 'ms', 'of a prediction'],
      Object.entries(milliseconds).map(([name, time]) => [
        name,
        time.toFixed(1),
        (time / milliseconds.prediction).toFixed(2),
      ]),
    ),
};

/** The page with every table written anew. */
export function withTables(page: string): string {
  const results: Results = JSON.parse(readFileSync(new URL('bench/results/faithfulness.json', root), 'utf8'));
  return page.replace(
    /<!--table (\w+)-->[\s\S]*?<!--\/table-->/g,
    (_all, name: string) => `<!--table ${name}-->\n\n${tables[name]!(results)}\n\n<!--/table-->`,
  );
}

export function writeExplanations(): void {
  const page = new URL('docs/explanations.md', root);
  writeFileSync(page, withTables(readFileSync(page, 'utf8')));
}
