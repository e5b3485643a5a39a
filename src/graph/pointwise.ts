/** @module Steps between convolutions -> convolutions of single pixels, whose maps stay in the layout of those around them. */
import { numberOf } from './decode.ts';
import { attributeTypeCodes } from './schema.ts';
import { attributeOf, type Floats, type Step, type Steps } from './steps.ts';
import { float32 } from './tensor.ts';

/** A step of our own making. */
function stepOf(
  opType: string,
  input: readonly string[],
  output: readonly string[],
  attribute: readonly object[] = [],
): Step {
  return { opType, input, output, attribute, message: undefined };
}

const integer = (name: string, value: number) => ({ name, type: attributeTypeCodes.int, i: value });

/** Operators whose result has as many channels as what they are given. */
const keepsChannels: ReadonlySet<string> = new Set(['Mul', 'Add', 'HardSigmoid', 'Relu']);

/** How many channels a map of rows and columns has that a convolution, or operators after some, gave. */
function channelsOf(steps: Steps, value: string): number | undefined {
  const step = steps.writerOf(value)?.step;
  if (step?.opType === 'Conv') {
    const shape = steps.floats(step.input[1])?.shape;
    return shape?.length === 4 ? (shape[0] as number) : undefined;
  }
  if (!step || !keepsChannels.has(step.opType)) return undefined;
  const maps = step.input.filter((input) => steps.number(input) === undefined);
  const channels = maps.map((input) => channelsOf(steps, input) ?? Number.NaN);
  // One channel may meet many.
  const most = Math.max(...channels);
  return Number.isNaN(most) ? undefined : most;
}

/**
 * A number that is added to a map, after one that may scale it, by a convolution of each channel by itself: of sums with
 * a number onnxruntime reorders the map before and after.
 */
export function shiftByConvolution(steps: Steps, place: number): boolean {
  const shift = steps.at(place);
  if (shift?.opType !== 'Add') return false;
  const summed = shift.input.find((name) => steps.number(name) === undefined);
  const summand = summed === undefined ? undefined : steps.numberBeside(shift, summed);
  const channels = summed === undefined ? undefined : channelsOf(steps, summed);
  if (summed === undefined || summand === undefined || channels === undefined) return false;
  const before = steps.writerOf(summed);
  const scaled =
    before?.step.opType === 'Mul'
      ? before.step.input.find((name) => steps.number(name) === undefined)
      : undefined;
  const factor = scaled === undefined ? undefined : steps.numberBeside(before!.step, scaled);
  const isScaled = factor !== undefined && steps.onlyReader(summed) !== undefined;
  const weights = float32(new Float32Array(channels).fill(isScaled ? factor : 1), [
    channels,
    1,
    1,
    1,
  ]) as Floats;
  const bias = float32(new Float32Array(channels).fill(summand)) as Floats;
  const input = [isScaled ? scaled! : summed, steps.add(weights), steps.add(bias)];
  if (isScaled) steps.set(before!.place, undefined);
  steps.set(place, stepOf('Conv', input, shift.output, [integer('group', channels)]));
  return true;
}

/** x + x s is x (1 + s): one pass over x instead of two, where s is a number of each channel. */
export function mergeGate(steps: Steps, place: number): boolean {
  const product = steps.at(place);
  if (product?.opType !== 'Mul') return false;
  const sum = steps.onlyReader(product.output[0]!);
  if (sum?.step.opType !== 'Add') return false;
  const map = product.input.find((name) => sum.step.input.includes(name));
  const gate = product.input.find((name) => name !== map);
  if (map === undefined || gate === undefined || steps.writerOf(gate)?.step.opType !== 'HardSigmoid')
    return false;
  const grown = product.output[0]!;
  steps.set(place, stepOf('Add', [gate, steps.add(float32([1], []) as Floats)], [grown]));
  steps.set(sum.place, stepOf('Mul', [map, grown], sum.step.output));
  return true;
}

interface Upsampling {
  /** `[from, to, side, side]` */
  readonly weights: Floats;
  readonly from: number;
  readonly to: number;
  readonly side: number;
}

/** A transposed convolution whose windows neither overlap nor leave gaps. */
function upsamplingOf(steps: Steps, step: Step | undefined): Upsampling | undefined {
  if (step?.opType !== 'ConvTranspose' || step.input.length !== 2) return undefined;
  const weights = steps.floats(step.input[1]);
  const [from, to, side, across] = (weights?.shape ?? []) as number[];
  const all = (name: string, wanted: number): boolean =>
    (attributeOf(step, name)?.ints ?? []).every((value) => numberOf(value) === wanted);
  const strides = attributeOf(step, 'strides')?.ints ?? [];
  const isPlain =
    strides.length === 2 &&
    side === across &&
    all('strides', side!) &&
    all('pads', 0) &&
    all('dilations', 1) &&
    all('output_padding', 0) &&
    numberOf(attributeOf(step, 'group')?.i ?? 1) === 1;
  return weights && isPlain ? { weights, from: from!, to: to!, side: side! } : undefined;
}

