/** @module The bytes of an ONNX file -> its inputs, outputs and metadata, without looking at nodes and weights. */
import { onesheetError } from '../errors.ts';
import { type Dim, dataTypeOfCode, formatShape } from './tensor.ts';
import { messages, number, text } from './wire.ts';

export interface ModelHeader {
  /** Input name -> its type, such as `uint8[batch, 240, 160, 3]`. */
  readonly inputs: ReadonlyMap<string, string>;
  readonly outputs: ReadonlyMap<string, string>;
  /** metadata_props of the model. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** ValueInfoProto -> name and type. */
function typedValue(info: Uint8Array): [name: string, type: string] {
  const none = new Uint8Array();
  const tensor = messages(messages(info, 2)[0] ?? none, 1)[0] ?? none;
  const shape = messages(messages(tensor, 2)[0] ?? none, 1);
  const dims = shape.map((dim): Dim => number(dim, 1) || text(dim, 2));
  return [text(info, 1), `${dataTypeOfCode(number(tensor, 1)) ?? 'unknown'}${formatShape(dims)}`];
}

/**
 * Whether a file can be an ONNX model, by its first few bytes: enough to refuse most others before gigabytes are read.
 *
 * @throws {OnesheetError} MODEL_UNREADABLE
 */
export function requireBeginning(head: Uint8Array, source: string): void {
  const [tag = 0] = head;
  // A field's number, from 1, and one of the four wire types that are in use.
  if (tag >= 8 && [0, 1, 2, 5].includes(tag % 8)) return;
  const found = head.length === 0 ? 'it is empty' : 'it does not begin like one';
  throw onesheetError('MODEL_UNREADABLE', source, `it is not an ONNX file (${found})`);
}

/**
 * What a file says of itself, in a millisecond: enough to run it, while {@link readModel} believes nothing and
 * takes longer than onnxruntime needs for the whole prediction of a poster.
 *
 * @param source the file's name for messages
 * @throws {OnesheetError} MODEL_UNREADABLE for what is no ONNX file, or keeps its weights in another one
 */
export function readHeader(bytes: Uint8Array, source: string): ModelHeader {
  const refuse = (reason: string): never => {
    throw onesheetError('MODEL_UNREADABLE', source, reason);
  };
  try {
    const [graph] = messages(bytes, 7);
    if (!graph || messages(bytes, 8).length === 0)
      return refuse('it is not an ONNX file (no graph or no operator set)');
    const external = messages(graph, 5).some((tensor) => messages(tensor, 13).length > 0);
    if (external)
      refuse(
        'its weights are in another file, but onesheet reads single files: save it without external data',
      );
    return {
      inputs: new Map(messages(graph, 11).map(typedValue)),
      outputs: new Map(messages(graph, 12).map(typedValue)),
      metadata: Object.fromEntries(messages(bytes, 14).map((entry) => [text(entry, 1), text(entry, 2)])),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(`it is not an ONNX file (${error.message})`);
  }
}
