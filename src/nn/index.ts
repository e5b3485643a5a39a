/** @module The door of the network room: layers, networks and their parameters. */
export type { CnnRnnOptions } from './cnnRnn.ts';
export type { EfficientnetLiteOptions } from './efficientnetLite.ts';
export { chooseFeatures } from './features.ts';
export {
  activationOf,
  balancedWeights,
  buildLoss,
  type LossOptions,
  lossOptionsSchema,
  lossWeight,
} from './losses.ts';
export type { MobilenetV2Options } from './mobilenetV2.ts';
export {
  buildNetwork,
  type Network,
  type NetworkInput,
  type NetworkOptions,
  networkOptionsSchema,
} from './network.ts';
export { type OnnxNetworkOptions, onnxNetworkOptionsSchema } from './onnxNetwork.ts';
export { type PictureInput, pictureInputOf, readTrunk, type Trunk, type TrunkOptions } from './trunk.ts';
export { withWeights } from './weights.ts';
