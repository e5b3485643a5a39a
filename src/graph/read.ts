/** @module The bytes of an ONNX model -> a graph that can be run, emitted again and differentiated. */
import { onesheetError } from '../errors.ts';
import {
  attributeOf,
  decodeModel,
  type ModelMessage,
  type NodeMessage,
  numberOf,
  type Refuse,
  tensorOf,
  type ValueMessage,
} from './decode.ts';
import { Graph } from './graph.ts';
import { isReplaced, normalizeNode, readableOpsets } from './opset.ts';
import { inferRoles } from './roles.ts';
import { ruleOf } from './rules/table.ts';
import {
  type DataType,
  type Dim,
  dataTypeOfCode,
  float32,
  formatShape,
  int64,
  type Shape,
  type Tensor,
} from './tensor.ts';
import type { Attribute, Attributes, Node } from './vocabulary.ts';

export interface ReadOptions {
  /** The model's name for messages, such as its path. @default 'the model' */
  readonly source?: string;
  /** Shapes for inputs whose dimensions the file leaves open, or which are to be fixed. */
  readonly inputShapes?: Readonly<Record<string, Shape>>;
}

export interface ReadModel {
  /** Written in onesheet's operator set, whatever the file's was. */
  readonly graph: Graph;
  /** metadata_props of the model. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Version of the file's operator set. */
  readonly opset: number;
}

function opsetOf(model: ModelMessage, refuse: Refuse): number {
  const own = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx');
  if (!own) return refuse("it does not use ONNX's own operators");
  const version = numberOf(own.version);
  const { oldest, newest } = readableOpsets;
  return version >= oldest && version <= newest
    ? version
    : refuse(
        `it needs operator set ${version}, but ${oldest} to ${newest} are known: export it with opset_version=${version < oldest ? oldest : newest}`,
      );
}

/** A multiple of one symbol is a dimension; other arithmetic is not. */
function symbolOf(name: string): Dim | undefined {
  return !name.includes('*') || /^[1-9][0-9]*\*[^*]+$/.test(name) ? name : undefined;
}

function shapeOfInput(message: ValueMessage, override: Shape | undefined, refuse: Refuse): Shape {
  const given = message.type?.tensorType?.shape;
  if (override) {
    const fits = !given || given.dim.length === override.length;
    return fits
      ? override
      : refuse(`input ${message.name} has ${given.dim.length} dimensions, not ${formatShape(override)}`);
  }
  if (!given) return refuse(`input ${message.name} has no shape: give it through inputShapes`);
  return given.dim.map((dim, axis): Dim => {
    const size = numberOf(dim.dimValue);
    if (size < 0) refuse(`input ${message.name} has the negative dimension ${size}`);
    if (size > 0) return size;
    const symbol = dim.dimParam === '' ? undefined : symbolOf(dim.dimParam);
    if (symbol !== undefined) return symbol;
    if (axis === 0 && dim.dimParam === '') return 'batch';
    return refuse(
      `dimension ${axis} of input ${message.name} is ${dim.dimParam || 'not known'}: give its shape through inputShapes`,
    );
  });
}

function declareInputs(graph: Graph, model: ModelMessage, options: ReadOptions, refuse: Refuse): void {
  const names = new Set(model.graph.input.map((input) => input.name));
  for (const name of Object.keys(options.inputShapes ?? {}))
    if (!names.has(name)) throw onesheetError('GRAPH_VALUE', name);
  for (const message of model.graph.input) {
    // Before IR version 4, initializers were listed as inputs too.
    if (graph.initializers.has(message.name)) continue;
    if (graph.values.has(message.name)) refuse(`two inputs are named ${message.name}`);
    const code = message.type?.tensorType?.elemType ?? refuse(`input ${message.name} is not a tensor`);
    const dtype =
      dataTypeOfCode(code) ?? refuse(`input ${message.name} has the unknown element type ${code}`);
    graph.input(message.name, dtype, shapeOfInput(message, options.inputShapes?.[message.name], refuse));
  }
}

/** The value of a Constant node, in any of its forms. */
function constantTensor(attributes: Attributes): Tensor | undefined {
  const [form, attribute] = Object.entries(attributes)[0] ?? [];
  if (attribute?.type === 'tensor') return attribute.value;
  if (form === 'value_float' && attribute?.type === 'float') return float32([attribute.value], []);
  if (form === 'value_floats' && attribute?.type === 'floats') return float32(attribute.value);
  if (form === 'value_int' && attribute?.type === 'int') return int64([attribute.value], []);
  if (form === 'value_ints' && attribute?.type === 'ints') return int64(attribute.value);
  return undefined;
}

/** Why a node reads a value that is not there yet. */
function whyMissing(nodes: readonly NodeMessage[], reader: number, name: string): string {
  const producers = new Map(nodes.flatMap((node, i) => node.output.map((output) => [output, i] as const)));
  const start = producers.get(name);
  if (start === undefined) return 'which nothing computes';
  const pending = [start];
  const seen = new Set(pending);
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node === reader) return 'which depends on its own output';
    for (const input of nodes[node]!.input) {
      const producer = producers.get(input);
      if (producer === undefined || seen.has(producer)) continue;
      seen.add(producer);
      pending.push(producer);
    }
  }
  return 'which is computed only later';
}

/** Names of the values that a node or the caller reads. */
function valuesRead(model: ModelMessage): Set<string> {
  const { node, output } = model.graph;
  return new Set([...node.flatMap((each) => each.input), ...output.map((each) => each.name)]);
}

