import { describe, expect, test } from 'vitest';
import { Classifier } from '../../src/model/index.ts';
import { poster, raw, serverForAll, startServer, tiny } from './fixture.ts';

const size = 24 * 16 * 3;
const pixels = Uint8Array.from({ length: 2 * size }, (_, i) => (i * 7) % 256);
const image = { name: 'image', shape: [2, 24, 16, 3], datatype: 'UINT8', data: [...pixels] };

async function outputsOf(batch: Uint8Array) {
  const classifier = await Classifier.create(tiny, { threads: 1 });
  const outputs = await classifier.classify(batch);
  await classifier.release();
  return outputs;
}

const shared = serverForAll();

describe('the Open Inference Protocol', () => {
  test('tells of health, server and model as version 2 says', async () => {
    const { app } = shared;
    const get = async (url: string) => {
      const response = await app.inject(url);
      return [response.statusCode, response.json()];
    };
    const version = tiny.sha256.slice(0, 12);
    expect(await get('/v2/health/live')).toEqual([200, { live: true }]);
    expect(await get('/v2/health/ready')).toEqual([200, { live: true, ready: true }]);
    expect(await get('/v2')).toEqual([
      200,
      { name: 'onesheet', version: expect.any(String), extensions: ['binary_tensor_data'] },
    ]);
    const metadata = {
      name: 'tiny',
      versions: [version],
      platform: 'onnx_onnxv1',
      inputs: [{ name: 'image', datatype: 'UINT8', shape: [-1, 24, 16, 3] }],
      outputs: [
        { name: 'probability', datatype: 'FP32', shape: [-1, 3] },
        { name: 'logit', datatype: 'FP32', shape: [-1, 3] },
      ],
    };
    for (const path of ['tiny', `tiny/versions/${version}`]) {
      expect(await get(`/v2/models/${path}`)).toEqual([200, metadata]);
      expect(await get(`/v2/models/${path}/ready`)).toEqual([200, { name: 'tiny', ready: true }]);
    }
    const [status, unknown] = await get('/v2/models/other');
    expect([status, unknown.code, unknown.error]).toEqual([404, 'MODEL_UNKNOWN', unknown.detail]);
    expect(await get('/v2/models/tiny/versions/1')).toEqual([404, expect.objectContaining({ status: 404 })]);
  });

  test('answers tensors with tensors, flat or nested, all or the outputs that are asked for', async () => {
    const { app } = shared;
    const { probabilities, logits } = await outputsOf(pixels);
    const infer = async (payload: object) =>
      (await app.inject({ method: 'POST', url: '/v2/models/tiny/infer', payload })).json();
    const all = await infer({ id: '42', inputs: [image] });
    expect(all).toMatchObject({ id: '42', model_name: 'tiny', model_version: tiny.sha256.slice(0, 12) });
    const [probability, logit] = all.outputs;
    expect(probability).toMatchObject({ name: 'probability', datatype: 'FP32', shape: [2, 3] });
    probability.data.forEach((value: number, i: number) => expect(value).toBeCloseTo(probabilities[i]!, 5));
    logit.data.forEach((value: number, i: number) => expect(value).toBeCloseTo(logits[i]!, 4));

    const rows = (from: number[], length: number): number[][] =>
      Array.from({ length: from.length / length }, (_, i) => from.slice(i * length, (i + 1) * length));
    const nested = rows([...pixels], size).map((each) => rows(each, 48).map((row) => rows(row, 3)));
    const one = await infer({ inputs: [{ ...image, data: nested }], outputs: [{ name: 'logit' }] });
    expect(one).not.toHaveProperty('id');
    expect(one.outputs).toEqual([logit]);
  });

  test('takes and gives tensors in binary', async () => {
    const { app } = shared;
    const header = {
      inputs: [{ ...image, data: undefined, parameters: { binary_data_size: 2 * size } }],
      outputs: [{ name: 'logit', parameters: { binary_data: true } }, { name: 'probability' }],
    };
    const json = Buffer.from(JSON.stringify(header));
    const response = await app.inject({
      method: 'POST',
      url: '/v2/models/tiny/infer',
      headers: {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(json.length),
      },
      payload: Buffer.concat([json, pixels]),
    });
    expect(response.statusCode).toBe(200);
    const length = Number(response.headers['inference-header-content-length']);
    const answer = JSON.parse(response.rawPayload.toString('utf8', 0, length));
    expect(answer.outputs[0]).toEqual({
      name: 'logit',
      datatype: 'FP32',
      shape: [2, 3],
      parameters: { binary_data_size: 24 },
    });
    const { probabilities, logits } = await outputsOf(pixels);
    const binary = response.rawPayload.subarray(length);
    expect(binary).toHaveLength(24);
    logits.forEach((value, i) => expect(binary.readFloatLE(i * 4)).toBeCloseTo(value, 4));
    answer.outputs[1].data.forEach((v: number, i: number) => expect(v).toBeCloseTo(probabilities[i]!, 5));
  });

  test.each<[string, object]>([
    ['inputs', { inputs: [] }],
    ['inputs', { inputs: [image, image] }],
    ['inputs', { inputs: [{ ...image, name: 'input0' }] }],
    ['inputs.0.datatype', { inputs: [{ ...image, datatype: 'FP32' }] }],
    ['inputs.0.shape', { inputs: [{ ...image, shape: [2, 16, 24, 3] }] }],
    ['inputs.0.shape', { inputs: [{ ...image, shape: [0, 24, 16, 3] }] }],
    ['inputs.0.shape', { inputs: [{ ...image, shape: [2, 24, 16, 3, 1] }] }],
    ['inputs.0.shape.0', { inputs: [{ ...image, shape: [-1, 24, 16, 3] }] }],
    ['inputs.0.data', { inputs: [{ ...image, data: [1, 2] }] }],
    ['inputs.0.data', { inputs: [{ ...image, data: [...pixels, 1] }] }],
    ['inputs.0.data', { inputs: [{ ...image, data: [...pixels.slice(1), 256] }] }],
    ['inputs.0.data', { inputs: [{ ...image, data: [...pixels.slice(1), 0.5] }] }],
    ['inputs.0.data', { inputs: [{ ...image, data: undefined }] }],
    ['outputs.0.name', { inputs: [image], outputs: [{ name: 'softmax' }] }],
    ['outputs', { inputs: [image], outputs: [{ name: 'logit' }, { name: 'logit' }] }],
    ['outputs', { inputs: [image], outputs: Array(3).fill({ name: 'logit' }) }],
    ['inputs', { inputs: Array(17).fill({ ...image, data: undefined }) }],
    ['inputs.0.datatype', { inputs: [{ ...image, datatype: 'BYTES', data: ['aGVsbG8='] }] }],
    ['inputs.0.datatype', { inputs: [{ ...image, datatype: 'FP32', data: [0.5] }] }],
  ])('says what is wrong with %s', async (place, payload) => {
    const { app } = shared;
    const response = await app.inject({ method: 'POST', url: '/v2/models/tiny/infer', payload });
    expect([response.statusCode, response.json().code]).toEqual([400, 'REQUEST_INVALID']);
    expect(response.json().error).toContain(`: ${place}:`);
  });

  test('takes JSON before binary tensors within the limit of JSON', async () => {
    const { app } = await startServer({ maximumJsonBytes: 2000 });
    const ask = async (json: string) => {
      const response = await app.inject({
        method: 'POST',
        url: '/v2/models/tiny/infer',
        headers: {
          'content-type': 'application/octet-stream',
          'inference-header-content-length': String(json.length),
        },
        payload: json,
      });
      return [response.statusCode, response.json().code];
    };
    expect(await ask(`{"inputs":[]}${' '.repeat(2000)}`)).toEqual([413, 'REQUEST_TOO_BIG']);
    expect(await ask(`[${'['.repeat(20)}`)).toEqual([400, 'REQUEST_INVALID']);
  });

  test('refuses more posters than a request may have', async () => {
    const { app } = await startServer({ maximumPosters: 1 });
    const response = await app.inject({
      method: 'POST',
      url: '/v2/models/tiny/infer',
      payload: { inputs: [image] },
    });
    expect([response.statusCode, response.json().code]).toEqual([413, 'REQUEST_TOO_BIG']);
  });
});

