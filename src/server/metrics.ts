/** @module What happens in the service -> counters and histograms in Prometheus' text format. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Seconds; a prediction takes some tens of milliseconds, an explanation up to its deadline. */
const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export class ServerMetrics {
  /** Of its own, so that several services in a process do not share their figures. */
  readonly registry = new Registry();
  readonly #registers = [this.registry];

  readonly requests = new Histogram({
    name: 'onesheet_http_request_duration_seconds',
    help: 'Time from a request to its answer, by route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: seconds,
    registers: this.#registers,
  });
  readonly images = new Counter({
    name: 'onesheet_images_total',
    help: 'Posters, by whether they could be decoded.',
    labelNames: ['outcome'],
    registers: this.#registers,
  });
  readonly refusals = new Counter({
    name: 'onesheet_rejected_requests_total',
    help: 'Requests that were answered with a problem, by its code.',
    labelNames: ['code'],
    registers: this.#registers,
  });
  readonly #batches = new Histogram({
    name: 'onesheet_batch_size',
    help: 'Posters that went through the network together.',
    labelNames: ['kind'],
    buckets: [1, 2, 4, 8, 16, 32, 64],
    registers: this.#registers,
  });
  readonly #inference = new Histogram({
    name: 'onesheet_batch_duration_seconds',
    help: 'Time of a batch in its worker.',
    labelNames: ['kind'],
    buckets: seconds,
    registers: this.#registers,
  });
  readonly #lost = new Counter({
    name: 'onesheet_workers_lost_total',
    help: 'Worker threads that died or were stuck, and were replaced.',
    labelNames: ['kind'],
    registers: this.#registers,
  });
  readonly #watched = new Map<string, { readonly pending: number }>();

  constructor() {
    const watched = this.#watched;
    collectDefaultMetrics({ register: this.registry });
    new Gauge({
      name: 'onesheet_queue_size',
      help: 'Posters in work or waiting.',
      labelNames: ['kind'],
      registers: this.#registers,
      collect() {
        for (const [kind, { pending }] of watched) this.set({ kind }, pending);
      },
    });
  }

  /** Reads the queue's length whenever the metrics are asked for. */
  watch(kind: string, queue: { readonly pending: number }): void {
    this.#watched.set(kind, queue);
  }

  batched(kind: string, tasks: number, duration: number): void {
    this.#batches.observe({ kind }, tasks);
    this.#inference.observe({ kind }, duration);
  }

  workerLost(kind: string): void {
    this.#lost.inc({ kind });
  }
}
