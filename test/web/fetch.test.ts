import { expect, test } from 'vitest';
import { addressOf } from '../../web/fetch.ts';

test('an address is named by its file, or by its host', () => {
  expect(addressOf(' https://films.example/a/poster.jpg?size=big ')).toEqual({
    kind: 'address',
    name: 'poster.jpg',
    url: 'https://films.example/a/poster.jpg?size=big',
  });
  expect(addressOf('http://films.example/').name).toBe('films.example');
});

test.each(['poster.jpg', 'file:///etc/passwd', 'javascript:alert(1)', 'data:image/png;base64,AA', ''])(
  '%j is no address of a poster',
  (text) => {
    expect(() => addressOf(text)).toThrow('Expected an address that begins with http:// or https://');
  },
);
