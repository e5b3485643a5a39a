/** @module A chain of runs -> its runs trained one after the other, with their progress on the terminal. */
import { join } from 'node:path';
import type { DataSource } from '../dataset/index.ts';
import { onesheetError } from '../errors.ts';
import { printable } from '../printable.ts';
import { type Chain, readChainConfig } from '../run/index.ts';
import { type ChainOptions, trainChain } from '../train/index.ts';
import { integerOf, minimumSupportOf, threadsOf } from './arguments.ts';
import { deviceOf } from './device.ts';
import { reportFor, withProgress } from './trainingProgress.ts';

async function follow(
  options: ChainOptions,
  { report, again }: { readonly report: boolean; readonly again: string },
): Promise<number> {
  const { chain } = options;
  const of = chain.steps.length;
  const result = await trainChain({
    ...options,
    runStep: (epochs, work) => withProgress(epochs, work),
    onChainStep: (step, what) => {
      const at = chain.steps.findIndex(({ name }) => name === step.name) + 1;
      process.stderr.write(
        `step ${at} of ${of}, ${step.name} (${step.kind} ${printable(step.recipe.name)}) ${what}\n`,
      );
    },
  });
  if (result.outcome === 'interrupted') {
    process.stderr.write(
      `interrupted after ${result.finished.length} of ${of} steps; to go on: ${printable(again)}\n`,
    );
    return 130;
  }
  if (report && result.run !== undefined) await reportFor(result.run, options.threads);
  const { model } = result;
  process.stderr.write(
    model === undefined
      ? `all ${of} steps are in ${printable(result.folder)}\n`
      : `all ${of} steps are in ${printable(result.folder)}; next: onesheet evaluate ${printable(model)}\n`,
  );
  return 0;
}

interface ChainArguments {
  readonly run?: string;
  readonly split?: string;
  readonly 'minimum-support'?: string;
  readonly seed?: string;
  readonly epochs?: string;
  readonly threads?: string;
  readonly device?: string;
  readonly 'device-report'?: boolean;
  readonly cache?: string;
  readonly report: boolean;
}

/** `onesheet train --recipe <chain>`; the same again goes on. */
export async function trainByChain(chain: Chain, source: DataSource, args: ChainArguments): Promise<number> {
  if (args.epochs !== undefined)
    throw onesheetError(
      'OPTION_INVALID',
      'epochs',
      'nothing for a chain, whose recipes have their own',
      args.epochs,
    );
  const seed = integerOf(args.seed, 'seed', 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const folder = args.run ?? join('runs', `${chain.name}-${seed}`);
  const options = {
    ...source,
    chain,
    folder,
    split: args.split,
    minimumSupport: minimumSupportOf(args),
    seed,
    threads: threadsOf(args),
    ...deviceOf(args),
    cache: args.cache,
  };
  return follow(options, { report: args.report, again: `onesheet train --resume ${folder}` });
}

/** `onesheet train --resume <folder of a chain>` */
export async function resumeChain(
  folder: string,
  { cache, report }: { readonly cache?: string; readonly report: boolean },
): Promise<number> {
  const config = await readChainConfig(folder);
  return follow({ ...config, folder, cache }, { report, again: `onesheet train --resume ${folder}` });
}
