/** @module The door of the graph room: build, differentiate, emit, read back and run ONNX operators. */
export { differentiableOperators, differentiate } from './differentiate.ts';
export { type EmitOptions, emitModel, opsetVersion } from './emit.ts';
export { foldConstants } from './fold.ts';
export {
  type Attribute,
  type Attributes,
  float,
  Graph,
  type Node,
  type TensorType,
  type Value,
} from './graph.ts';
export { type ModelHeader, readHeader } from './header.ts';
export { isKnownOperator, knownOperators } from './infer.ts';
export * as operators from './operators.ts';
export { type Partition, partitionFrozen } from './partition.ts';
export { quantizedValues, quantizeGraph, type ValueRange } from './quantize.ts';
export { observeRanges } from './ranges.ts';
export { type FileInput, type ReadModel, type ReadOptions, readInputs, readModel } from './read.ts';
export {
  type BatchStatistics,
  type DifferentiableGraph,
  type DropoutMask,
  differentiableForm,
  type RewriteOptions,
} from './rewrite.ts';
export { Session, type SessionOptions } from './runtime.ts';
export { withSymbolicBatch } from './symbolicBatch.ts';
export * from './tensor.ts';
