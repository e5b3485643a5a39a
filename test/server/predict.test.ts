import { describe, expect, test } from 'vitest';
import { Classifier } from '../../src/model/index.ts';
import { predictStream } from '../../src/predict/index.ts';
import { form, poster, raw, serverForAll, tiny } from './fixture.ts';

const shared = serverForAll();

describe('POST /v1/predict', () => {
  test('answers a form of many posters in their order, as the command line does', async () => {
    const { app } = shared;
    const pictures = await Promise.all([poster('jpeg'), poster('png'), poster('webp')]);
    const names = ['a.jpg', 'b.png', 'c.webp'];
    const parts = pictures.map((content, i) => ({ name: 'file', filename: names[i]!, content }));
    const response = await app.inject({
      method: 'POST',
      url: '/v1/predict',
      ...form([...parts, { name: 'policy', content: 'f1' }]),
    });
    expect(response.statusCode).toBe(200);
    const { model, policy, predictions } = response.json();
    expect([model, policy]).toEqual([tiny.id, 'f1']);

    const classifier = await Classifier.create(tiny, { threads: 1 });
    const posters = pictures.map((bytes, i) => {
      return { id: names[i]!.slice(0, 1), source: { kind: 'bytes', bytes, name: names[i]! } as const };
    });
    const expected = [];
    for await (const outcome of predictStream(classifier, posters, { policy: 'f1' })) expected.push(outcome);
    await classifier.release();
    for (const [i, prediction] of predictions.entries()) {
      const other = expected[i] as (typeof predictions)[number];
      expect({ ...prediction, genres: [] }).toEqual({ ...other, genres: [] });
      for (const [g, genre] of prediction.genres.entries()) {
        expect([genre.label, genre.decided]).toEqual([other.genres[g].label, other.genres[g].decided]);
        expect(genre.probability).toBeCloseTo(other.genres[g].probability, 5);
      }
    }
  });

  test('names posters as the command line does: folders of films by their names, and none twice', async () => {
    const content = await poster('jpeg');
    const filenames = ['Heat (1995)/poster.jpg', 'poster.jpg', 'poster.jpg', 'a.jpg', 'a.png'];
    const parts = filenames.map((filename) => ({ name: 'file', filename, content }));
    const { app } = shared;
    const response = await app.inject({ method: 'POST', url: '/v1/predict', ...form(parts) });
    const { predictions } = response.json() as { predictions: { id: string; source: string }[] };
    expect(predictions.map(({ id }) => id)).toEqual([
      'Heat (1995)',
      'poster',
      'poster (2)',
      'a.jpg',
      'a.png',
    ]);
    expect(predictions.map(({ source }) => source)).toEqual(filenames);
  });

  test('takes raw bytes of any media type, with options in the query', async () => {
    const { app } = shared;
    const bytes = await poster();
    for (const type of ['image/jpeg', 'application/octet-stream', 'text/plain', 'image/x-anything']) {
      const url = '/v1/predict?top=1&policy=top%3D2&name=first.jpg';
      const response = await app.inject({ url, ...raw(bytes, type) });
      expect([type, response.statusCode]).toEqual([type, 200]);
      const { policy, predictions } = response.json();
      expect(policy).toBe('top=2');
      expect(predictions).toHaveLength(1);
      expect(predictions[0]).toMatchObject({ id: 'first', source: 'first.jpg', model: tiny.id });
      expect(predictions[0].genres).toEqual([expect.objectContaining({ decided: true })]);
    }
    const bare = await app.inject({ method: 'POST', url: '/v1/predict', payload: bytes });
    expect(bare.statusCode).toBe(200);
  });

  test('adds the explanation that is wished', async () => {
    const { app } = shared;
    const bytes = await poster('jpeg', 40, 80);
    const likeliest = (await app.inject({ url: '/v1/predict?explain=true', ...raw(bytes) })).json();
    const [prediction] = likeliest.predictions;
    expect(prediction.explanation.genre).toBe(prediction.genres[0].label);
    expect(prediction.explanation.map).toMatchObject({ height: 64, width: 32 });
    const horror = (await app.inject({ url: '/v1/predict?explain=horror', ...raw(bytes) })).json();
    expect(horror.predictions[0].explanation.genre).toBe('Horror');
    const none = (await app.inject({ url: '/v1/predict?explain=false', ...raw(bytes) })).json();
    expect(none.predictions[0]).not.toHaveProperty('explanation');
  });

  test('gives one bad poster of several an entry with its error, and one alone its status', async () => {
    const { app } = shared;
    const bad = Buffer.from('GIF89a is not all of a GIF');
    const parts = [
      { name: 'file', filename: 'bad.gif', content: bad },
      { name: 'file', filename: 'good.jpg', content: await poster() },
      { name: 'file', filename: 'text.jpg', content: 'hello' },
    ];
    const many = await app.inject({ method: 'POST', url: '/v1/predict', ...form(parts) });
    expect(many.statusCode).toBe(200);
    expect(many.json().predictions).toMatchObject([
      { id: 'bad', error: { code: 'IMAGE_TRUNCATED', status: 422 } },
      { id: 'good', genres: [{}, {}, {}] },
      { id: 'text', error: { code: 'IMAGE_FORMAT', status: 415 } },
    ]);
    const alone = await app.inject({ method: 'POST', url: '/v1/predict', ...form(parts.slice(0, 1)) });
    expect(alone.statusCode).toBe(422);
    expect(alone.headers['content-type']).toContain('application/problem+json');
    expect(alone.json()).toEqual({
      type: 'about:blank',
      title: 'Unprocessable Entity',
      status: 422,
      detail: 'Expected a whole GIF image but bad.gif is truncated.',
      code: 'IMAGE_TRUNCATED',
      instance: alone.headers['x-request-id'],
    });
  });

  test.each([
    [
      '?policy=best',
      'OPTION_INVALID',
      'Expected one of top=1 to top=3, f1, precision=0.8 (this model keeps no other precision and recall) for policy but received best.',
    ],
    ['?polcy=f1', 'REQUEST_INVALID', 'polcy'],
    ['?top=none', 'REQUEST_INVALID', 'querystring top: expected number'],
    ['?explain=Western', 'GENRE_UNKNOWN', 'Western'],
  ])('%s is a problem that names the field', async (query, code, words) => {
    const { app } = shared;
    const response = await app.inject({ url: `/v1/predict${query}`, ...raw(await poster()) });
    expect([response.statusCode, response.json().code]).toEqual([400, code]);
    expect(response.json().detail).toContain(words);
  });

  test('refuses what is no request for a prediction', async () => {
    const { app } = shared;
    const ask = async (options: object) => {
      const response = await app.inject({ method: 'POST', url: '/v1/predict', ...options });
      return [response.statusCode, response.json().code];
    };
    expect(await ask({})).toEqual([400, 'REQUEST_INVALID']);
    expect(await ask(form([]))).toEqual([400, 'REQUEST_INVALID']);
    expect(await ask(form([{ name: 'policy', content: 'f1' }]))).toEqual([400, 'REQUEST_INVALID']);
    expect(await ask(form([{ name: 'picture', filename: 'a.jpg', content: 'x' }]))).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
    expect(await ask({ headers: { 'content-type': 'application/json' }, payload: '{"urls":' })).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
    expect(await ask({ payload: { urls: [] } })).toEqual([400, 'REQUEST_INVALID']);
    expect(await ask({ payload: { urls: ['http://example.org/a.jpg'] } })).toEqual([
      403,
      'URL_FETCH_DISABLED',
    ]);
    expect(await ask({ headers: { 'content-type': 'multipart/form-data' }, payload: 'x' })).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
  });

  test('says which model answers, with its genres and policies', async () => {
    const { app } = shared;
    const response = await app.inject('/v1/models');
    expect(response.json()).toMatchObject({
      fetching: false,
      hearing: false,
      reading: false,
      models: [
        {
          id: tiny.id,
          name: 'tiny',
          default: true,
          genres: ['Comedy', 'Drama', 'Horror'],
          prevalence: [0.3, 0.5, 0.1],
          policies: [{ name: 'top=2', kind: 'top' }, { name: 'f1', thresholds: [0.4, 0.5, 0.2] }, {}],
          resize: { height: 24, width: 16 },
        },
      ],
    });
  });
});
