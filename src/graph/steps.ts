/** @module The message of an ONNX file -> its nodes as steps that can be replaced, left out and joined, and their constants. */
import { onesheetError } from '../errors.ts';
import { type ModelMessage, type NodeMessage, tensorOf } from './decode.ts';
import { attributeTypeCodes } from './schema.ts';
import { float32, type Tensor } from './tensor.ts';

/** A node in the making. */
export interface Step {
  readonly opType: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly message: NodeMessage | undefined;
  readonly attribute: readonly object[];
}

export type Floats = Tensor & { readonly data: Float32Array };

/** A graph as steps, each of which can be replaced or left out, and the constants that they read. */
export class Steps {
  readonly #steps: (Step | undefined)[];
  readonly #constants = new Map<string, Tensor>();
  readonly #fresh = new Map<string, Floats>();
  readonly #outputs: ReadonlySet<string>;
  readonly #readers = new Map<string, Set<number>>();
  readonly #writers = new Map<string, number>();

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
    for (const value of step?.output ?? []) this.#writers.set(value, place);
  }

  /** The step whose result a value is. */
  writerOf(value: string): { readonly place: number; readonly step: Step } | undefined {
    const place = this.#writers.get(value);
    const step = place === undefined ? undefined : this.#steps[place];
    return step && { place: place!, step };
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

  floats(name: string | undefined): Floats | undefined {
    const tensor = name === undefined ? undefined : (this.#fresh.get(name) ?? this.#constants.get(name));
    return tensor?.data instanceof Float32Array ? (tensor as Floats) : undefined;
  }

  /** A constant that only one step reads. */
  ownFloats(name: string | undefined): Floats | undefined {
    const isOwn = name !== undefined && this.readersOf(name).length === 1;
    return isOwn ? this.floats(name) : undefined;
  }

  number(name: string | undefined): number | undefined {
    const tensor = this.floats(name);
    // One of more dimensions would give its own to the result.
    const isNumber = tensor !== undefined && tensor.data.length === 1 && tensor.shape.length < 2;
    return isNumber ? tensor.data[0] : undefined;
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

export const isClose = (value: number | undefined, wanted: number): boolean =>
  value !== undefined && Math.abs(value - wanted) < 1e-6;

export function attributeOf(step: Step, name: string) {
  return step.message?.attribute.find((each) => each.name === name);
}

/** Weights and bias of a convolution, if nothing else reads them. */
export function filtersOf(
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

export function withFilters(
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
