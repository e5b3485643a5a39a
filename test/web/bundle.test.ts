import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { modelMetadataSchema } from '../../src/model/index.ts';
import { browserModelSchema } from '../../web/private/facts.ts';
import { samples } from '../../web/samples.ts';

const folder = fileURLToPath(new URL('../../dist/web/', import.meta.url));
const assets = readdirSync(join(folder, 'assets')).map((name) => join('assets', name));
const own = ['index.html', 'icon.svg', 'offline.js', 'app.webmanifest', ...assets];

function textOf(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

test('without model and runtime, the page is at most 120 kB gzipped', () => {
  const sizes = own.map((path) => gzipSync(readFileSync(join(folder, path))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(120_000);
});

test('nothing for Node got into the page', () => {
  const node = /from\s*['"](node:|sharp|onnxruntime-node)|require\(|__vite-browser-external/;
  expect(own.filter((path) => node.test(textOf(path)))).toEqual([]);
});

test('the page names no other host', () => {
  const hosts = new Set(own.flatMap((path) => textOf(path).match(/https?:\/\/[\w.-]+/g) ?? []));
  // Names of XML and JSON Schema that are never fetched, and the placeholder of the address field.
  const names = [/^http:\/\/www\.w3\.org$/, /^https?:\/\/json-schema\.org$/, /^https:\/\/example\.com$/];
  expect([...hosts].filter((host) => !names.some((name) => name.test(host)))).toEqual([]);
});

test('model.json is the metadata of the model beside it, as the page reads it', () => {
  const { id, bytes, features, ...metadata } = JSON.parse(textOf('model/model.json'));
  expect(modelMetadataSchema.parse(metadata)).toEqual(metadata);
  expect(features.width).toBeGreaterThan(0);
  expect(id).toMatch(/^.+@[0-9a-f]{12}$/);
  for (const [backend, file] of [
    ['webgpu', 'model.onnx'],
    ['wasm', 'model.wasm.onnx'],
  ] as const)
    expect(bytes[backend]).toBe(readFileSync(join(folder, 'model', file)).length);
  expect(browserModelSchema.safeParse({ id, bytes, features, ...metadata }).success).toBe(true);
});

test('the runtime’s files that the page asks for lie beside it', () => {
  const files = readdirSync(join(folder, 'ort'));
  const asked = assets.flatMap(
    (path) => textOf(path).match(/(?:ort[\w-]*\.|compiled)[\w.]*(?:mjs|wasm)(?=[`'"])/g) ?? [],
  );
  expect([...asked].sort()).toEqual([...files].sort());
});

test('the drawings to try are those of the package', () => {
  const drawn = readdirSync(fileURLToPath(new URL('../../samples/', import.meta.url)))
    .filter((name) => name.endsWith('.svg'))
    .map((name) => name.replace('.svg', ''));
  expect(samples.map(({ file }) => file)).toEqual(drawn.sort());
  expect(readdirSync(join(folder, 'samples')).sort()).toEqual(drawn.map((name) => `${name}.svg`));
});
