/** @module The door of the cluster room: posters or planned runs and a Redis server -> one output or trained runs, by any number of machines. */
export type { WorkerStanding } from './catalogue.ts';
export { runCluster } from './run.ts';
export { type ClusterRunsOptions, trainByWorkers } from './runs.ts';
export { type ClusterStatus, clusterStatus } from './status.ts';
export { runTrainer } from './trainer.ts';
export { runWorker } from './worker.ts';
