/** @module The bytes of an ONNX file -> its messages, with tensors and attributes checked against what they claim. */
import { onesheetError } from '../errors.ts';
import { attributeTypeCodes, modelMessage } from './schema.ts';
import { type DataType, dataTypeOfCode, elementTypes, formatShape, type Tensor } from './tensor.ts';
import type { Attribute } from './vocabulary.ts';

/** Protobuf's limit for one message. */
const maximumBytes = 2 ** 31 - 1;

/** An int64 as protobufjs gives it. */
export type Int64 = number | { toNumber(): number; toString(): string };

interface TensorMessage {
  readonly name: string;
  readonly dims: readonly Int64[];
  readonly dataType: number;
  readonly floatData: readonly number[];
  readonly int32Data: readonly number[];
  readonly int64Data: readonly Int64[];
  readonly doubleData: readonly number[];
  readonly rawData: Uint8Array;
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
  readonly dataLocation: number;
}

export interface AttributeMessage {
  readonly name: string;
  readonly type: number;
  readonly f: number;
  readonly i: Int64;
  readonly s: Uint8Array;
  readonly t: TensorMessage | null;
  readonly floats: readonly number[];
  readonly ints: readonly Int64[];
  readonly strings: readonly Uint8Array[];
}

export interface NodeMessage {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly attribute: readonly AttributeMessage[];
}

export interface ValueMessage {
  readonly name: string;
  readonly type: {
    readonly tensorType: {
      readonly elemType: number;
      readonly shape: {
        readonly dim: readonly { readonly dimValue: Int64; readonly dimParam: string }[];
      } | null;
    } | null;
  } | null;
}

export interface ModelMessage {
  readonly opsetImport: readonly { readonly domain: string; readonly version: Int64 }[];
  readonly metadataProps: readonly { readonly key: string; readonly value: string }[];
  readonly graph: {
    readonly node: readonly NodeMessage[];
    readonly initializer: readonly TensorMessage[];
    readonly sparseInitializer: readonly Uint8Array[];
    readonly input: readonly ValueMessage[];
    readonly output: readonly ValueMessage[];
  };
}

/** Throws MODEL_UNREADABLE with a reason that completes "... is not an ONNX model that onesheet can read: ". */
export type Refuse = (reason: string) => never;

export function numberOf(value: Int64): number {
  return typeof value === 'number' ? value : value.toNumber();
}

function bigIntOf(value: Int64): bigint {
  return BigInt(typeof value === 'number' ? value : value.toString());
}

/** @throws {OnesheetError} MODEL_TOO_LARGE or MODEL_UNREADABLE */
export function decodeModel(bytes: Uint8Array, source: string, refuse: Refuse): ModelMessage {
  if (bytes.length > maximumBytes) throw onesheetError('MODEL_TOO_LARGE', source, bytes.length);
  let model: { readonly graph: object | null; readonly opsetImport: readonly object[] };
  try {
    model = modelMessage().decode(bytes) as unknown as typeof model;
  } catch (error) {
    return refuse(`it is not an ONNX file (${(error as Error).message})`);
  }
  if (!model.graph || model.opsetImport.length === 0)
    refuse('it is not an ONNX file (no graph or no operator set)');
  return model as unknown as ModelMessage;
}

/** The numbers of a tensor that does not hold raw bytes. */
function typedData(message: TensorMessage, dtype: DataType): readonly Int64[] {
  if (dtype === 'float32') return message.floatData;
  if (dtype === 'float64') return message.doubleData;
  return dtype === 'int64' ? message.int64Data : message.int32Data;
}

/** Nothing is allocated before the data is known to be as long as the dimensions say. */
export function tensorOf(message: TensorMessage, what: string, refuse: Refuse): Tensor {
  if (message.dataLocation === 1 || message.externalData.length > 0) {
    const location = message.externalData.find((entry) => entry.key === 'location')?.value ?? 'elsewhere';
    return refuse(
      `the data of ${what} is in another file (${location}), but onesheet reads single files: save it without external data`,
    );
  }
  const dtype =
    dataTypeOfCode(message.dataType) ??
    refuse(`${what} has the element type ${message.dataType}, which onesheet does not know`);
  const shape = message.dims.map(numberOf);
  const type = `${dtype}${formatShape(shape)}`;
  if (shape.some((dim) => dim < 0)) refuse(`${what} has a negative dimension: ${type}`);
  const count = shape.reduce((product, dim) => product * dim, 1);
  const { array, bytes } = elementTypes[dtype];
  if (message.rawData.length > 0) {
    if (message.rawData.length !== count * bytes)
      refuse(`${what} is ${type} but holds ${message.rawData.length} bytes`);
    return { dtype, shape, data: new array(Uint8Array.from(message.rawData).buffer) };
  }
  const values = typedData(message, dtype);
  if (values.length !== count) refuse(`${what} is ${type} but holds ${values.length} elements`);
  const data = new array(new ArrayBuffer(count * bytes));
  if (data instanceof BigInt64Array) data.set(values.map(bigIntOf));
  else data.set(values as readonly number[]);
  return { dtype, shape, data };
}

const textDecoder = new TextDecoder();

/** protobufjs stands for missing bytes with an empty list. */
function textOf(bytes: Uint8Array | readonly never[]): string {
  return textDecoder.decode(Uint8Array.from(bytes));
}

/** Attributes of files older than IR version 3 do not tell their type. */
function typeOf(message: AttributeMessage): number {
  if (message.type !== 0) return message.type;
  const found = (
    [
      ['f', 'float'],
      ['i', 'int'],
      ['s', 'string'],
      ['t', 'tensor'],
      ['floats', 'floats'],
      ['ints', 'ints'],
      ['strings', 'strings'],
    ] as const
  ).find(([field]) => Object.hasOwn(message, field));
  return found ? attributeTypeCodes[found[1]] : 0;
}

export function attributeOf(message: AttributeMessage, node: string, refuse: Refuse): Attribute {
  const what = `attribute ${message.name} of node ${node}`;
  switch (typeOf(message)) {
    case attributeTypeCodes.float:
      return { type: 'float', value: message.f };
    case attributeTypeCodes.int:
      return { type: 'int', value: numberOf(message.i) };
    case attributeTypeCodes.string:
      return { type: 'string', value: textOf(message.s) };
    case attributeTypeCodes.tensor:
      return { type: 'tensor', value: tensorOf(message.t ?? refuse(`${what} is empty`), what, refuse) };
    case attributeTypeCodes.floats:
      return { type: 'floats', value: message.floats };
    case attributeTypeCodes.ints:
      return { type: 'ints', value: message.ints.map(numberOf) };
    case attributeTypeCodes.strings:
      return { type: 'strings', value: message.strings.map(textOf) };
    default:
      return refuse(`${what} is a subgraph or has an unknown type`);
  }
}
