import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTexts } from '../../src/predict/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { writeTinyTextModel } from '../text/fixture.ts';
import { form, poster, raw, startServer, tiny } from './fixture.ts';

/** A service whose network always says the same, with a model of texts. */
async function hearing() {
  const folder = await temporaryFolder();
  const path = join(folder, 'tiny.onnx');
  await writeFile(path, tinyModel());
  await writeTinyTextModel(join(folder, 'tiny.texts.safetensors'), { kinds: ['lines', 'title'] });
  return startServer({ texts: await openTexts(tiny, path, {}) });
}

interface Answer {
  readonly predictions: readonly {
    readonly model: string;
    readonly genres: readonly { readonly label: string; readonly probability: number }[];
  }[];
}

const horrorOf = (answer: Answer): number[] =>
  answer.predictions.map(({ genres }) => genres.find(({ label }) => label === 'Horror')!.probability);

test('titles and texts are heard in a query, a form and JSON, of one poster and of several', async () => {
  const { app } = await hearing();
  const bytes = await poster('jpeg');
  const post = async (request: object, query = '') => {
    const response = await app.inject({ method: 'POST', url: `/v1/predict${query}`, ...request });
    expect(response.statusCode).toBe(200);
    return response.json() as Answer;
  };
  const plain = await post(raw(bytes));
  expect(plain.predictions[0]!.model).toBe(tiny.id);
  const [seen] = horrorOf(plain);
  const title = 'Night of the Ghost';
  const query = await post(raw(bytes), `?title=${encodeURIComponent(title)}&year=1999`);
  expect(query.predictions[0]!.model).toBe(`${tiny.id}+texts`);
  expect(horrorOf(query)[0]).toBeGreaterThan(seen! + 0.1);
  const file = { name: 'file', filename: 'a.jpg', content: bytes };
  const inForm = await post(form([file, { name: 'title', content: title }]));
  expect(horrorOf(inForm)).toEqual(horrorOf(query));
  const lines = await post(form([file, { name: 'texts', content: 'coming soon\nthe haunted house' }]));
  expect(horrorOf(lines)[0]).toBeGreaterThan(seen! + 0.1);

  const image = Buffer.from(bytes).toString('base64');
  const json = await post({ payload: { image, texts: ['coming soon', 'the haunted house'] } });
  expect(horrorOf(json)).toEqual(horrorOf(lines));
  const several = await post({
    payload: {
      images: [image, image, image],
      title: [title, null, null],
      texts: [null, ['the haunted house'], null],
    },
  });
  const [titled, read, neither] = horrorOf(several);
  expect(titled).toBe(horrorOf(query)[0]);
  expect(read).toBeGreaterThan(seen! + 0.1);
  expect(neither).toBe(seen);
});

test('titles of other posters than there are, of another type, or that no model hears are refused by name', async () => {
  const { app } = await hearing();
  const { app: deaf } = await startServer();
  const image = Buffer.from(await poster('jpeg')).toString('base64');
  const refused = async (payload: object, of = app) => {
    const response = await of.inject({ method: 'POST', url: '/v1/predict', payload });
    expect(response.statusCode).toBe(400);
    return response.json().detail as string;
  };
  expect(await refused({ images: [image, image], title: 'Heat' })).toContain('a list of 2, one a poster');
  expect(await refused({ image, title: ['Heat', 'Alien'] })).toContain('title');
  expect(await refused({ image, year: 'soon' })).toContain('year');
  expect(await refused({ image, texts: 7 })).toContain('texts');
  expect(await refused({ image, title: 'Heat' }, deaf)).toContain('model of texts');
});

test('with words, a prediction says what each adds to every genre, and by which rules it is decided', async () => {
  const { app } = await hearing();
  const file = { name: 'file', filename: 'a.jpg', content: await poster('jpeg') };
  const fields = [
    { name: 'texts', content: 'coming soon\nthe haunted house' },
    { name: 'words', content: 'true' },
  ];
  const request = form([file, ...fields]);
  const response = await app.inject({ method: 'POST', url: '/v1/predict', ...request });
  expect(response.statusCode).toBe(200);
  const [prediction] = response.json().predictions;
  const { genres, words, rules } = prediction;
  const horror = words.find(({ genre }: { genre: string }) => genre === 'Horror');
  const { probability } = genres.find(({ label }: { label: string }) => label === 'Horror');
  expect(1 / (1 + Math.exp(-horror.logit))).toBeCloseTo(probability, 4);
  const spoken = horror.words.reduce((sum: number, { logit }: { logit: number }) => sum + logit, 0);
  expect(horror.picture + horror.constant + spoken).toBeCloseTo(horror.logit, 6);
  expect(horror.words[0]).toMatchObject({ kind: 'lines', line: 1 });
  expect(rules.policies.length).toBeGreaterThan(0);
  const plain = await app.inject({ method: 'POST', url: '/v1/predict', ...form([file]) });
  expect(plain.json().predictions[0]).not.toHaveProperty('words');
});
