/** @module The messages of onnx.proto that onesheet reads and writes, as a protobuf reflection schema. */
import { createRequire } from 'node:module';
import type protobuf from 'protobufjs';

type Field = readonly [id: number, type: string, repeated?: 'repeated'];

function message(fields: Readonly<Record<string, Field>>): protobuf.IType {
  return {
    fields: Object.fromEntries(
      Object.entries(fields).map(([name, [id, type, rule]]) => [
        name,
        rule ? { id, type, rule } : { id, type },
      ]),
    ),
  };
}

/**
 * Field numbers of onnx.proto, IR version 8 and later (github.com/onnx/onnx). What onesheet only detects, such as
 * subgraphs, stays undecoded bytes.
 */
const nested = {
  Entry: message({ key: [1, 'string'], value: [2, 'string'] }),
  OperatorSet: message({ domain: [1, 'string'], version: [2, 'int64'] }),
  Tensor: message({
    dims: [1, 'int64', 'repeated'],
    dataType: [2, 'int32'],
    floatData: [4, 'float', 'repeated'],
    int32Data: [5, 'int32', 'repeated'],
    int64Data: [7, 'int64', 'repeated'],
    name: [8, 'string'],
    rawData: [9, 'bytes'],
    doubleData: [10, 'double', 'repeated'],
    externalData: [13, 'Entry', 'repeated'],
    dataLocation: [14, 'int32'],
  }),
  Dimension: message({ dimValue: [1, 'int64'], dimParam: [2, 'string'] }),
  TensorShape: message({ dim: [1, 'Dimension', 'repeated'] }),
  TensorType: message({ elemType: [1, 'int32'], shape: [2, 'TensorShape'] }),
  Type: message({ tensorType: [1, 'TensorType'] }),
  ValueInfo: message({ name: [1, 'string'], type: [2, 'Type'] }),
  Attribute: message({
    name: [1, 'string'],
    f: [2, 'float'],
    i: [3, 'int64'],
    s: [4, 'bytes'],
    t: [5, 'Tensor'],
    floats: [7, 'float', 'repeated'],
    ints: [8, 'int64', 'repeated'],
    strings: [9, 'bytes', 'repeated'],
    g: [6, 'bytes'],
    type: [20, 'int32'],
  }),
  Node: message({
    input: [1, 'string', 'repeated'],
    output: [2, 'string', 'repeated'],
    name: [3, 'string'],
    opType: [4, 'string'],
    attribute: [5, 'Attribute', 'repeated'],
    domain: [7, 'string'],
  }),
  Graph: message({
    node: [1, 'Node', 'repeated'],
    name: [2, 'string'],
    initializer: [5, 'Tensor', 'repeated'],
    input: [11, 'ValueInfo', 'repeated'],
    output: [12, 'ValueInfo', 'repeated'],
    sparseInitializer: [15, 'bytes', 'repeated'],
  }),
  Model: message({
    irVersion: [1, 'int64'],
    producerName: [2, 'string'],
    producerVersion: [3, 'string'],
    graph: [7, 'Graph'],
    opsetImport: [8, 'OperatorSet', 'repeated'],
    metadataProps: [14, 'Entry', 'repeated'],
  }),
};

let modelType: protobuf.Type | undefined;

/** The type of a whole model. protobufjs is loaded here, since a prediction does without it. */
export function modelMessage(): protobuf.Type {
  if (modelType === undefined) {
    const { Root } = createRequire(import.meta.url)('protobufjs') as typeof protobuf;
    modelType = Root.fromJSON({ nested }).lookupType('Model');
  }
  return modelType;
}

/** AttributeProto.AttributeType. */
export const attributeTypeCodes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  floats: 6,
  ints: 7,
  strings: 8,
} as const;
