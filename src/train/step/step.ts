/** @module A network and a loss -> sessions that compute losses, gradients and logits for given weights. */
import {
  type BatchStatistics,
  bindShape,
  type DropoutMask,
  differentiableForm,
  differentiate,
  float32,
  type Graph,
  openWeighted,
  type Session,
  type Tensor,
  type Value,
  type WeightedOptions,
} from '../../graph/index.ts';
import { buildLoss, type LossOptions } from '../../nn/index.ts';
import type { Random } from '../../random.ts';

/** A batch of posters as a network takes them. */
export interface Batch {
  /** The network's inputs by name: `image`, uint8 [batch, height, width, 3], or frozen features. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** float32 [batch, genres] */
  readonly labels: Float32Array;
  /**
   * float32 [batch, genres], 1 where something is known of a label and 0 where nothing is. A step that was made for it
   * needs it, any other leaves it aside.
   */
  readonly known?: Float32Array;
  readonly size: number;
}

export interface StepResult {
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, Float32Array>;
  /** Batch means and variances, by the name of the running statistic that they feed. */
  readonly statistics: ReadonlyMap<string, Float32Array>;
}

/** The weights and statistics of a network, which the sessions take as inputs. */
export type Weights = ReadonlyMap<string, Float32Array>;

function weightInputs(graph: Graph, names: readonly string[]): (weights: Weights) => Record<string, Tensor> {
  const shapes = new Map(names.map((name) => [name, graph.initializers.get(name)!.shape]));
  return (weights) =>
    Object.fromEntries(names.map((name) => [name, float32(weights.get(name)!, shapes.get(name)!)]));
}

export interface StepOptions extends WeightedOptions {
  /** Whether batches say what is known of their labels, which the loss then leaves out. @default false */
  readonly partial?: boolean;
}

/** The loss of a graph's logits, with its inputs. */
function addLoss(
  graph: Graph,
  loss: LossOptions,
  classWeights: readonly number[] | undefined,
  partial: boolean,
): Value {
  const logits = graph.outputs.get('logit')!;
  const { shape } = logits;
  const labels = graph.input('labels', 'float32', shape);
  const known = partial ? graph.input('known', 'float32', shape) : undefined;
  return buildLoss(logits, labels, loss, classWeights, known);
}

/** What the loss takes of a batch, by the names of its inputs. */
function lossFeeds({ labels, known, size }: Batch, genres: number, partial: boolean): Record<string, Tensor> {
  const shape = [size, genres];
  const all = { labels: float32(labels, shape) };
  return partial ? { ...all, known: float32(known!, shape) } : all;
}

/** Computes the loss and its gradients for a batch; one ONNX model holds forward and backward pass. */
export class TrainingStep {
  readonly #session: Session;
  readonly #masks: readonly DropoutMask[];
  readonly #feed: (weights: Weights) => Record<string, Tensor>;
  readonly #genres: number;
  readonly #partial: boolean;

  private constructor(
    session: Session,
    graph: Graph,
    masks: readonly DropoutMask[],
    inputs: readonly string[],
    partial: boolean,
  ) {
    this.#partial = partial;
    this.#session = session;
    this.#masks = masks;
    this.#feed = weightInputs(graph, inputs);
    this.#genres = graph.value('logit').shape[1] as number;
  }

