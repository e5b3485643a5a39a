/** @module The door of the cluster room: posters and a Redis server -> one output, by any number of machines. */
export type { WorkerStanding } from './catalogue.ts';
export { runCluster } from './run.ts';
export { type ClusterStatus, clusterStatus } from './status.ts';
export { runWorker } from './worker.ts';
