import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTexts } from '../../src/predict/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { drawLettering } from '../read/lettering.ts';
import { readerTest } from '../read/readerTest.ts';
import { writeTinyTextModel } from '../text/fixture.ts';
import { form, raw, startServer, tiny, workerFile } from './fixture.ts';

/** A service with a model of texts. */
async function hearing(reading: boolean) {
  const folder = await temporaryFolder();
  const path = join(folder, 'tiny.onnx');
  await writeFile(path, tinyModel());
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'));
  const texts = await openTexts(tiny, path, {});
  return startServer({ texts, reading, workerFile, deadline: 60, explanationDeadline: 60 });
}

const lettered = async (text: string): Promise<Buffer> =>
  Buffer.from(await drawLettering(256, 384, [{ text, x: 30, y: 60, height: 24 }]));

readerTest('a service that reads hears what stands on the posters, where it is asked to', async () => {
  const { app } = await hearing(true);
  const bytes = await lettered('MARTIN');
  const post = async (request: object, query = '') => {
    const response = await app.inject({ method: 'POST', url: `/v1/predict${query}`, ...request });
    expect(response.statusCode).toBe(200);
    return response.json().predictions;
  };
  const [plain] = await post(raw(bytes));
  expect(Object.keys(plain)).toEqual(['id', 'source', 'genres', 'model']);
  const [read] = await post(raw(bytes), '?read=true');
  expect(read.texts).toEqual(['MARTIN']);
  expect(read.model).toBe(`${tiny.id}+texts`);
  const [told] = await post(raw(bytes), '?texts=MARTIN');
  expect(read.genres).toEqual(told.genres);
  const file = (filename: string, content: Buffer) => ({ name: 'file', filename, content });
  const parts = [
    file('a.png', bytes),
    file('b.png', Buffer.from('no picture')),
    { name: 'read', content: 'true' },
  ];
  const [first, second] = await post(form(parts));
  expect(first.texts).toEqual(['MARTIN']);
  expect(second.error.code).toBe('IMAGE_FORMAT');
  const image = bytes.toString('base64');
  const [own] = await post({ payload: { image, read: true, texts: ['the haunted house'] } });
  expect(own.texts).toEqual(['the haunted house']);
});

test('a service that was not started to read says so', async () => {
  const { app } = await hearing(false);
  const request = { ...raw(await lettered('MARTIN')), url: '/v1/predict?read=true' } as const;
  const response = await app.inject(request);
  expect([response.statusCode, response.json().code]).toEqual([400, 'READING_OFF']);
});

readerTest(
  'the page gets what reads posters from the package that carries it, or from its own folder',
  async () => {
    const pageFolder = await temporaryFolder();
    await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>onesheet</title>');
    const { app } = await startServer({ pageFolder, tokens: ['t'.repeat(32)] });
    const { bytes } = (await app.inject('/read/reader.json')).json();
    const files = ['detection.onnx', 'recognition.onnx', 'alphabet.txt'];
    const answers = await Promise.all(files.map((name) => app.inject(`/read/${name}`)));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
    const sizes = answers.map(({ rawPayload }) => rawPayload.length);
    // What is said is the size of the package's files, which merged passes make a little smaller.
    expect(Math.abs(sizes.reduce((sum, each) => sum + each) / bytes - 1)).toBeLessThan(0.01);
    expect(answers[2]!.body.split('\n')).toHaveLength(6624);
    const known = await app.inject({
      url: '/read/detection.onnx',
      headers: { 'if-none-match': String(answers[0]!.headers.etag) },
    });
    expect([known.statusCode, known.rawPayload.length]).toEqual([304, 0]);

    await mkdir(join(pageFolder, 'read'));
    for (const name of ['reader.json', ...files])
      await writeFile(join(pageFolder, 'read', name), `own ${name}`);
    const other = await startServer({ pageFolder });
    for (const name of ['reader.json', ...files])
      expect((await other.app.inject(`/read/${name}`)).body).toBe(`own ${name}`);
  },
);
