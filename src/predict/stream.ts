/** @module A model and a stream of posters -> a stream of predictions, in the same order, bad pictures included. */
import { availableParallelism } from 'node:os';
import {
  describeSource,
  type ImageLimits,
  type ImageSource,
  PoliteFetcher,
  preparePixels,
} from '../image/index.ts';
import { type Classifier, type ClassifierCrew, postersAtOnce } from '../model/index.ts';
import type { PosterReader } from '../read/index.ts';
import { type HeardPoster, isHeard } from './heard.ts';
import { failureOf, type PredictionOutcome, policyOf, predictionOf } from './prediction.ts';
import type { PosterTexts } from './texts.ts';

/** A picture, and what is known of it: what stands on it as text, the film's title and year. */
export interface PosterToPredict extends HeardPoster {
  readonly source: ImageSource;
  /**
   * Whether a picture that is named by a URL is fetched, from public addresses only.
   * @default false: it fails with URL_FETCH_DISABLED
   */
  readonly fetch?: boolean;
}

export interface PredictOptions {
  /** Decision rule, by its name in the model. @default the model's first */
  readonly policy?: string;
  /** Posters that go through a session at a time. @default 8, and 2 where several sessions share the threads */
  readonly batchSize?: number;
  /** Posters up to which one session with all threads computes; of more, each thread has a session. @default 16 */
  readonly few?: number;
  /** Limits for each picture. */
  readonly limits?: Partial<ImageLimits>;
  /** What stands on the posters as text, and their titles, if they are to be heard too. @default the pictures alone */
  readonly texts?: PosterTexts;
  /** Opens that for posters that bring a title or texts themselves. @default those are not heard */
  readonly openTexts?: () => Promise<PosterTexts>;
  /** Reads what stands on posters of which no texts are known; predictions then carry the texts. @default nothing is read */
  readonly reader?: PosterReader;
  /** Gives up: what was not yet yielded is not, and the stream fails with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Fetches every picture that is named by a URL, at the pace that hosts bear. @default those that say so themselves */
  readonly fetcher?: PoliteFetcher;
}

/** A picture as the network takes it, and the lines that were read on it, if it was to be read. */
interface Prepared {
  readonly pixels: Uint8Array;
  readonly lines: readonly string[] | undefined;
}

/** A batch whose posters are on their way through a session. */
interface Computed<P> {
  readonly batch: readonly Decoded<P>[];
  /** For each poster its row of probabilities and its lines, or what is wrong with it. */
  readonly results: Promise<(Row | { readonly error: unknown })[]>;
}

interface Row extends Pick<Prepared, 'lines'> {
  readonly probabilities: Float32Array;
}

/** Batches that wait for each session, so that none is idle. */
const waitingForEach = 2;

/** Posters that are on their way at a time where they come from other machines. */
const fetchedAhead = 64;

interface Decoded<P> {
  readonly poster: P;
  readonly prepared: Promise<Prepared | { readonly error: unknown }>;
}

/** Reads ahead, so that pictures are decoded on other threads while the network computes. */
async function* decodeAhead<P extends PosterToPredict>(
  posters: AsyncIterable<P> | Iterable<P>,
  decode: (poster: P) => Promise<Prepared>,
  ahead: number,
): AsyncGenerator<Decoded<P>> {
  const waiting: Decoded<P>[] = [];
  for await (const poster of posters) {
    waiting.push({ poster, prepared: decode(poster).catch((error: unknown) => ({ error })) });
    if (waiting.length >= ahead) yield waiting.shift()!;
  }
  yield* waiting;
}

/**
 * Predicts the genres of posters as they come. A picture that cannot be read gives an outcome with its error and
 * does not stop the others. Pictures that were read ahead are given up when the stream is left early.
 *
 * @throws {OnesheetError} OPTION_INVALID for a policy that the model does not have; the signal's reason
 */
