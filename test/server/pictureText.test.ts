import { expect, test } from 'vitest';
import { readPictureText } from '../../src/server/pictureText.ts';

const bytes = Buffer.from(Uint8Array.from({ length: 1_000_000 }, (_, i) => (i * 7919) >> 5));
const read = (text: string, most = 2 ** 24) => readPictureText(text, 'image', most);

test('base64 is read in every spelling: with line breaks, without padding, for URLs, as a data URL', async () => {
  for (const length of [1_000_000, 999_999, 999_998, 3, 2, 1]) {
    const part = bytes.subarray(0, length);
    const plain = part.toString('base64');
    const lines = plain.replace(/.{76}/g, '$&\r\n');
    const spellings = [plain, lines, `${lines}\n`, plain.replace(/=+$/, ''), part.toString('base64url')];
    for (const text of [...spellings, `data:image/png;base64,${plain}`, `DATA:;base64,${lines}`])
      expect(Buffer.compare((await read(text)) as Uint8Array, part)).toBe(0);
  }
});

test.each([
  ['!!!!', 'a picture in base64, a data URL or a URL'],
  ['AAAAA', 'a picture in base64'],
  ['AA=A', 'a picture in base64'],
  [`${'A'.repeat(300_000)}*`, 'a picture in base64'],
  ['data:image/png,hello', 'a data URL in base64'],
  ['data:image/png;base64', 'a data URL in base64'],
  [`https://example.org/${'a'.repeat(5000)}`, 'a URL of at most 4096 characters'],
])('%.20s is refused by the name of its field', async (text, expected) => {
  await expect(read(text)).rejects.toMatchObject({
    code: 'REQUEST_INVALID',
    message: expect.stringContaining(`image: expected ${expected}`),
  });
});

test('what is too long is refused, and what is a URL is not decoded', async () => {
  await expect(read(bytes.toString('base64'), 1000)).rejects.toMatchObject({ code: 'REQUEST_TOO_BIG' });
  expect(await read('HTTPS://example.org/a.jpg')).toEqual({ url: 'HTTPS://example.org/a.jpg' });
});
