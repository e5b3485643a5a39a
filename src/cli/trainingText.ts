/** @module What a training is of and what became of it -> lines for people, before it begins and at its end. */
import { formatColumns } from '../dataset/index.ts';
import { runFiles } from '../run/index.ts';
import type { RunFacts, RunResult } from '../train/index.ts';

/** What will be trained, on what, what is left out and what to know of that. */
export function describeStart(facts: RunFacts): string {
  const { config, posters, findings, unknownPairs, parameters, resumedFrom, folder } = facts;
  const { columns, unreadable, notes } = findings;
  const lines = [
    ...formatColumns(columns).map((line) => `column ${line}`),
    `${config.recipe.name}: ${parameters.toLocaleString('en')} weights, ${config.genres.length} genres, ` +
      `${posters.train} posters to train, ${posters.validation} to validate, ${posters.test} kept for the test`,
    ...notes.map((note) => `note: ${note}`),
  ];
  if (unknownPairs > 0)
    lines.push(
      `unknown: ${unknownPairs} poster-genre pairs, left out of the loss${config.recipe.distillation ? ' where no prediction fills them' : ''} and of all measures; \`onesheet data check\` counts them by genre`,
    );
  for (const { message } of unreadable.slice(0, 5)) lines.push(`left out: ${message}`);
  if (unreadable.length > 5) lines.push(`left out: ${unreadable.length - 5} more unreadable posters`);
  if (resumedFrom)
    lines.push(`resuming ${folder} after epoch ${resumedFrom.epoch}, step ${resumedFrom.step}`);
  return lines.join('\n');
}

function indented(line: string): string {
  return `  ${line}`;
}

/** What became of it, and once more what to know of it, since the beginning has scrolled away. */
export function describeEnd({ outcome, epochs, folder, best, measure, notes }: RunResult): string {
  const lines = notes.length > 0 ? [`to know of this run (also in ${folder}/${runFiles.summary}):`] : [];
  lines.push(...notes.map(indented));
  const found = best
    ? `best ${measure} ${best.value.toFixed(4)} in epoch ${best.epoch}`
    : 'no epoch was completed';
  if (outcome === 'interrupted')
    lines.push(`interrupted after ${epochs} epochs; ${found}`, `to go on: onesheet train --resume ${folder}`);
  else
    lines.push(
      `${outcome} after ${epochs} epochs; ${found}`,
      `the run is in ${folder}; next: onesheet evaluate ${folder}`,
    );
  return `${lines.join('\n')}\n`;
}
