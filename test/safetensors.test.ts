import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  decodeTensors,
  encodeTensors,
  readTensors,
  type StoredTensor,
  writeTensors,
} from '../src/safetensors.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const tensors = new Map<string, StoredTensor>([
  ['flags', { shape: [3], data: Uint8Array.of(0, 7, 255) }],
  ['weight', { shape: [2, 2], data: Float32Array.of(1, -2.5, Number.NaN, 1e-45) }],
  ['counts', { shape: [1, 2], data: BigInt64Array.of(-1n, 2n ** 62n) }],
  ['0', { shape: [], data: Float64Array.of(0.1) }],
  ['empty', { shape: [0, 5], data: Float32Array.of() }],
  ['__proto__', { shape: [1], data: Int32Array.of(-7) }],
]);

/** A file by the letter of the format's description, made without the code under test. */
function byHand(header: string, data: number[], headerLength = Buffer.byteLength(header)): Buffer {
  const length = [0, 8, 16, 24].map((shift) => (headerLength >>> shift) & 255);
  return Buffer.concat([Buffer.from([...length, 0, 0, 0, 0]), Buffer.from(header), Buffer.from(data)]);
}

describe('a file of another program', () => {
  test('is read: little-endian numbers, padding, metadata, tensors in any order', () => {
    const header =
      '{"__metadata__":{"format":"pt"},"b":{"dtype":"I32","shape":[1],"data_offsets":[8,12]},' +
      '"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}   ';
    const data = [0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x20, 0xc0, 0xfe, 0xff, 0xff, 0xff];
    const file = decodeTensors(byHand(header, data), 'other.safetensors');
    expect([...file.tensors]).toEqual([
      ['a', { shape: [2, 1], data: Float32Array.of(1, -2.5) }],
      ['b', { shape: [1], data: Int32Array.of(-2) }],
    ]);
    expect(file.metadata).toEqual({ format: 'pt' });
    expect(file.sealed).toBe(false);
  });

  test('is not taken for one of our own by readTensors', async () => {
    const path = join(folder, 'foreign.safetensors');
    writeFileSync(path, byHand('{}', []));
    await expect(readTensors(path)).rejects.toMatchObject({ code: 'TENSOR_FILE_DAMAGED' });
  });
});

describe('our file', () => {
  test('gives back every tensor, shape and text to the bit', async () => {
    const path = join(folder, 'whole.safetensors');
    await writeTensors(path, tensors, { note: 'né "à" 3h\n' });
    const file = await readTensors(path);
    expect(new Map([...file.tensors].sort())).toEqual(new Map([...tensors].sort()));
    expect(file.tensors.get('weight')?.data).toBeInstanceOf(Float32Array);
    expect(file.metadata).toEqual({ note: 'né "à" 3h\n' });
    expect(file.sealed).toBe(true);
  });

  test('follows the format: a header of a multiple of 8 bytes, then all data without a gap, wide types first', () => {
    const bytes = Buffer.from(encodeTensors(tensors, { note: 'x' }));
    const headerLength = Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.subarray(8, 8 + headerLength).toString());
    expect(headerLength % 8).toBe(0);
    expect(header.weight).toEqual({ dtype: 'F32', shape: [2, 2], data_offsets: [24, 40] });
    expect(header.flags).toEqual({ dtype: 'U8', shape: [3], data_offsets: [44, 47] });
    expect(header.__metadata__).toEqual({
      note: 'x',
      'onesheet.sha256': expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(bytes.length).toBe(8 + headerLength + 47);
    expect(bytes.readFloatLE(8 + headerLength + 28)).toBe(-2.5);
  });

  test('has the same bytes for the same tensors', () => {
    expect(encodeTensors(tensors, { note: 'x' })).toEqual(encodeTensors(new Map(tensors), { note: 'x' }));
  });

  test('is refused by name with any one bit flipped', () => {
    const bytes = encodeTensors(tensors, { note: 'x' });
    const accepted: number[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Buffer.from(bytes);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      try {
        if (decodeTensors(damaged, 'run/last.safetensors').sealed) accepted.push(bit);
      } catch (error) {
        const { code, message } = error as { code: string; message: string };
        if (code !== 'TENSOR_FILE_DAMAGED' || !message.includes('run/last.safetensors')) throw error;
      }
    }
    expect(accepted).toEqual([]);
  });

  test('is refused when cut short anywhere or with bytes added', () => {
    const bytes = Buffer.from(encodeTensors(tensors));
    const refused = (file: Buffer) => () => decodeTensors(file, 'last.safetensors');
    for (let length = 0; length < bytes.length; length++)
      expect(refused(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'TENSOR_FILE_DAMAGED' }),
      );
    expect(refused(Buffer.concat([bytes, Buffer.of(0)]))).toThrow('1 bytes belong to no tensor');
  });

  test('is refused from disk when the entry with its hash was removed', async () => {
    const path = join(folder, 'unsealed.safetensors');
    await writeTensors(path, tensors);
    const bytes = readFileSync(path);
    bytes.write('0nesheet', bytes.indexOf('onesheet.sha256'));
    writeFileSync(path, bytes);
    await expect(readTensors(path)).rejects.toThrow(/unsealed.safetensors is damaged .* no SHA-256/);
  });
});

