/** @module The bytes of an ONNX file -> the same computation with fewer passes over its maps, for networks of convolutions. */
import { onesheetError } from '../errors.ts';
import { decodeModel, type ModelMessage, type NodeMessage, numberOf, tensorOf } from './decode.ts';
import { attributeTypeCodes, modelMessage } from './schema.ts';
import { float32, type Tensor } from './tensor.ts';

/** A node in the making. */
interface Step {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly message: NodeMessage | undefined;
  readonly attribute: readonly object[];
}

type Floats = Tensor & { readonly data: Float32Array };

/** A graph as steps, each of which can be replaced or left out, and the constants that they read. */
class Steps {
  readonly #steps: (Step | undefined)[];
  readonly #constants = new Map<string, Tensor>();
  readonly #fresh = new Map<string, Floats>();
  readonly #outputs: ReadonlySet<string>;
  readonly #readers = new Map<string, Set<number>>();

  constructor({ graph }: ModelMessage, source: string) {
    const refuse = (reason: string): never => {
      throw onesheetError('MODEL_UNREADABLE', source, reason);
    };
    this.#outputs = new Set(graph.output.map(({ name }) => name));
    for (const tensor of graph.initializer)
      this.#constants.set(tensor.name, tensorOf(tensor, tensor.name, refuse));
    for (const { opType, attribute, output } of graph.node) {
      const value = opType === 'Constant' ? attribute.find(({ name }) => name === 'value')?.t : undefined;
      if (value) this.#constants.set(output[0]!, tensorOf(value, output[0]!, refuse));
    }
    this.#steps = new Array(graph.node.length);
    graph.node.forEach((message, place) => this.set(place, { ...partsOf(message), message }));
  }

  get places(): number {
    return this.#steps.length;
  }

  at(place: number): Step | undefined {
    return this.#steps[place];
  }

