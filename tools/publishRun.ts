/**
 * @module A run's folder, a name and perhaps another model of the folder -> docs/results/NAME: the run's curves, time and
 * memory, and the model's measures of the test split by three policies; without a model, those of the run's best.
 * `npm run tool -- publish-run runs/cnn-rnn-0 cnn-rnn`,
 * `npm run tool -- publish-run runs/poster-genres-0 poster-genres runs/poster-genres-0/refit.onnx`
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { root } from './root.ts';

/** What a page of results says of a run. */
export interface RunSummary {
  readonly recipe: string;
  readonly loss: string;
  readonly seed: number;
  readonly threads: number;
  readonly epochs: number;
  readonly minutes: number;
  /** The median of the epochs. */
  readonly imagesPerSecond: number;
  readonly peakMemoryMegabytes: number;
  readonly splitHash: string;
}

export function publishRun(words: readonly string[]): void {
  const [run, name, model = run] = words as [string, string, string?];
  const folder = new URL(`docs/results/${name}/`, root);
  mkdirSync(folder, { recursive: true });

  const command = fileURLToPath(new URL('dist/cli/main.js', root));
  for (const policy of ['f1', 'top=3', 'balanced']) {
    const args = [command, 'evaluate', model, '--policy', policy, '--format', 'json'];
    const json = execFileSync(process.execPath, args, { maxBuffer: 2 ** 26 });
    writeFileSync(new URL(`test-${policy.replace('=', '')}.json`, folder), json);
  }
  copyFileSync(`${run}/history.csv`, new URL('history.csv', folder));

  const [header = '', ...lines] = readFileSync(`${run}/timings.csv`, 'utf8').trim().split('\n');
  const rows: Readonly<Record<string, number>>[] = lines.map((line) => {
    const cells = line.split(',').map(Number);
    return Object.fromEntries(header.split(',').map((column, i) => [column, cells[i]!]));
  });
  const seconds = rows.reduce((sum, row) => sum + row.training_seconds! + row.validation_seconds!, 0);
  const config = JSON.parse(readFileSync(`${run}/config.json`, 'utf8'));
  const summary: RunSummary = {
    recipe: config.recipe.name,
    loss: config.recipe.loss.loss,
    seed: config.seed,
    threads: config.threads,
    epochs: rows.length,
    minutes: seconds / 60,
    imagesPerSecond: rows.map((row) => row.images_per_second!).sort((a, b) => a - b)[rows.length >> 1]!,
    peakMemoryMegabytes: Math.max(...rows.map((row) => row.peak_memory_megabytes!)),
    splitHash: config.splitHash,
  };
  writeFileSync(new URL('summary.json', folder), `${JSON.stringify(summary, null, 2)}\n`);
}