/** Outputs at the end that nothing reads, such as the mask of a Dropout, are left out. */
function outputsRead(outputs: readonly string[], read: ReadonlySet<string>): readonly string[] {
  const last = outputs.findLastIndex((output) => output !== '' && read.has(output));
  return outputs.slice(0, Math.max(last, 0) + 1);
}

function addNodes(graph: Graph, model: ModelMessage, opset: number, refuse: Refuse): void {
  const read = valuesRead(model);
  model.graph.node.forEach((message, at) => {
    const name = message.name || message.output.find((output) => output !== '') || `node ${at}`;
    const domain = message.domain === 'ai.onnx' ? '' : message.domain;
    if (domain !== '' || !(ruleOf(message.opType) || isReplaced(message.opType))) {
      const op = domain === '' ? message.opType : `${domain}.${message.opType}`;
      throw onesheetError('GRAPH_OPERATOR', op, name, 'the operator set');
    }
    for (const output of message.output)
      if (graph.values.has(output)) refuse(`two values are named ${output}`);
    for (const input of message.input) {
      if (input !== '' && !graph.values.has(input))
        refuse(`node ${name} reads ${input}, ${whyMissing(model.graph.node, at, input)}`);
    }
    const attributes: Attributes = Object.fromEntries(
      message.attribute.map((each): [string, Attribute] => [each.name, attributeOf(each, name, refuse)]),
    );
    if (message.opType === 'Constant') {
      const tensor =
        constantTensor(attributes) ?? refuse(`node ${name} holds a constant that is not a tensor`);
      graph.initializer(message.output[0] || refuse(`node ${name} has no output`), tensor);
      return;
    }
    const outputs = message.opType === 'Split' ? message.output : outputsRead(message.output, read);
    const node: Node = { name, op: message.opType, domain, inputs: message.input, outputs, attributes };
    graph.addNode(normalizeNode(graph, node, opset));
  });
}

/** An input as the file declares it. */
export interface FileInput {
  readonly name: string;
  readonly dtype: DataType;
  /** `undefined` for a dimension that the file leaves open, or for a shape that it does not give. */
  readonly shape: readonly (number | undefined)[] | undefined;
}

/**
 * The inputs of an ONNX model, without those that have a default.
 *
 * @throws {OnesheetError} MODEL_TOO_LARGE or MODEL_UNREADABLE
 */
export function readInputs(bytes: Uint8Array, source: string): FileInput[] {
  const refuse: Refuse = (reason) => {
    throw onesheetError('MODEL_UNREADABLE', source, reason);
  };
  const { graph } = decodeModel(bytes, source, refuse);
  const given = new Set(graph.initializer.map(({ name }) => name));
  return graph.input
    .filter(({ name }) => !given.has(name))
    .map(({ name, type }) => {
      const code = type?.tensorType?.elemType ?? refuse(`input ${name} is not a tensor`);
      const dtype = dataTypeOfCode(code) ?? refuse(`input ${name} has the unknown element type ${code}`);
      const shape = type?.tensorType?.shape?.dim.map(({ dimValue }) => {
        const size = numberOf(dimValue);
        return size > 0 ? size : undefined;
      });
      return { name, dtype, shape };
    });
}

/**
 * Reads an ONNX model of operator set 7 to 22 back into a graph.
 *
 * Dimensions keep their names; an open first dimension becomes `batch`. Constant nodes become initializers, and
 * operators are rewritten as in the operator set that {@link emitModel} writes. What its weights are to training is
 * inferred by {@link inferRoles}. Nothing is believed: every
 * tensor's data is compared with its dimensions, every node's inputs with its operator.
 *
 * @throws {OnesheetError} MODEL_TOO_LARGE above 2 GB; MODEL_UNREADABLE for what is no ONNX file, for damaged
 * tensors, external data, open dimensions and nodes that are not in order; GRAPH_OPERATOR, with its node, for an
 * operator that is not supported, control flow among them; GRAPH_SHAPE where inputs do not fit an operator
 */
export function readModel(bytes: Uint8Array, options: ReadOptions = {}): ReadModel {
  const { source = 'the model' } = options;
  const refuse: Refuse = (reason) => {
    throw onesheetError('MODEL_UNREADABLE', source, reason);
  };
  const model = decodeModel(bytes, source, refuse);
  const { node, initializer, sparseInitializer, output } = model.graph;
  const opset = opsetOf(model, refuse);
  if (sparseInitializer.length > 0) refuse('it holds sparse tensors');
  if (output.length === 0) refuse('it has no outputs');

  const graph = new Graph(node.flatMap((each) => each.output));
  for (const message of initializer) {
    if (message.name === '') refuse('an initializer has no name');
    if (graph.values.has(message.name)) refuse(`two initializers are named ${message.name}`);
    graph.initializer(message.name, tensorOf(message, `initializer ${message.name}`, refuse));
  }
  declareInputs(graph, model, options, refuse);
  addNodes(graph, model, opset, refuse);
  for (const { name } of output) {
    if (graph.outputs.has(name)) refuse(`two outputs are named ${name}`);
    graph.output(name, graph.values.get(name) ?? refuse(`output ${name} is computed by nothing`));
  }
  inferRoles(graph);
  const metadata = Object.fromEntries(model.metadataProps.map(({ key, value }) => [key, value]));
  return { graph, metadata, opset };
}
