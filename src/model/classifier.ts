/** @module A model and prepared pixels -> logits and calibrated probabilities. */
import { type Device, Session, type SessionOptions } from '../graph/index.ts';
import type { Model } from './file.ts';

export interface Classification {
  /** float32 [posters, genres] */
  readonly probabilities: Float32Array;
  /** float32 [posters, genres] */
  readonly logits: Float32Array;
}

/** A model ready to run. */
export class Classifier {
  readonly model: Model;
  readonly device: Device;
  readonly #session: Session;

  private constructor(model: Model, session: Session, device: Device) {
    this.model = model;
    this.device = device;
    this.#session = session;
  }

  static async create(model: Model, options: SessionOptions = {}): Promise<Classifier> {
    // Pictures are decoded on the same cores while the network computes.
    const session = await Session.create(model.bytes, { spinning: false, ...options });
    return new Classifier(model, session, options.device ?? 'cpu');
  }

  /** @param pixels uint8 [posters, height, width, 3], prepared by the model's resize rule */
  async classify(pixels: Uint8Array): Promise<Classification> {
    const { height, width } = this.model.metadata.resize;
    const posters = pixels.length / (height * width * 3);
    const image = { dtype: 'uint8', shape: [posters, height, width, 3], data: pixels } as const;
    const { probability, logit } = await this.#session.run({ image });
    return { probabilities: probability!.data as Float32Array, logits: logit!.data as Float32Array };
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}
