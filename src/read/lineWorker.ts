/** @module The thread that finds and reads lines: a task in -> its answer out, one at a time. */
import { joinCrew } from '../graph/index.ts';
import type { ReadingAnswer, ReadingTask } from './crew.ts';
import type { ReaderNetworks } from './networks.ts';
import { createEngine } from './sessions.ts';

joinCrew(async (networks: ReaderNetworks) => {
  const { detect, recognize } = await createEngine(networks, { threads: 1 });
  return (task: ReadingTask): Promise<ReadingAnswer> =>
    'picture' in task ? detect(task.picture) : recognize(task.line);
});