  set(place: number, step: Step | undefined): void {
    for (const value of this.#steps[place]?.input ?? []) this.#readers.get(value)?.delete(place);
    this.#steps[place] = step;
    for (const value of step?.input ?? []) {
      const readers = this.#readers.get(value) ?? new Set();
      this.#readers.set(value, readers.add(place));
    }
  }

  /** Places of the steps that read a value. */
  readersOf(value: string): readonly number[] {
    return [...(this.#readers.get(value) ?? [])];
  }

  /** The only reader of a value that is no output of the graph. */
  onlyReader(value: string): { readonly place: number; readonly step: Step } | undefined {
    const readers = this.readersOf(value);
    if (readers.length !== 1 || this.#outputs.has(value)) return undefined;
    return { place: readers[0]!, step: this.#steps[readers[0]!]! };
  }

  /** A constant that only one step reads. */
  ownFloats(name: string | undefined): Floats | undefined {
    const tensor = name === undefined ? undefined : (this.#fresh.get(name) ?? this.#constants.get(name));
    const isOwn = tensor?.data instanceof Float32Array && this.readersOf(name!).length === 1;
    return isOwn ? (tensor as Floats) : undefined;
  }

  number(name: string | undefined): number | undefined {
    const tensor = name === undefined ? undefined : (this.#fresh.get(name) ?? this.#constants.get(name));
    // One of more dimensions would give its own to the result.
    const isNumber =
      tensor?.data instanceof Float32Array && tensor.data.length === 1 && tensor.shape.length < 2;
    return isNumber ? (tensor.data[0] as number) : undefined;
  }

  /** Of a step of two inputs, the number that it applies to a value. */
  numberBeside(step: Step, value: string): number | undefined {
    return this.number(step.input[0] === value ? step.input[1] : step.input[0]);
  }

  add(tensor: Floats): string {
    const name = `onesheet.${this.#fresh.size}`;
    this.#fresh.set(name, tensor);
    return name;
  }

  nodes(): object[] {
    const fresh = [...this.#fresh].filter(([name]) => this.readersOf(name).length > 0);
    const constants = fresh.map(([name, { shape, data }]) => ({
      name,
      opType: 'Constant',
      output: [name],
      attribute: [
        {
          name: 'value',
          type: attributeTypeCodes.tensor,
          t: { name, dims: shape, dataType: 1, rawData: new Uint8Array(data.buffer) },
        },
      ],
    }));
    const steps = this.#steps
      .filter((step) => step !== undefined)
      .filter(({ opType, output }) => opType !== 'Constant' || this.readersOf(output[0]!).length > 0)
      .map(({ message, ...step }) => ({ ...message, ...step, name: message?.name ?? step.output[0] }));
    return [...constants, ...steps];
  }
}

function partsOf({ opType, input, output, attribute }: NodeMessage): Omit<Step, 'message'> {
  return { opType, input, output, attribute };
}

const isClose = (value: number | undefined, wanted: number): boolean =>
  value !== undefined && Math.abs(value - wanted) < 1e-6;

function attributeOf(step: Step, name: string) {
  return step.message?.attribute.find((each) => each.name === name);
}

/** Weights and bias of a convolution, if nothing else reads them. */
function filtersOf(
  steps: Steps,
  step: Step,
): { readonly weights: Floats; readonly bias: Float32Array } | undefined {
  if (step.opType !== 'Conv') return undefined;
  const weights = steps.ownFloats(step.input[1]);
  if (!weights) return undefined;
  const channels = weights.shape[0] as number;
  if (step.input.length < 3) return { weights, bias: new Float32Array(channels) };
  const bias = steps.ownFloats(step.input[2]);
  return bias && { weights, bias: bias.data };
}

function withFilters(
  steps: Steps,
  place: number,
  weights: Floats,
  bias: Float32Array,
  output?: string,
): void {
  const step = steps.at(place)!;
  const own = [steps.add(weights), steps.add(float32(bias) as Floats)];
  steps.set(place, {
    ...step,
    input: [step.input[0]!, ...own],
    output: output === undefined ? step.output : [output],
  });
}

/** What one number multiplies a convolution's result by, or adds to it, goes into the weights and the bias. */
function mergeAfter(steps: Steps, place: number): boolean {
  const step = steps.at(place);
  const filters = step && filtersOf(steps, step);
  const next = filters && steps.onlyReader(step.output[0]!);
  if (!next || (next.step.opType !== 'Mul' && next.step.opType !== 'Add')) return false;
  const number = steps.numberBeside(next.step, step.output[0]!);
  if (number === undefined) return false;
  const isScale = next.step.opType === 'Mul';
  const { weights, bias } = filters;
  const scaled = isScale ? weights.data.map((value) => value * number) : weights.data;
  const shifted = bias.map((value) => (isScale ? value * number : value + number));
  withFilters(
    steps,
    place,
    float32(scaled, weights.shape as number[]) as Floats,
    shifted,
    next.step.output[0]!,
  );
  steps.set(next.place, undefined);
  return true;
}

/** x clip(x + 3, 0, 6) / 6 is x times a hard sigmoid: two passes instead of four. */
function mergeHardSwish(steps: Steps, place: number): boolean {
  const add = steps.at(place);
  if (add?.opType !== 'Add') return false;
  const from = add.input.find((name) => steps.number(name) === undefined);
  if (from === undefined || !isClose(steps.numberBeside(add, from), 3)) return false;
  const clip = steps.onlyReader(add.output[0]!);
  if (clip?.step.opType !== 'Clip') return false;
  const bound = (name: string, input: number): number | undefined =>
    attributeOf(clip.step, name)?.f ?? steps.number(clip.step.input[input]);
  if (!isClose(bound('min', 1), 0) || !isClose(bound('max', 2), 6)) return false;
  const product = steps.onlyReader(clip.step.output[0]!);
  if (product?.step.opType !== 'Mul' || !product.step.input.includes(from)) return false;
  const quotient = steps.onlyReader(product.step.output[0]!);
  if (quotient?.step.opType !== 'Div' || !isClose(steps.number(quotient.step.input[1]), 6)) return false;
  const attribute = [
    { name: 'alpha', type: attributeTypeCodes.float, f: 1 / 6 },
    { name: 'beta', type: attributeTypeCodes.float, f: 0.5 },
  ];
  const gate = clip.step.output[0]!;
  const fresh = { message: undefined };
  steps.set(place, undefined);
  steps.set(clip.place, { ...fresh, opType: 'HardSigmoid', input: [from], output: [gate], attribute });
  steps.set(product.place, { ...product.step, input: [from, gate], output: quotient.step.output });
  steps.set(quotient.place, undefined);
  return true;
}

/** s v + b, read by convolutions only, is v + b / s with s in their weights; without padding the rest is their bias. */
function mergeBefore(steps: Steps, place: number): boolean {
  const scale = steps.at(place);
  if (scale?.opType !== 'Mul') return false;
  const from = scale.input.find((name) => steps.number(name) === undefined);
  const factor = from === undefined ? undefined : steps.numberBeside(scale, from);
  const shift = steps.onlyReader(scale.output[0]!);
  if (from === undefined || factor === undefined || factor === 0 || shift?.step.opType !== 'Add')
    return false;
  const summand = steps.numberBeside(shift.step, scale.output[0]!);
  const readers = steps.readersOf(shift.step.output[0]!);
  const filters = readers.map((each) => filtersOf(steps, steps.at(each)!));
  if (summand === undefined || readers.length === 0 || filters.includes(undefined)) return false;
  const rest = summand / factor;
  const isPadded = readers.some((each) =>
    (attributeOf(steps.at(each)!, 'pads')?.ints ?? []).some((pad) => numberOf(pad) !== 0),
  );
  readers.forEach((each, i) => {
    const { weights, bias } = filters[i]!;
    const scaled = weights.data.map((value) => value * factor);
    const ofChannel = scaled.length / bias.length;
    const shifted = bias.map((value, channel) => {
      const own = scaled.subarray(channel * ofChannel, (channel + 1) * ofChannel);
      return isPadded ? value : value + rest * own.reduce((sum, weight) => sum + weight, 0);
    });
    withFilters(steps, each, float32(scaled, weights.shape as number[]) as Floats, shifted);
    if (isPadded) return;
    const reader = steps.at(each)!;
    steps.set(each, { ...reader, input: [from, ...reader.input.slice(1)] });
  });
  const constant = isPadded ? steps.add(float32([rest]) as Floats) : '';
  steps.set(place, undefined);
  steps.set(shift.place, isPadded ? { ...shift.step, input: [from, constant] } : undefined);
  return true;
}

/**
 * Numbers that scale and shift the results of convolutions go into their weights, and hard swishes that were written
 * out become hard sigmoids: as PaddlePaddle's networks are exported, half of their time is such passes. Results differ
 * by rounding only. A file without them comes back as it means the same.
 *
 * @param source its name for messages
 * @throws {OnesheetError} MODEL_TOO_LARGE or MODEL_UNREADABLE
 */
export function mergeScales(bytes: Uint8Array, source: string): Uint8Array {
  const model = decodeModel(bytes, source, (reason) => {
    throw onesheetError('MODEL_UNREADABLE', source, reason);
  });
  const steps = new Steps(model, source);
  for (const merge of [mergeAfter, mergeHardSwish, mergeBefore])
    for (let place = 0; place < steps.places; place++) while (merge(steps, place));
  return modelMessage()
    .encode({ ...model, graph: { ...model.graph, node: steps.nodes() } })
    .finish();
}