describe('a hostile file', () => {
  const entry = (fields: string) => `{"a":{${fields}}}`;
  test.each([
    ['a header of more bytes than the file', byHand('{}', [], 4096), 'cut short within its header'],
    ['a header of 2 GB', byHand('{}', [], 2 ** 31 - 1), 'its header claims 2147483647 bytes'],
    ['no JSON', byHand('{"a"', []), 'not a JSON object'],
    ['a JSON list', byHand('[]', []), 'not a JSON object'],
    ['leading space', byHand(' {}', []), 'not a JSON object'],
    [
      'bytes that are not UTF-8',
      Buffer.concat([byHand('', [], 7), Buffer.from('{"\xff":1}', 'latin1')]),
      'not a JSON object',
    ],
    ['metadata that is no text', byHand('{"__metadata__":{"n":1}}', []), 'not a table of texts'],
    ['an entry that is null', byHand('{"a":null}', []), 'tensor a is not described'],
    [
      'an inherited name as type',
      byHand(entry('"dtype":"constructor","shape":[1],"data_offsets":[0,4]'), [0, 0, 0, 0]),
      'has the type "constructor"',
    ],
    [
      'a negative dimension',
      byHand(entry('"dtype":"U8","shape":[-1,-4],"data_offsets":[0,4]'), [0, 0, 0, 0]),
      'has no shape of whole numbers',
    ],
    [
      'a shape whose size overflows',
      byHand(
        entry('"dtype":"U8","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]'),
        [0, 0, 0, 0],
      ),
      'takes 4 bytes, not the',
    ],
    [
      'offsets that go backwards',
      byHand(entry('"dtype":"U8","shape":[0],"data_offsets":[4,0]'), [0, 0, 0, 0]),
      'takes -4 bytes',
    ],
    ['offsets that are missing', byHand(entry('"dtype":"U8","shape":[0]'), []), 'has no data offsets'],
    [
      'a tensor of a terabyte that is not there',
      byHand(entry('"dtype":"U8","shape":[1099511627776],"data_offsets":[0,1099511627776]'), []),
      'cut short: tensor a ends 1099511627776 bytes later',
    ],
    [
      'two tensors that share bytes',
      byHand(
        '{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}',
        [0, 0, 0],
      ),
      'tensor b begins at byte 1 of the data, not at 2',
    ],
    [
      'a hole in the data',
      byHand(entry('"dtype":"U8","shape":[1],"data_offsets":[1,2]'), [0, 0]),
      'begins at byte 1 of the data, not at 0',
    ],
  ])('with %s is refused', (_, bytes, reason) => {
    expect(() => decodeTensors(bytes, 'hostile.safetensors')).toThrow(
      expect.objectContaining({ code: 'TENSOR_FILE_DAMAGED', message: expect.stringContaining(reason) }),
    );
  });
});

test('tensors that contradict their shape are not written', () => {
  const wrong = new Map([['a', { shape: [3], data: Float32Array.of(1) }]]);
  expect(() => encodeTensors(wrong)).toThrow('a has 1 values');
});
