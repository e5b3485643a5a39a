/** @module A job on standard input -> whole trainings on a folder of posters, one for each unit of work. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecipe } from '../src/run/index.ts';
import { train } from '../src/train/index.ts';
import { readJob, serveWork } from './work.ts';

export interface TrainingJob {
  /** A folder of posters with their genres. */
  readonly data: string;
  readonly threads: number;
}

const { data, threads } = await readJob<TrainingJob>();
const recipe = { ...(await readRecipe('demo')), epochs: 1 };

async function run(units: number): Promise<void> {
  for (let i = 0; i < units; i++) {
    const folder = mkdtempSync(join(tmpdir(), 'onesheet-bench-run-'));
    await train({ data, recipe, folder: join(folder, 'run'), threads, seed: 0 });
    rmSync(folder, { recursive: true });
  }
}

await serveWork({ run });