  /**
   * @param network with output `logit`
   * @param trainable names of the parameters whose gradients are computed; all others are frozen, with the statistics
   * of their normalizations, at what the network holds: onnxruntime computes faster with what it knows beforehand
   */
  static async create(
    network: Graph,
    trainable: readonly string[],
    loss: LossOptions,
    classWeights: readonly number[] | undefined,
    { partial = false, ...options }: StepOptions,
  ): Promise<TrainingStep> {
    const free = new Set(trainable);
    const { graph, statistics, masks } = differentiableForm(network, {
      training: true,
      frozen: (scale) => !free.has(scale),
    });
    const value = addLoss(graph, loss, classWeights, partial);
    const gradients = differentiate(
      graph,
      value,
      trainable.map((name) => graph.value(name)),
    );
    graph.outputs.clear();
    graph.output('loss', value);
    for (const [name, gradient] of gradients) graph.output(`gradient:${name}`, gradient);
    for (const each of statistics) exposeStatistics(graph, each);
    const session = await openWeighted(graph, trainable, options);
    const used = new Set(session.inputNames);
    return new TrainingStep(
      session,
      graph,
      masks,
      trainable.filter((name) => used.has(name)),
      partial,
    );
  }

  /** `weights` are read where they are trained; `random` draws the dropout masks, the same ones from the same generator. */
  async run(batch: Batch, weights: Weights, random: Random): Promise<StepResult> {
    const feeds = {
      ...batch.inputs,
      ...lossFeeds(batch, this.#genres, this.#partial),
      ...this.#feed(weights),
      ...Object.fromEntries(this.#masks.map((mask) => [mask.input, drawMask(mask, batch.size, random)])),
    };
    const outputs = await this.#session.run(feeds);
    const gradients = new Map<string, Float32Array>();
    const statistics = new Map<string, Float32Array>();
    for (const [name, tensor] of Object.entries(outputs)) {
      const [kind, target] = name.split(/:(.*)/s) as [string, string];
      if (kind === 'gradient') gradients.set(target, tensor.data as Float32Array);
      if (kind === 'statistic') statistics.set(target, tensor.data as Float32Array);
    }
    return { loss: Number(outputs.loss!.data[0]), gradients, statistics };
  }

  /** Writes the profile that `profilePrefix` asked for. */
  endProfiling(): void {
    this.#session.endProfiling();
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function exposeStatistics(graph: Graph, statistics: BatchStatistics): void {
  graph.output(`statistic:${statistics.runningMean}`, statistics.mean);
  graph.output(`statistic:${statistics.runningVariance}`, statistics.variance);
}

function drawMask(mask: DropoutMask, batch: number, random: Random): Tensor {
  const shape = bindShape(mask.shape, { batch });
  const generator = random.split(mask.input);
  const kept = 1 / (1 - mask.rate);
  const size = shape.reduce((product, dim) => product * dim, 1);
  return float32(
    Float32Array.from({ length: size }, () => (generator.float() < mask.rate ? 0 : kept)),
    shape,
  );
}

/** Computes logits and the loss without noise, for given weights. */
export class EvaluationStep {
  readonly #session: Session;
  readonly #feed: (weights: Weights) => Record<string, Tensor>;
  readonly #genres: number;
  readonly #partial: boolean;

  private constructor(session: Session, graph: Graph, inputs: readonly string[], partial: boolean) {
    this.#partial = partial;
    this.#session = session;
    this.#feed = weightInputs(graph, inputs);
    this.#genres = graph.value('logit').shape[1] as number;
  }

  static async create(
    network: Graph,
    loss: LossOptions,
    classWeights: readonly number[] | undefined,
    { partial = false, ...options }: StepOptions,
  ): Promise<EvaluationStep> {
    const { graph } = differentiableForm(network, { training: false });
    graph.output('loss', addLoss(graph, loss, classWeights, partial));
    const inputs = [...network.parameters, ...network.statistics];
    return new EvaluationStep(await openWeighted(graph, inputs, options), graph, inputs, partial);
  }

  /** @returns logits [batch, genres] and the mean loss of the batch, 0 where nothing is known of it */
  async run(batch: Batch, weights: Weights): Promise<{ logits: Float32Array; loss: number }> {
    const outputs = await this.#session.run({
      ...batch.inputs,
      ...lossFeeds(batch, this.#genres, this.#partial),
      ...this.#feed(weights),
    });
    return { logits: outputs.logit!.data as Float32Array, loss: Number(outputs.loss!.data[0]) };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
