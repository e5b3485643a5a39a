/** @module The thread that computes: tasks in -> answers out, one list at a time; it blocks, so that nothing else does. */
import { parentPort, workerData } from 'node:worker_threads';
import { OnesheetError } from '../../errors.ts';
import {
  createExplainer,
  displayValues,
  type Explainer,
  genreIndex,
  mapOnPoster,
  overlayPicture,
} from '../../explain/index.ts';

import { onEngineNotice } from '../../graph/index.ts';

import { Classifier, decodeModel } from '../../model/index.ts';
import { Reader } from '../../read/index.ts';
import {
  type AnswerTo,
  type ClassifyAnswer,
  type ClassifyTask,
  type ExplainAnswer,
  type ExplainTask,
  type Failure,
  failureFrom,
  type PoolMessage,
  type ReadTask,
  type Task,
  type WorkerMessage,
  type WorkerSetup,
} from './messages.ts';

async function classifyAll(
  classifier: Classifier,
  tasks: readonly ClassifyTask[],
): Promise<ClassifyAnswer[]> {
  const size = tasks[0]!.pixels.length;
  const stacked = new Uint8Array(tasks.length * size); // [posters, height, width, 3]
  tasks.forEach(({ pixels }, i) => {
    stacked.set(pixels, i * size);
  });
  const { probabilities, logits } = await classifier.classify(stacked);
  const genres = classifier.model.metadata.genres.length;
  return tasks.map((_, i) => ({
    probabilities: probabilities.slice(i * genres, (i + 1) * genres),
    logits: logits.slice(i * genres, (i + 1) * genres),
  }));
}

/** Pictures that are being encoded. */
let encoders = 0;

async function counted<Result>(work: Promise<Result>): Promise<Result> {
  encoders += 1;
  return work.finally(() => {
    encoders -= 1;
  });
}

async function explainOne(
  classifier: Classifier,
  explainer: Explainer,
  { pixels, genre: wanted, method, size, picture }: ExplainTask,
): Promise<ExplainAnswer> {
  const { model } = classifier;
  const { genres, resize } = model.metadata;
  const { probabilities } = await classifier.classify(pixels);
  const column =
    wanted === undefined ? probabilities.indexOf(Math.max(...probabilities)) : genreIndex(model, wanted);
  const genre = genres[column]!;
  const map = await explainer.explain(pixels, genre, method);
  const facts = { genre, method, probability: probabilities[column]! };
  if (picture !== undefined) {
    const { poster, format } = picture;
    const drawn = await counted(overlayPicture(poster, map, resize, { format }));
    return { ...facts, picture: drawn, map: undefined };
  }
  const values = displayValues(mapOnPoster(map, resize, size));
  return { ...facts, picture: undefined, map: { ...size, values } };
}

/** What computes the tasks of one kind. */
type Engine = (tasks: readonly Task[]) => Promise<AnswerTo<Task>[]>;

/** Reads posters; nothing of the model is loaded. */
async function readingEngine({ threads }: WorkerSetup): Promise<Engine> {
  const reader = await Reader.create({ threads });
  return (tasks) =>
    Promise.all(
      (tasks as readonly ReadTask[]).map(async ({ picture }) => {
        const { lines } = await reader.readPicture(picture);
        return { texts: lines.map(({ text }) => text) };
      }),
    );
}

/** Classifies or explains, once it is warm. */
async function modelEngine({ bytes, source, threads, device, kind }: WorkerSetup): Promise<Engine> {
  const model = decodeModel(bytes, source);
  const classifier = await Classifier.create(model, { threads, device });
  const explainer = createExplainer(model, { threads, device });
  await warmUp(classifier, explainer, kind);
  return async (tasks) => {
    const [first] = tasks;
    if (first?.kind === 'explain') return [await explainOne(classifier, explainer, first)];
    return classifyAll(classifier, tasks as readonly ClassifyTask[]);
  };
}

/** A list of tasks is of one kind, and the posters of a prediction go through the network together. */
async function work(engine: Engine, tasks: readonly Task[]): Promise<(AnswerTo<Task> | Failure)[]> {
  try {
    return await engine(tasks);
  } catch (error) {
    return tasks.map(() => failureFrom(error));
  }
}

/** The first run of a session allocates and is slow; nobody should wait for it. */
async function warmUp(classifier: Classifier, explainer: Explainer, kind: Task['kind']): Promise<void> {
  const { genres, resize } = classifier.model.metadata;
  const pixels = new Uint8Array(resize.height * resize.width * 3);
  await classifyAll(classifier, [{ kind: 'classify', pixels }]);
  if (kind !== 'explain') return;
  await explainer.explain(pixels, genres[0]!).catch((error: unknown) => {
    // A network without gradients still has the methods that need none.
    if (!(error instanceof OnesheetError)) throw error;
  });
}

/** Dies between two runs of the engine, once no picture is being encoded on another thread. */
function leave(): void {
  if (encoders > 0) setTimeout(leave, 10);
  else throw new Error('it was told to stop');
}

const port = parentPort!;
const setup = workerData as WorkerSetup;
const post = (message: WorkerMessage): void => port.postMessage(message);

onEngineNotice((notice) => post({ notice }));
const engine = await (setup.kind === 'read' ? readingEngine : modelEngine)(setup);
port.on('message', async (message: PoolMessage) => {
  if ('tasks' in message) return post({ answers: await work(engine, message.tasks) });
  port.close();
  if (message.stop === 'now') leave();
});
post({ ready: true });
