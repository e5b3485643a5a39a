/** @module The bytes of an ONNX file -> the same computation with fewer passes over its maps, for networks of convolutions. */
import { onesheetError } from '../errors.ts';
import { decodeModel, numberOf } from './decode.ts';
import { mergeGate, mergeUpsampling, shiftByConvolution } from './pointwise.ts';
import { attributeTypeCodes, modelMessage } from './schema.ts';
import { attributeOf, type Floats, filtersOf, isClose, Steps, withFilters } from './steps.ts';
import { float32 } from './tensor.ts';

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
  for (const merge of [
    mergeAfter,
    mergeHardSwish,
    mergeBefore,
    mergeGate,
    mergeUpsampling,
    shiftByConvolution,
  ])
    for (let place = 0; place < steps.places; place++) while (merge(steps, place));
  return modelMessage()
    .encode({ ...model, graph: { ...model.graph, node: steps.nodes() } })
    .finish();
}
