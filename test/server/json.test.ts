import { describe, expect, test } from 'vitest';
import { JsonReader } from '../../src/server/json.ts';

/** Reads a text in pieces of some bytes, since they may end anywhere. */
function read(text: string, size = 7, limits = { values: 100, tensor: true }) {
  const reader = new JsonReader(limits);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) reader.write(bytes.subarray(at, at + size));
  return reader.end();
}

const refusal = (text: string, limits = { values: 100, tensor: true }): string | undefined => {
  try {
    read(text, 5, limits);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
};
const ofTensor = (data: string): string => `{"inputs": [{"name": "image", "data": ${data}}]}`;

describe('JSON that comes in pieces', () => {
  test.each([1, 2, 3, 64])('of %d bytes is what it says', (size) => {
    const value = {
      text: 'a "quoted" \\ word, {not} [a] list\n é ☃ 😀',
      '': 1,
      nested: { list: [1, -2.5e3, true, null, { a: [] }] },
      data: [1, 2],
    };
    expect(read(JSON.stringify(value), size).value).toEqual(value);
    expect(read(`\ufeff ${JSON.stringify(value, null, 2)} `, size).value).toEqual(value);
    for (const plain of ['"text"', '12', 'null', '[]'])
      expect(read(plain, size).value).toEqual(JSON.parse(plain));
  });

  test.each(['', '{', '{"a":1,}', ']', '{"a":"b', '[1]]', '{"a" 1}', 'nonsense'])('%s is refused', (text) => {
    expect(refusal(text)).toBe('The request is not understood: the body: expected JSON.');
  });

  test('may hold only so many values, so deep, with names so long', () => {
    expect(refusal(JSON.stringify({ urls: Array(99).fill('x') }))).toBeUndefined();
    expect(refusal(JSON.stringify({ urls: Array(101).fill('x') }))).toContain('no more than 100 values');
    expect(refusal('{},'.repeat(101))).toContain('no more than 100 values');
    expect(refusal(`${'['.repeat(16)}${']'.repeat(16)}`)).toBeUndefined();
    expect(refusal('['.repeat(17))).toContain('no more than 16 lists in each other');
    expect(refusal(JSON.stringify({ ['x'.repeat(257)]: 1 }))).toContain('names of at most 256 bytes');
    expect(refusal(JSON.stringify({ ['"'.repeat(300)]: 1 }))).toContain('names of at most 256 bytes');
    expect(refusal(JSON.stringify({ x: 'y'.repeat(100_000) }))).toBeUndefined();
  });

  test('is refused at the first byte too many, however much follows', () => {
    const reader = new JsonReader({ values: 10, tensor: false });
    expect(() => reader.write(Buffer.from(`[${'1,'.repeat(11)}`))).toThrow('values');
  });
});

describe("a tensor's list", () => {
  test.each([1, 4, 100])('becomes bytes, flat or nested, in pieces of %d bytes', (size) => {
    for (const data of ['[0, 17,255 ]', '[[0],\n[17, 255]]', '[[[[0,17]],[]],255]', '[0.0,1.7e1,255]']) {
      const { value, tensor } = read(ofTensor(data), size);
      expect(value).toEqual({ inputs: [{ name: 'image', data: [] }] });
      expect([data, [...tensor!.elements], tensor!.expected]).toEqual([data, [0, 17, 255], undefined]);
    }
    expect(read(ofTensor('[]'), size).tensor!.elements).toHaveLength(0);
  });

  test('says what was expected where it holds something else, when its place is known to be right', () => {
    for (const wrong of ['256', '-1', '0.5', 'true', 'null', '"a, ] \\" b"', '1e99'])
      expect([wrong, read(ofTensor(`[1, ${wrong}, 3]`)).tensor?.expected]).toEqual([
        wrong,
        'whole numbers from 0 to 255',
      ]);
    expect(read(ofTensor('[[[[[1]]]]]')).tensor?.expected).toBe('no more than four dimensions');
  });

  test.each(['[1 2]', '[1,]', '[,1]', '[01]', '[1', '[1}', '[[1]', '[1]]', '[1.]', '[--1]', '[]1'])(
    '%s is no JSON',
    (data) => {
      expect(refusal(ofTensor(data))).toMatch(/expected (JSON|a list of numbers)/);
    },
  );

  test('is one, and stands where the protocol says', () => {
    expect(refusal('{"inputs":[{"data":[1],"data":[2]}]}')).toContain('one tensor');
    const limits = { values: 10, tensor: true };
    for (const elsewhere of [
      '{"data":[$]}',
      '{"inputs":{"data":[$]}}',
      '{"inputs":[{"x":[$]}]}',
      '{"outputs":[{"data":[$]}]}',
    ])
      expect(refusal(elsewhere.replace('$', Array(20).fill(1).join()), limits)).toContain('values');
    expect(refusal(ofTensor(`[${Array(20).fill(1)}]`), { values: 10, tensor: false })).toContain('values');
    expect(refusal(ofTensor('[{"a":1}]'))).toContain('inputs.0.data: expected a list of numbers');
    expect(refusal(ofTensor(`[${'['.repeat(20)}`))).toContain('16 lists');
    expect(refusal(ofTensor(`[1e${'0'.repeat(100)}]`))).toContain('numbers of at most 64 bytes');
  });
});
