/** @module The door of the network room: layers, networks and their parameters. */
export { type CnnRnnOptions, cnnRnnOptionsSchema } from './cnnRnn.ts';
export {
  buildNetwork,
  type Network,
  type NetworkInput,
  type NetworkOptions,
  networkOptionsSchema,
  parametersOf,
  statisticsOf,
  withWeights,
} from './network.ts';
