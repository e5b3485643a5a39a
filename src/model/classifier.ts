/** @module A model and prepared pixels -> logits and calibrated probabilities. */
import { existsSync } from 'node:fs';
import { availableThreads, Crew, type Device, Session, type SessionOptions } from '../graph/index.ts';
import type { Model } from './file.ts';

export interface Classification {
  /** float32 [posters, genres] */
  readonly probabilities: Float32Array;
  /** float32 [posters, genres] */
  readonly logits: Float32Array;
}

/** What each thread of a crew begins with. */
export interface ClassifierSetup {
  /** The model's file, and its name for messages. */
  readonly bytes: Uint8Array;
  readonly source: string;
  /** Threads of its session. */
  readonly threads: number;
}

/** The compiled thread, which programs that bundle this package, or run its sources, lack. */
const threadFile = new URL('./classifierThread.js', import.meta.url);

/** Sessions beside each other, at most: each holds the weights, and one thread feeds them all. */
const mostSessions = 8;

/** How threads are shared by sessions beside each other. */
export function sessionsWithin(threads: number): { readonly sessions: number; readonly threads: number } {
  const sessions = Math.min(mostSessions, threads);
  return { sessions, threads: Math.floor(threads / sessions) };
}

/** Posters that go through a session at a time, by measurement: alone it wants more of them, beside others its caches fewer. */
export const postersAtOnce = { alone: 8, beside: 2 } as const;

/** Sessions that classify beside each other, in threads of their own. */
export type ClassifierCrew = Pick<Crew<Uint8Array, Classification>, 'atOnce' | 'submit'>;

/** A model ready to run. */
export class Classifier {
  readonly model: Model;
  readonly device: Device;
  readonly #session: Session;
  readonly #options: SessionOptions;
  #crew: Crew<Uint8Array, Classification> | undefined;

  private constructor(model: Model, session: Session, options: SessionOptions) {
    this.model = model;
    this.device = options.device ?? 'cpu';
    this.#session = session;
    this.#options = options;
  }

  static async create(model: Model, options: SessionOptions = {}): Promise<Classifier> {
    // Pictures are decoded on the same cores while the network computes.
    const session = await Session.create(model.bytes, { spinning: false, ...options });
    return new Classifier(model, session, options);
  }

  /** @param pixels uint8 [posters, height, width, 3], prepared by the model's resize rule */
  async classify(pixels: Uint8Array): Promise<Classification> {
    const { height, width } = this.model.metadata.resize;
    const posters = pixels.length / (height * width * 3);
    const image = { dtype: 'uint8', shape: [posters, height, width, 3], data: pixels } as const;
    const { probability, logit } = await this.#session.run({ image });
    return { probabilities: probability!.data as Float32Array, logits: logit!.data as Float32Array };
  }

  /**
   * Sessions that share the threads, for many posters: threads that compute one operator together wait for each other,
   * and {@link classify} holds up whoever calls it. They start when they are used, and stay until the classifier is
   * released. There are none for one thread, for another device than the CPU, and where the compiled thread is missing.
   */
  get crew(): ClassifierCrew | undefined {
    const { threads = availableThreads, onPlacement, profilePrefix } = this.#options;
    const isObserved = onPlacement !== undefined || profilePrefix !== undefined;
    if (threads === 1 || this.device !== 'cpu' || isObserved || !existsSync(threadFile)) return undefined;
    const shared = sessionsWithin(threads);
    const setup: ClassifierSetup = {
      bytes: this.model.bytes,
      source: this.model.metadata.name,
      threads: shared.threads,
    };
    this.#crew ??= new Crew({ file: threadFile, name: 'classify', threads: shared.sessions, setup });
    return this.#crew;
  }

  async release(): Promise<void> {
    await Promise.all([this.#crew?.release(), this.#session.release()]);
  }
}
