/** @module A port -> the times of /v2/health/live, asked from a thread of its own so that the load does not delay it. */
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

const { port } = workerData as { port: number };
const agent = new Agent({ keepAlive: true });
const times: number[] = [];
let isOver = false;
parentPort!.on('message', () => {
  isOver = true;
});

function ask(): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    get({ port, path: '/v2/health/live', agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(performance.now() - start));
    }).on('error', reject);
  });
}

while (!isOver) {
  times.push(await ask());
  await new Promise((resolve) => setTimeout(resolve, 50));
}
agent.destroy();
parentPort!.postMessage(times);
parentPort!.close();
