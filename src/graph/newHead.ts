/** @module The bytes of an ONNX network and a tensor in it -> the bytes of the same network, cut there, with a head of its own. */
import { fieldOf, joined, messages, rawFieldsOf, text } from './wire.ts';

/** Field numbers of onnx.proto: those of a model, a graph, a node, a tensor and an attribute. */
const model = { graph: 7, metadata: 14 };
const graph = { node: 1, initializer: 5, input: 11, output: 12 };
const node = { input: 1, output: 2, name: 3, operator: 4, attribute: 5 };
const tensor = { dims: 1, type: 2, name: 8, raw: 9 };
const float = 1;

export interface Head {
  /** The tensor that it reads, float32 `[batch, width]`. */
  readonly features: string;
  /** `[genres, width]` */
  readonly weights: Float32Array;
  /** `[genres]` */
  readonly bias: Float32Array;
  /** Of the logits, before they become probabilities, `[genres]` each. */
  readonly calibration: { readonly scale: readonly number[]; readonly bias: readonly number[] };
}

function tensorOf(name: string, values: Float32Array, dims: readonly number[]): Uint8Array {
  return joined([
    ...dims.map((dim) => fieldOf(tensor.dims, dim)),
    fieldOf(tensor.type, float),
    fieldOf(tensor.name, name),
    fieldOf(tensor.raw, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ]);
}

function nodeOf(operator: string, inputs: readonly string[], output: string, attributes: Uint8Array[] = []) {
  return joined([
    ...inputs.map((name) => fieldOf(node.input, name)),
    fieldOf(node.output, output),
    fieldOf(node.name, `head.${output}`),
    fieldOf(node.operator, operator),
    ...attributes.map((each) => fieldOf(node.attribute, each)),
  ]);
}

/** An attribute that is a whole number: its name, its value (field 3) and its type (field 20, 2 for such). */
function attributeOf(name: string, value: number): Uint8Array {
  return joined([fieldOf(1, name), fieldOf(3, value), fieldOf(20, 2)]);
}

/** float32 [batch, columns], as an output or input is declared. */
function declared(name: string, columns: number): Uint8Array {
  const shape = joined([fieldOf(1, fieldOf(2, 'batch')), fieldOf(1, fieldOf(1, columns))]);
  return joined([fieldOf(1, name), fieldOf(2, fieldOf(1, joined([fieldOf(1, float), fieldOf(2, shape)])))]);
}

/** Nodes that a tensor depends on, in order, and the names of all that they read. */
function partFor(nodes: readonly Uint8Array[], name: string): { kept: Uint8Array[]; read: Set<string> } {
  const read = new Set([name]);
  const textsOf = (each: Uint8Array, id: number): string[] =>
    messages(each, id).map((bytes) => new TextDecoder().decode(bytes));
  const kept = nodes.toReversed().filter((each) => {
    if (!textsOf(each, node.output).some((output) => read.has(output))) return false;
    for (const input of textsOf(each, node.input)) read.add(input);
    return true;
  });
  return { kept: kept.reverse(), read };
}

/**
 * A model of the same trunk: `probability` and `logit` are those of the head. Everything else of the file stays as it is,
 * its operators of 8 bits too, since nothing of it is decoded.
 *
 * @param metadata the new model's metadata_props
 * @throws {RangeError} where the bytes are no ONNX file or have no such tensor
 */
export function withHead(
  bytes: Uint8Array,
  { features, weights, bias, calibration }: Head,
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const genres = bias.length;
  const [old] = messages(bytes, model.graph);
  if (!old) throw new RangeError('it is no ONNX file');
  const { kept, read } = partFor(messages(old, graph.node), features);
  if (kept.length === 0) throw new RangeError(`it has no tensor ${features}`);
  const isKept = (each: Uint8Array): boolean => read.has(text(each, tensor.name));
  const initializers = messages(old, graph.initializer).filter(isKept);
  const own: [string, Float32Array, number[]][] = [
    ['head.weights', weights, [genres, weights.length / genres]],
    ['head.bias', bias, [genres]],
    ['head.scale', Float32Array.from(calibration.scale), [1, genres]],
    ['head.shift', Float32Array.from(calibration.bias), [1, genres]],
  ];
  const parts = [graph.node, graph.initializer, graph.output];
  const rest = [...rawFieldsOf(old)].filter(({ field }) => !parts.includes(field[0])).map(({ raw }) => raw);
  const transposed = attributeOf('transB', 1);
  const heads = [
    nodeOf('Gemm', [features, 'head.weights', 'head.bias'], 'logit', [transposed]),
    nodeOf('Mul', ['logit', 'head.scale'], 'head.scaled'),
    nodeOf('Add', ['head.scaled', 'head.shift'], 'head.shifted'),
    nodeOf('Sigmoid', ['head.shifted'], 'probability'),
  ];
  const whole = joined([
    ...rest,
    ...[...kept, ...heads].map((each) => fieldOf(graph.node, each)),
    ...initializers.map((each) => fieldOf(graph.initializer, each)),
    ...own.map(([name, values, dims]) => fieldOf(graph.initializer, tensorOf(name, values, dims))),
    ...['probability', 'logit'].map((name) => fieldOf(graph.output, declared(name, genres))),
  ]);
  const others = [...rawFieldsOf(bytes)]
    .filter(({ field }) => field[0] !== model.graph && field[0] !== model.metadata)
    .map(({ raw }) => raw);
  return joined([
    ...others,
    fieldOf(model.graph, whole),
    ...Object.entries(metadata).map(([key, value]) =>
      fieldOf(model.metadata, joined([fieldOf(1, key), fieldOf(2, value)])),
    ),
  ]);
}

/**
 * The same model with one more output, float32 `[batch, width]`.
 *
 * @throws {RangeError} where the bytes are no ONNX file
 */
export function withOutput(bytes: Uint8Array, name: string, width: number): Uint8Array<ArrayBuffer> {
  return joined(
    [...rawFieldsOf(bytes)].map(({ field: [id, value], raw }) =>
      id === model.graph && value instanceof Uint8Array
        ? fieldOf(id, joined([value, fieldOf(graph.output, declared(name, width))]))
        : raw,
    ),
  );
}
