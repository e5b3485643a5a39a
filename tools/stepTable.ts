/** @module bench/results/operators.json -> where a training step's time goes, here and in PyTorch side by side. */
import { resultAt } from './figures.ts';

interface Breakdown {
  readonly setting: string;
  readonly milliseconds: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, number>>;
}

interface Sides {
  readonly ours: Breakdown;
  readonly peer: Breakdown;
}

const time = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? '-' : milliseconds.toFixed(1);

const sum = ({ kinds }: Breakdown): number => Object.values(kinds).reduce((total, each) => total + each, 0);

function kindsTable({ ours, peer }: Sides): string[] {
  const kinds = [...new Set([...Object.keys(ours.kinds), ...Object.keys(peer.kinds)])];
  const most = (kind: string): number => Math.max(ours.kinds[kind] ?? 0, peer.kinds[kind] ?? 0);
  kinds.sort((a, b) => most(b) - most(a));
  return [
    '| milliseconds a step | onesheet | PyTorch |',
    '|---|---|---|',
    ...kinds.map((kind) => `| ${kind} | ${time(ours.kinds[kind])} | ${time(peer.kinds[kind])} |`),
    `| all | ${time(sum(ours))} | ${time(sum(peer))} |`,
  ];
}

const slowest = ({ operators }: Breakdown): string =>
  Object.entries(operators)
    .slice(0, 12)
    .map(([name, milliseconds]) => `\`${name}\` ${milliseconds.toFixed(1)}`)
    .join(', ');

/** @param part `train` or `finetune` */
export function stepTable(part: string): string[] {
  const sides = (resultAt('bench/results/operators.json') as Record<string, Sides>)[part];
  if (sides === undefined) return [];
  return [
    ...kindsTable(sides),
    '',
    `The slowest operators of onesheet: ${slowest(sides.ours)}; of PyTorch: ${slowest(sides.peer)}.`,
    '',
  ];
}
