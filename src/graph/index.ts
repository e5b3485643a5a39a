/** @module The door of the graph room: build, differentiate, emit, read back and run ONNX operators. */

export { Crew } from './crew.ts';
export { joinCrew } from './crewThread.ts';
export { type Device, type DeviceChoice, deviceChoices, devices } from './device/device.ts';
export { deviceForm } from './device/deviceForm.ts';
export { findDevice } from './device/findDevice.ts';
export type { OperatorCounts, Placement } from './device/placement.ts';
export {
  type BatchStatistics,
  type DifferentiableGraph,
  type DifferentiableOptions,
  type DropoutMask,
  differentiableForm,
} from './differentiableForm.ts';
export { differentiate } from './differentiate.ts';
export { type EmitOptions, emitModel } from './emit.ts';
export { onEngineNotice } from './engine.ts';
export { foldConstants } from './fold.ts';
export { Graph } from './graph.ts';
export { type ModelHeader, readHeader, requireBeginning } from './header.ts';
export { type LikeliestOutputs, withLikeliest } from './likeliest.ts';
export { mergeScales } from './mergeScales.ts';
export { openGraph } from './openGraph.ts';
export * as operators from './operators.ts';
export { type Partition, partitionFrozen } from './partition.ts';
export { quantizedValues, quantizeGraph, type ValueRange } from './quantize.ts';
export { observeRanges } from './ranges.ts';
export { type FileInput, type ReadModel, type ReadOptions, readInputs, readModel } from './read.ts';
export { addedWhenRead, type Edits, type Rewriting, rewrite } from './rewrite.ts';
export { inferRoles, kernelOf, layersOf } from './roles.ts';
export { differentiableOperators, knownOperators } from './rules/table.ts';
export { availableThreads, type ComputeOptions, Session, type SessionOptions } from './runtime.ts';
export { withSymbolicBatch } from './symbolicBatch.ts';
export { silenceTelemetry } from './telemetry.ts';
export * from './tensor.ts';
export {
  type Attribute,
  type Attributes,
  float,
  type Node,
  type Role,
  type TensorType,
  type Value,
} from './vocabulary.ts';
export { openWeighted, type WeightedOptions } from './weighted.ts';