/** What follows a transposed convolution: a bias of each channel. */
function biasAfter(steps: Steps, value: string, channels: number) {
  const next = steps.onlyReader(value);
  const bias =
    next?.step.opType === 'Add' ? steps.floats(next.step.input.find((name) => name !== value)) : undefined;
  return bias?.data.length === channels ? { ...next!, bias: bias.data } : undefined;
}

/** A normalization of each channel by what was counted in training, as a scale and a shift. */
function normalizationAfter(steps: Steps, value: string, channels: number) {
  const next = steps.onlyReader(value);
  if (next?.step.opType !== 'BatchNormalization') return undefined;
  const [gamma, beta, mean, variance] = next.step.input.slice(1).map((name) => steps.floats(name)?.data);
  const epsilon = attributeOf(next.step, 'epsilon')?.f ?? 1e-5;
  if (![gamma, beta, mean, variance].every((each) => each?.length === channels)) return undefined;
  const scale = gamma!.map((each, i) => each / Math.sqrt(variance![i]! + epsilon));
  return { ...next, scale, shift: beta!.map((each, i) => each - mean![i]! * scale[i]!) };
}

/**
 * Two transposed convolutions after each other that only multiply a map's height and width, with a normalization and a
 * rectifier between them: computed on the small map, whose channels are laid out as pixels at the end.
 */
export function mergeUpsampling(steps: Steps, place: number): boolean {
  const first = upsamplingOf(steps, steps.at(place));
  const sum = first && biasAfter(steps, steps.at(place)!.output[0]!, first.to);
  const norm = sum && normalizationAfter(steps, sum.step.output[0]!, first.to);
  const rectified = norm && steps.onlyReader(norm.step.output[0]!);
  if (!first || rectified?.step.opType !== 'Relu') return false;
  const then = steps.onlyReader(rectified.step.output[0]!);
  const second = upsamplingOf(steps, then?.step);
  const last = second && biasAfter(steps, then!.step.output[0]!, second.to);
  if (!sum || !norm || !second || !last) return false;

  const { from, to, side } = first;
  const places = side * side;
  const inner = new Float32Array(places * to * from);
  const innerBias = new Float32Array(places * to);
  for (let at = 0; at < places; at++)
    for (let o = 0; o < to; o++) {
      innerBias[at * to + o] = sum.bias[o]! * norm.scale[o]! + norm.shift[o]!;
      for (let i = 0; i < from; i++)
        inner[(at * to + o) * from + i] = first.weights.data[(i * to + o) * places + at]! * norm.scale[o]!;
    }
  const whole = side * second.side;
  const outer = new Float32Array(second.to * whole * whole * places * to);
  const outerBias = new Float32Array(second.to * whole * whole);
  for (let o = 0; o < second.to; o++)
    for (let y = 0; y < whole; y++)
      for (let x = 0; x < whole; x++) {
        const [top, left] = [Math.floor(y / second.side), Math.floor(x / second.side)];
        const tap = (y % second.side) * second.side + (x % second.side);
        const row = (o * whole + y) * whole + x;
        outerBias[row] = last.bias[o]!;
        for (let i = 0; i < to; i++)
          outer[(row * places + top * side + left) * to + i] =
            second.weights.data[(i * second.to + o) * second.side ** 2 + tap]!;
      }
  const add = (data: Float32Array, ...shape: number[]): string => steps.add(float32(data, shape) as Floats);
  const [source, small, open, deep] = [
    steps.at(place)!.input[0]!,
    steps.at(place)!.output[0]!,
    rectified.step.output[0]!,
    then!.step.output[0]!,
  ];
  const innerInput = [source, add(inner, places * to, from, 1, 1), add(innerBias, places * to)];
  const outerInput = [
    open,
    add(outer, outerBias.length, places * to, 1, 1),
    add(outerBias, outerBias.length),
  ];
  steps.set(place, stepOf('Conv', innerInput, [small]));
  steps.set(sum.place, undefined);
  steps.set(norm.place, undefined);
  steps.set(rectified.place, stepOf('Relu', [small], [open]));
  steps.set(then!.place, stepOf('Conv', outerInput, [deep]));
  const mode = { name: 'mode', type: attributeTypeCodes.string, s: new TextEncoder().encode('CRD') };
  steps.set(
    last.place,
    stepOf('DepthToSpace', [deep], last.step.output, [integer('blocksize', whole), mode]),
  );
  return true;
}