export async function* predictStream(
  classifier: Classifier,
  posters: AsyncIterable<PosterToPredict> | Iterable<PosterToPredict>,
  options: PredictOptions = {},
): AsyncGenerator<PredictionOutcome> {
  const { few = 16, limits, texts, reader } = options;
  const { model } = classifier;
  const policy = policyOf(texts?.predictor ?? model, options.policy);
  let opened: Promise<PosterTexts> | undefined;
  /** What hears the poster, if anything does. */
  const hearing = (poster: PosterToPredict): Promise<PosterTexts> | PosterTexts | undefined => {
    if (texts !== undefined || options.openTexts === undefined || !isHeard(poster)) return texts;
    opened ??= options.openTexts();
    return opened;
  };
  const rule = model.metadata.resize;
  const columns = model.metadata.genres.length;

  const left = new AbortController();
  const signal = options.signal === undefined ? left.signal : AbortSignal.any([left.signal, options.signal]);

  const compute = async (
    batch: readonly Decoded<PosterToPredict>[],
    crew: ClassifierCrew | undefined,
  ): Promise<(Row | { readonly error: unknown })[]> => {
    const decoded = await Promise.all(batch.map(({ prepared }) => prepared));
    signal.throwIfAborted();
    const readable = decoded.filter((result) => 'pixels' in result);
    if (readable.length === 0) return decoded as { readonly error: unknown }[];
    const stacked = new Uint8Array(readable.length * rule.height * rule.width * 3);
    readable.forEach(({ pixels }, i) => {
      stacked.set(pixels, i * pixels.length);
    });
    const { probabilities } = await (crew?.submit(stacked, { signal, transfer: [stacked.buffer] }) ??
      classifier.classify(stacked));
    let row = 0;
    return decoded.map((result) => {
      if ('error' in result) return result;
      const from = row++ * columns;
      return { probabilities: probabilities.subarray(from, from + columns), lines: result.lines };
    });
  };

  async function* outcomesOf({
    batch,
    results,
  }: Computed<PosterToPredict>): AsyncGenerator<PredictionOutcome> {
    // The id is a hash of the whole model, computed here while the first pictures are being decoded.
    const { id, metadata } = texts?.predictor ?? model;
    const rows = await results;
    options.signal?.throwIfAborted();
    for (const [i, { poster: named }] of batch.entries()) {
      const facts = { id: named.id, source: describeSource(named.source) };
      const result = rows[i]!;
      if ('error' in result) {
        yield failureOf(facts, result.error);
        continue;
      }
      const poster = result.lines === undefined ? named : { ...named, texts: result.lines };
      const hears = await hearing(poster);
      if (hears === undefined) yield predictionOf({ id, metadata }, policy, facts, result.probabilities);
      else {
        const heard = hears.heardOf(poster);
        const { probabilities, predictor } = hears.judge(heard, result.probabilities);
        const own = policyOf(predictor, options.policy);
        const prediction = predictionOf(predictor, own, facts, probabilities);
        yield reader === undefined ? prediction : { ...prediction, texts: heard.lines ?? [] };
      }
    }
  }

  let { fetcher } = options;
  const fetched = (url: string) => {
    fetcher ??= new PoliteFetcher();
    return fetcher.fetch(url, limits, signal);
  };
  const decode = async (poster: PosterToPredict): Promise<Prepared> => {
    const { source, fetch = false } = poster;
    const isFetched = source.kind === 'url' && (fetch || options.fetcher !== undefined);
    const readable = isFetched ? await fetched(source.url) : source;
    const isRead = reader !== undefined && !(texts?.knowsLines(poster) ?? poster.texts !== undefined);
    const [pixels, reading] = await Promise.all([
      preparePixels(readable, rule, limits, signal),
      isRead ? reader.read(readable, limits, signal) : undefined,
    ]);
    return { pixels, lines: reading?.lines.map(({ text }) => text) };
  };
  const ahead = options.fetcher ? fetchedAhead : 2 * availableParallelism() + postersAtOnce.alone;
  const { crew } = classifier;
  /** Once there are more than a few posters. */
  let sessions: typeof crew;
  const gathered: Decoded<PosterToPredict>[] = [];
  const underWay: Computed<PosterToPredict>[] = [];
  const begin = (isLast: boolean): void => {
    const size = options.batchSize ?? (sessions ? postersAtOnce.beside : postersAtOnce.alone);
    while (gathered.length >= (isLast ? 1 : size)) {
      const batch = gathered.splice(0, size);
      const results = compute(batch, sessions);
      // It is met where the batch's turn comes.
      results.catch(() => undefined);
      underWay.push({ batch, results });
    }
  };
  try {
    for await (const item of decodeAhead(posters, decode, ahead)) {
      gathered.push(item);
      if (crew !== undefined && sessions === undefined) {
        if (gathered.length <= few) continue;
        sessions = crew;
      }
      begin(false);
      const most = sessions ? waitingForEach * sessions.atOnce : 0;
      while (underWay.length > most) yield* outcomesOf(underWay.shift()!);
    }
    begin(true);
    for (const batch of underWay) yield* outcomesOf(batch);
  } finally {
    left.abort();
  }
}
