import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createExplainer, displayValues, mapOnPoster } from '../../src/explain/index.ts';
import { form, poster, raw, serverForAll, tiny } from './fixture.ts';

const shared = serverForAll();

describe('POST /v1/explain', () => {
  test("answers the explainer's map on the poster's own proportions, from 0 to 1", async () => {
    const { app } = shared;
    const bytes = await poster('png', 100, 50);
    const response = await app.inject({ url: '/v1/explain?genre=Drama&method=layercam', ...raw(bytes) });
    expect(response.statusCode).toBe(200);
    const answer = response.json();
    expect(answer).toMatchObject({ model: tiny.id, genre: 'Drama', method: 'layercam' });
    expect(answer.probability).toBeGreaterThan(0);
    expect([answer.map.height, answer.map.width]).toEqual([32, 64]);

    const explainer = createExplainer(tiny, { threads: 1 });
    const map = await explainer.explain({ kind: 'bytes', bytes, name: 'poster' }, 'Drama', 'layercam');
    await explainer.release();
    const size = { height: 32, width: 64 };
    const expected = displayValues(mapOnPoster(map, tiny.metadata.resize, size));
    expect(answer.map.values).toHaveLength(expected.length);
    answer.map.values.forEach((value: number, i: number) => expect(value).toBeCloseTo(expected[i]!, 3));
  });

  test('explains the likeliest genre when none is named', async () => {
    const { app } = shared;
    const bytes = await poster();
    const [likeliest] = (await app.inject({ url: '/v1/predict', ...raw(bytes) })).json().predictions[0]
      .genres;
    const { genre, probability } = (await app.inject({ url: '/v1/explain', ...raw(bytes) })).json();
    expect(genre).toBe(likeliest.label);
    expect(probability).toBeCloseTo(likeliest.probability, 5);
  });

  test.each(['png', 'webp'])('draws the map over the poster where image/%s is accepted', async (format) => {
    const { app } = shared;
    const { headers, payload } = form([
      { name: 'file', filename: 'a.jpg', content: await poster('jpeg', 60, 90) },
      { name: 'genre', content: 'Horror' },
    ]);
    const response = await app.inject({
      method: 'POST',
      url: '/v1/explain',
      headers: { ...headers, accept: `image/${format}, application/json;q=0.5` },
      payload,
    });
    expect(response.headers['content-type']).toBe(`image/${format}`);
    const { format: found, width, height } = await sharp(response.rawPayload).metadata();
    expect([found, width, height]).toEqual([format, 60, 90]);
  });

  test.each([
    ['genre=Western', 400, 'GENRE_UNKNOWN'],
    ['method=guess', 400, 'REQUEST_INVALID'],
  ])('%s is a problem', async (query, status, code) => {
    const { app } = shared;
    const response = await app.inject({ url: `/v1/explain?${query}`, ...raw(await poster()) });
    expect([response.statusCode, response.json().code]).toEqual([status, code]);
  });

  test('takes one poster, and one that can be read', async () => {
    const { app } = shared;
    const part = { name: 'file', filename: 'a.jpg', content: 'no picture' };
    const two = await app.inject({ method: 'POST', url: '/v1/explain', ...form([part, part]) });
    expect([two.statusCode, two.json().code]).toEqual([400, 'REQUEST_INVALID']);
    const one = await app.inject({ method: 'POST', url: '/v1/explain', ...form([part]) });
    expect([one.statusCode, one.json().code]).toEqual([415, 'IMAGE_FORMAT']);
    expect(one.json().detail).toContain('a.jpg');
  });
});
