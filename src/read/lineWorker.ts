/** @module The thread that finds and reads lines: a task in -> its answer out, one at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { OnesheetError } from '../errors.ts';
import { onEngineNotice } from '../graph/index.ts';
import type { CrewAnswer, CrewTask } from './crew.ts';
import type { ReaderNetworks } from './networks.ts';
import { createEngine } from './sessions.ts';

const port = parentPort!;
const post = (answer: CrewAnswer): void => port.postMessage(answer);
onEngineNotice((notice) => post({ notice }));
const engine = createEngine(workerData as ReaderNetworks, { threads: 1 });

async function answerTo(task: Exclude<CrewTask, 'stop'>): Promise<CrewAnswer> {
  try {
    const { detect, recognize } = await engine;
    return 'picture' in task
      ? { places: await detect(task.picture) }
      : { letters: await recognize(task.line) };
  } catch (error) {
    if (error instanceof OnesheetError) return { failure: { code: error.code, message: error.message } };
    throw error;
  }
}

port.on('message', async (task: CrewTask) => {
  if (task === 'stop') port.close();
  else post(await answerTo(task));
});
