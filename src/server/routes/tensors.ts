/** @module The protocol's inference requests and answers <-> pixels and outputs, as JSON or with binary tensors. */
import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { onesheetError } from '../../errors.ts';
import type { ResizeRule } from '../../image/index.ts';
import { inTurn, pieceBytes } from '../body.ts';
import type { ClassifyAnswer } from '../inference/messages.ts';
import { JsonBody, JsonReader, type TensorList } from '../json.ts';
import type { Settings } from '../options.ts';
import { parseOptions } from '../posters.ts';

/** Values of the JSON before binary tensors; an honest one has about twenty. */
const headValues = 1024;

const parameters = z.record(z.string(), z.unknown()).optional();
const binarySize = z.int().min(0).optional();
const tensorName = z.string().max(256);

const outputNames = ['probability', 'logit'] as const;

export const inferRequestSchema = z.object({
  id: z.string().max(1024).optional(),
  parameters: z.looseObject({ binary_data_output: z.boolean().optional() }).optional(),
  inputs: z
    .array(
      z.object({
        name: tensorName,
        shape: z.array(z.int().min(0)).max(16),
        datatype: z.string().max(32),
        parameters: z.looseObject({ binary_data_size: binarySize }).optional(),
        // Read with the body: there are a hundred thousand numbers a poster.
        data: z
          .unknown()
          .meta({
            type: 'array',
            items: {},
            description: 'Flat and row-major, or nested as the shape; as many numbers as the shape says',
          })
          .optional(),
      }),
    )
    .max(16)
    .describe('One tensor: image, UINT8, [batch, height, width, 3]'),
  outputs: z
    .array(
      z.object({
        name: tensorName,
        parameters: z.looseObject({ binary_data: z.boolean().optional() }).optional(),
      }),
    )
    .max(outputNames.length)
    .optional()
    .describe('Each at most once; by default all'),
});
type InferRequest = z.infer<typeof inferRequestSchema>;

export const inferAnswerSchema = z.object({
  model_name: z.string(),
  model_version: z.string(),
  id: z.string().optional(),
  outputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.int()),
      datatype: z.string(),
      parameters,
      data: z.array(z.number()).optional(),
    }),
  ),
});
export type InferAnswer = z.infer<typeof inferAnswerSchema>;

export interface AskedInference {
  readonly id: string | undefined;
  /** One a poster, uint8 [height, width, 3]. */
  readonly pixels: readonly Uint8Array[];
  readonly outputs: readonly { readonly name: (typeof outputNames)[number]; readonly binary: boolean }[];
}

const invalid = (place: string, expected: string) => onesheetError('REQUEST_INVALID', place, expected);

/** Splits JSON from the binary tensors behind it. */
async function split(
  body: unknown,
  header: string | string[] | undefined,
  maximumJsonBytes: number,
): Promise<[json: JsonBody, rest: Buffer]> {
  if (header === undefined) {
    if (!(body instanceof JsonBody)) throw invalid('the body', 'JSON');
    return [body, Buffer.alloc(0)];
  }
  if (!Buffer.isBuffer(body)) throw invalid('Content-Type', 'application/octet-stream with binary tensors');
  const length = Number(header);
  if (!Number.isInteger(length) || length < 1 || length > body.length)
    throw invalid('Inference-Header-Content-Length', 'the number of bytes of the JSON before the tensors');
  if (length > maximumJsonBytes)
    throw onesheetError('REQUEST_TOO_BIG', 'the JSON before the tensors', maximumJsonBytes, 'bytes');
  const reader = new JsonReader({ values: headValues, tensor: true });
  for (let at = 0; at < length; at += pieceBytes) {
    if (at > 0) await setImmediate();
    reader.write(body.subarray(at, Math.min(length, at + pieceBytes)));
  }
  return [await inTurn(() => reader.end()), body.subarray(length)];
}

