/** @module The bytes of an ONNX file that gives probabilities of classes -> the same file that gives the likeliest class of each. */
import { onesheetError } from '../errors.ts';
import { decodeModel } from './decode.ts';
import { attributeTypeCodes, modelMessage } from './schema.ts';

/** Names of the new outputs. */
export interface LikeliestOutputs {
  /** int64 `[batch, places]` */
  readonly classes: string;
  /** float32 `[batch, places]` */
  readonly probabilities: string;
}

/**
 * Of thousands of classes for each of many places only the likeliest is of interest: the others are not to be copied.
 *
 * @param bytes a network of the operator sets 11 to 17, whose first output is `[batch, places, classes]`
 * @param source its name for messages
 * @throws {OnesheetError} MODEL_TOO_LARGE or MODEL_UNREADABLE
 */
export function withLikeliest(
  bytes: Uint8Array,
  source: string,
  { classes, probabilities }: LikeliestOutputs,
): Uint8Array {
  const model = decodeModel(bytes, source, (reason) => {
    throw onesheetError('MODEL_UNREADABLE', source, reason);
  });
  const from = model.graph.output[0]!.name;
  const axis = { name: 'axis', type: attributeTypeCodes.int, i: 2 };
  const axes = { name: 'axes', type: attributeTypeCodes.ints, ints: [2] };
  const flat = { name: 'keepdims', type: attributeTypeCodes.int, i: 0 };
  const node = [
    ...model.graph.node,
    { name: classes, opType: 'ArgMax', input: [from], output: [classes], attribute: [axis, flat] },
    {
      name: probabilities,
      opType: 'ReduceMax',
      input: [from],
      output: [probabilities],
      attribute: [axes, flat],
    },
  ];
  const shape = { dim: [{ dimParam: 'batch' }, { dimParam: 'places' }] };
  const output = [
    { name: classes, type: { tensorType: { elemType: 7, shape } } },
    { name: probabilities, type: { tensorType: { elemType: 1, shape } } },
  ];
  return modelMessage()
    .encode({ ...model, graph: { ...model.graph, node, output } })
    .finish();
}
