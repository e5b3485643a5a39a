/** @module Nodes, tensors and an operator set -> the bytes of an ONNX file, whether sound or not. */
import { OnesheetError } from '../../src/errors.ts';
import { type ReadOptions, readModel } from '../../src/graph/index.ts';
import { modelMessage } from '../../src/graph/schema.ts';

/** A tensor, value or node as protobuf takes it. */
type Message = Readonly<Record<string, unknown>>;

export interface FileModel {
  readonly nodes: readonly Message[];
  readonly inputs: readonly Message[];
  readonly outputs: readonly Message[];
  readonly initializers?: readonly Message[];
  readonly sparseInitializers?: readonly Uint8Array[];
  /** @default 18 */
  readonly opset?: number;
  /** Domain of the operator set. @default '' */
  readonly domain?: string;
  /** @default 8 */
  readonly irVersion?: number;
}

export function encode(model: FileModel): Uint8Array {
  const { nodes, inputs, outputs, initializers = [], sparseInitializers = [] } = model;
  const message = modelMessage().fromObject({
    irVersion: model.irVersion ?? 8,
    opsetImport: [{ domain: model.domain ?? '', version: model.opset ?? 18 }],
    graph: {
      name: 'test',
      node: nodes,
      initializer: initializers,
      sparseInitializer: sparseInitializers,
      input: inputs,
      output: outputs,
    },
  });
  return modelMessage().encode(message).finish();
}

/** A float32 value; an undefined dimension is open, and so is an undefined shape. */
export function input(
  name: string,
  shape: readonly (number | string | undefined)[] | undefined,
  elemType = 1,
): Message {
  const dim = shape?.map((size) =>
    size === undefined ? {} : typeof size === 'string' ? { dimParam: size } : { dimValue: size },
  );
  return { name, type: { tensorType: dim ? { elemType, shape: { dim } } : { elemType } } };
}

export function floats(name: string, dims: readonly number[], floatData: readonly number[]): Message {
  return { name, dims, dataType: 1, floatData };
}

export function integers(name: string, int64Data: readonly number[]): Message {
  return { name, dims: [int64Data.length], dataType: 7, int64Data };
}

/** Wraps a float attribute, as a plain number is an integer. */
export function f(value: number): Message {
  return { type: 1, f: value };
}

function attribute(name: string, value: unknown): Message {
  if (typeof value === 'number') return { name, type: 2, i: value };
  if (typeof value === 'string') return { name, type: 3, s: Buffer.from(value) };
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  return { name, ...(value as object) };
}

export function node(
  opType: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: Readonly<Record<string, unknown>> = {},
  name = '',
): Message {
  return {
    opType,
    name,
    input: inputs,
    output: outputs,
    attribute: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
  };
}

/** A file with one node, Relu, that individual tests damage. */
export const plain: FileModel = {
  nodes: [node('Relu', ['x'], ['y'])],
  inputs: [input('x', ['batch', 3])],
  outputs: [input('y', ['batch', 3])],
};

/** The message of the coded error with which reading fails. */
export function failureOf(bytes: Uint8Array, options?: ReadOptions): string {
  try {
    readModel(bytes, options);
  } catch (error) {
    if (error instanceof OnesheetError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'nothing failed';
}

export function failureOfModel(changes: Partial<FileModel>, options?: ReadOptions): string {
  return failureOf(encode({ ...plain, ...changes }), options);
}