describe("Hugging Face's image classification", () => {
  test('takes raw bytes and answers labels with scores, the highest first', async () => {
    const { app } = shared;
    const response = await app.inject({ url: '/models/tiny', ...raw(await poster()) });
    const answer: { label: string; score: number }[] = response.json();
    expect(answer.map(({ label }) => label).sort()).toEqual(['Comedy', 'Drama', 'Horror']);
    expect(answer.map(({ score }) => score)).toEqual(answer.map(({ score }) => score).sort((a, b) => b - a));
    for (const each of answer) expect(Object.keys(each)).toEqual(['label', 'score']);
  });

  test('takes base64 with parameters', async () => {
    const { app } = shared;
    const inputs = (await poster()).toString('base64');
    const ask = async (parameters?: object | null) =>
      (await app.inject({ method: 'POST', url: '/models/tiny', payload: { inputs, parameters } })).json();
    expect(await ask(null)).toHaveLength(3);
    expect(await ask({ top_k: 2 })).toHaveLength(2);
    const softmax: { score: number }[] = await ask({ function_to_apply: 'softmax' });
    expect(softmax.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 4);
    const [logit] = await ask({ function_to_apply: 'none' });
    const [sigmoid] = await ask({ function_to_apply: 'sigmoid' });
    expect(sigmoid.label).toBe(logit.label);
    expect(sigmoid.score).toBeCloseTo(1 / (1 + Math.exp(-logit.score)), 4);
  });

  test('answers failures with the member error', async () => {
    const { app } = shared;
    const ask = async (options: object) => {
      const response = await app.inject({ method: 'POST', url: '/models/tiny', ...options });
      expect(response.json().error).toBe(response.json().detail);
      return [response.statusCode, response.json().code];
    };
    expect(await ask({ payload: { inputs: '!!!!' } })).toEqual([400, 'REQUEST_INVALID']);
    expect(await ask({ payload: { inputs: 'aGVsbG8=' } })).toEqual([415, 'IMAGE_FORMAT']);
    expect(await ask({ payload: { inputs: 'aGVsbG8=', parameters: { top_k: 0 } } })).toEqual([
      400,
      'REQUEST_INVALID',
    ]);
    expect(await ask({ url: '/models/other', payload: { inputs: 'aGVsbG8=' } })).toEqual([
      404,
      'MODEL_UNKNOWN',
    ]);
  });
});