function pixelsOf(
  input: InferRequest['inputs'][number],
  tensor: TensorList | undefined,
  rest: Buffer,
  size: number,
): Uint8Array {
  const { data, parameters: { binary_data_size: bytes } = {} } = input;
  if (bytes === undefined) {
    if (!tensor) throw invalid('inputs.0.data', 'the elements of the tensor');
    if (rest.length > 0) throw invalid('the body', 'nothing after the JSON');
    if (tensor.expected !== undefined) throw invalid('inputs.0.data', tensor.expected);
    if (tensor.elements.length !== size)
      throw invalid('inputs.0.data', `${size} elements, as the shape says`);
    return tensor.elements;
  }
  if (data !== undefined) throw invalid('inputs.0', 'either data or binary_data_size');
  if (bytes !== size || rest.length !== size)
    throw invalid('inputs.0.parameters.binary_data_size', `${size} bytes, as the shape says`);
  return rest;
}

/**
 * @param header Inference-Header-Content-Length, which announces binary tensors
 * @throws {OnesheetError} REQUEST_INVALID that names the field; REQUEST_TOO_BIG for too many posters
 */
export async function readInfer(
  body: unknown,
  header: string | string[] | undefined,
  { height, width }: ResizeRule,
  { maximumPosters, maximumJsonBytes }: Settings,
): Promise<AskedInference> {
  const [{ value, tensor }, rest] = await split(body, header, maximumJsonBytes);
  const { id, inputs, outputs, parameters: wishes } = parseOptions(inferRequestSchema, value);
  const [input] = inputs;
  if (inputs.length !== 1 || input!.name !== 'image')
    throw invalid('inputs', 'one tensor with the name image');
  const { datatype, shape } = input!;
  if (datatype !== 'UINT8') throw invalid('inputs.0.datatype', `UINT8, not ${datatype.slice(0, 20)}`);
  const [batch = 0, ...sides] = shape;
  if (sides.join() !== [height, width, 3].join() || batch < 1)
    throw invalid('inputs.0.shape', `[batch, ${height}, ${width}, 3], not [${shape.slice(0, 8).join(', ')}]`);
  if (batch > maximumPosters) throw onesheetError('REQUEST_TOO_BIG', 'a request', maximumPosters, 'posters');
  const one = height * width * 3;
  const all = pixelsOf(input!, tensor, rest, batch * one);
  const binary = wishes?.binary_data_output ?? false;
  if (outputs && new Set(outputs.map((output) => output.name)).size < outputs.length)
    throw invalid('outputs', 'each output once');
  const wanted = outputs ?? outputNames.map((name) => ({ name, parameters: undefined }));
  return {
    id,
    // Copies, since each travels to a worker by itself.
    pixels: Array.from({ length: batch }, (_, i) => new Uint8Array(all.subarray(i * one, (i + 1) * one))),
    outputs: wanted.map(({ name: asked, parameters: own }, i) => {
      const name = outputNames.find((each) => each === asked);
      if (!name) throw invalid(`outputs.${i}.name`, outputNames.join(' or '));
      return { name, binary: own?.binary_data ?? binary };
    }),
  };
}

/** @returns the answer's JSON, or JSON with the tensors that were wished in binary behind it, and its length then */
export function writeInfer(
  answer: InferAnswer,
  { id, outputs }: AskedInference,
  rows: readonly ClassifyAnswer[],
  genres: number,
): { body: InferAnswer | Buffer; headerLength: number | undefined } {
  const tensors: Buffer[] = [];
  const written = outputs.map(({ name, binary }) => {
    const data = rows.flatMap((row) => Array.from(name === 'logit' ? row.logits : row.probabilities));
    const facts = { name, datatype: 'FP32', shape: [rows.length, genres] };
    if (!binary) return { ...facts, data };
    const bytes = Buffer.alloc(data.length * 4);
    data.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
    tensors.push(bytes);
    return { ...facts, parameters: { binary_data_size: bytes.length } };
  });
  const json: InferAnswer = { ...answer, ...(id !== undefined && { id }), outputs: written };
  if (tensors.length === 0) return { body: json, headerLength: undefined };
  const header = Buffer.from(JSON.stringify(json));
  return { body: Buffer.concat([header, ...tensors]), headerLength: header.length };
}
