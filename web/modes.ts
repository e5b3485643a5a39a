/** @module The service behind the page, if there is one, and the person's choice -> the engine that reads posters. */
import { type Engine, Failure, type Mode } from './engine.ts';
import { keepMode, keptMode } from './host.ts';
import { PrivateEngine } from './private/engine.ts';
import { ServiceEngine } from './service.ts';
import { texts } from './texts.ts';

/** What there is behind the page. */
export type Host = 'service' | 'static' | 'locked';

export interface ModesView {
  explain(mode: Mode, host: Host): void;
  say(status: string): void;
}

export class Modes {
  readonly #view: ModesView;
  readonly #service = ServiceEngine.find();
  readonly #decided: Promise<void>;
  #private: Promise<PrivateEngine> | undefined;
  #mode: Mode = 'private';
  /** Called with the engine that is in use from now on. */
  readonly #onEngine: (engine: Engine, takesAddresses: boolean) => void;
  /** Called when the mode in use has all that it needs. */
  readonly #onReady: () => void;

  /** Begins with the mode that was chosen last, or the service where there is one. */
  constructor(
    view: ModesView,
    onEngine: (engine: Engine, takesAddresses: boolean) => void,
    onReady: () => void,
  ) {
    this.#view = view;
    this.#onEngine = onEngine;
    this.#onReady = onReady;
    this.#decided = this.#service.then((service) => {
      this.#mode = service instanceof ServiceEngine && keptMode() !== 'private' ? 'service' : 'private';
      void this.#begin();
    });
  }

  /**
   * The engine of the mode in use.
   *
   * @throws {Failure} when private mode cannot start
   */
  async engine(): Promise<Engine> {
    await this.#decided;
    const service = await this.#service;
    return service instanceof ServiceEngine && this.#mode === 'service' ? service : this.#openPrivate();
  }

  /**
   * The engine of private mode, whichever mode is in use.
   *
   * @throws {Failure} when private mode cannot start
   */
  privateEngine(): Promise<PrivateEngine> {
    return this.#openPrivate();
  }

  /** Changes the mode for posters that come from now on, and for later visits. */
  choose(mode: Mode): void {
    this.#mode = mode;
    keepMode(mode);
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const service = await this.#service;
    const mode = this.#mode;
    this.#view.explain(mode, service instanceof ServiceEngine ? 'service' : service);
    this.#view.say('');
    if (mode === 'service' && service instanceof ServiceEngine) {
      this.#onEngine(service, service.fetching);
      this.#onReady();
      return;
    }
    try {
      const engine = await this.#openPrivate();
      this.#onEngine(engine, true);
      const progress = (done: number, total: number): void =>
        this.#sayPrivate(done < total ? texts.mode.loading(done, total) : texts.mode.starting);
      this.#sayPrivate(texts.mode.ready(await engine.open(progress)));
      this.#onReady();
    } catch (error) {
      this.#sayPrivate(error instanceof Failure ? error.message : String(error));
    }
  }

  #openPrivate(): Promise<PrivateEngine> {
    this.#private ??= PrivateEngine.create();
    return this.#private;
  }

  #sayPrivate(status: string): void {
    if (this.#mode === 'private') this.#view.say(status);
  }
}
