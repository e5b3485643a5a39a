/** @module A Redis server -> a worker that predicts the shards of whatever catalogue is on its queue, until it is told to end. */
import { dirname, resolve } from 'node:path';
import { exists } from '../files.ts';
import { Bench } from './bench.ts';
import { readCatalogue } from './catalogue.ts';
import { Presence } from './presence.ts';
import { openRedis } from './redis.ts';
import { requireFolder, requireSharedFolder } from './samePlace.ts';
import { ShardFolder, shardJobs } from './shard.ts';
import { unfit, type WorkOptions, work } from './work.ts';

export interface WorkerOptions extends WorkOptions {
  /** URL of the server. */
  readonly redis: string;
  /** A model of this worker's own. @default the one that the catalogue names, which has to be the same here */
  readonly model?: string;
  readonly onNotice?: (sentence: string) => void;
  /** Is told of each shard that is done here. */
  readonly onShard?: (done: { readonly shards: number; readonly posters: number }) => void;
}

/** @throws {OnesheetError} QUEUE_UNREACHABLE, CLUSTER_MISSING, CLUSTER_REFUSED, FILE_UNWRITABLE */
export async function runWorker(options: WorkerOptions): Promise<void> {
  const { onShard, onNotice } = options;
  const model = options.model === undefined ? undefined : await fromHere(options.model);
  const link = await openRedis(options.redis, { onNotice });
  const redis = link.client;
  const presence = new Presence(redis);
  let open: { readonly id: string; readonly bench: Bench; readonly model?: string } | undefined;
  let [shards, posters] = [0, 0];
  const beat = (): void => presence.say({ model: open?.model, shards, posters });
  try {
    await work(
      link,
      shardJobs,
      async (id, job, given) => {
        const catalogue = await readCatalogue(redis, job.catalogue);
        if (catalogue === undefined) return;
        const folder = new ShardFolder(catalogue.shards);
        try {
          // The folder of the output, where shards lie below its folder of progress.
          await requireFolder(dirname(dirname(folder.path)));
          if (await folder.isDone(id)) return;
          const [wanted, mark] = [await folder.posters(id), await folder.marked()];
          if (wanted === undefined || mark === undefined)
            return await requireSharedFolder(redis, { catalogue: job.catalogue, folder });
          if (open?.id !== job.catalogue) {
            await open?.bench.release();
            open = undefined;
            open = {
              id: job.catalogue,
              bench: await Bench.open(catalogue, model, mark),
              model: catalogue.begun.model,
            };
            beat();
          }
          await folder.writeOutcomes(id, await open.bench.predict(wanted, given));
          shards += 1;
          posters += wanted.length;
          beat();
          onShard?.({ shards, posters });
        } catch (error) {
          throw unfit(error);
        }
      },
      options,
    );
  } finally {
    await presence.end();
    link.close();
    await open?.bench.release();
  }
}

/** A path from where the worker was started, since it goes to where the coordinator was. */
async function fromHere(model: string): Promise<string> {
  return (await exists(model)) ? resolve(model) : model;
}
