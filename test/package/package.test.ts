import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { canIsolate, filesBelow, type Person, projectOf, somebody } from './person.ts';

/** Packages come from a registry, and WebAssembly is compiled. */
vi.setConfig({ testTimeout: 600_000, hookTimeout: 600_000 });

const repository = fileURLToPath(new URL('../../', import.meta.url));
let person: Person;
let tarball: string;
/** Where the package was installed as its README says. */
let plain: string;
let installed: { code: number | null; stderr: string };

beforeAll(async () => {
  person = await somebody();
  const words = ['pack', '--json', '--pack-destination', person.folder];
  const [packed] = JSON.parse(execFileSync('npm', words, { cwd: repository, encoding: 'utf8' }));
  tarball = join(person.folder, packed.filename);
  await chmod(tarball, 0o644);
  for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 4, width: 200, height: 300 }))
    await writeFile(join(person.folder, 'poster.png'), bytes);
  plain = await projectOf(person, 'plain');
  installed = await person.run('npm', ['install', tarball], { cwd: plain });
});

afterAll(() => person?.leave());

const predictWords = ['onesheet', 'predict', '../poster.png', '--format', 'jsonl'];
const likeliest = (stdout: string): string => JSON.parse(stdout).genres[0].label;
/** What onesheet says when WebAssembly computes, and the command that it names. */
const notice = /^onesheet: Networks are computed by WebAssembly.* To install it: (npm install .+)\n$/;

test('the tarball has at most 40 MB, no source maps, and nothing large twice', async () => {
  expect((await stat(tarball)).size).toBeLessThanOrEqual(40_000_000);
  const files = await filesBelow(join(plain, 'node_modules/onesheet'));
  expect(files.filter((path) => path.endsWith('.map'))).toEqual([]);
  const byContent = new Map<string, string>();
  for (const path of files) {
    const bytes = await readFile(path);
    if (bytes.length < 10_000) continue;
    const hash = createHash('sha256').update(bytes).digest('hex');
    expect([path, byContent.get(hash)]).toEqual([path, undefined]);
    byContent.set(hash, path);
  }
});

test('it is installed without a flag, by somebody without rights, in a path with spaces, and nothing is warned of', () => {
  expect(installed.code).toBe(0);
  const warnings = installed.stderr.split('\n').filter((line) => /warn/i.test(line));
  // Where the native runtime could be installed, npm 11 names its install script; nobody but the user can prevent that.
  if (warnings.some((line) => line.includes('onnxruntime-node@'))) {
    const named = warnings.filter((line) => /install-scripts +\S+@\d/.test(line));
    expect(named).toHaveLength(1);
    expect(warnings.filter((line) => !line.includes('install-scripts'))).toEqual([]);
    return;
  }
  expect(warnings).toEqual([]);
});

test('npx onesheet predict names genres', async () => {
  const { code, stdout, stderr } = await person.run('npx', predictWords, { cwd: plain });
  expect(code).toBe(0);
  expect(likeliest(stdout)).toMatch(/\w+/);
  if (stderr !== '') expect(stderr).toMatch(notice);
});

test('where the native runtime cannot be installed, npm 10 goes on, WebAssembly answers, and the command that is named brings it', async () => {
  const project = await projectOf(person, 'without native');
  // No such version exists, so the runtime's script fails on every machine, as it does where its host is out of reach.
  const env = { ONNXRUNTIME_NODE_INSTALL: 'cuda0' };
  const install = await person.run('npx', ['--yes', 'npm@10', 'install', tarball], { cwd: project, env });
  expect([install.code, install.stderr]).toEqual([0, '']);
  const before = await person.run('npx', predictWords, { cwd: project });
  expect(before.code).toBe(0);
  const [, command] = before.stderr.match(notice) ?? expect.fail(before.stderr);
  const remedy = await person.run('sh', ['-c', command!]);
  expect(remedy.code).toBe(0);
  const after = await person.run('npx', predictWords, { cwd: project });
  expect([after.code, after.stderr]).toEqual([0, '']);
  expect(likeliest(after.stdout)).toBe(likeliest(before.stdout));
});

const use = `
import { evaluate, loadModel, predict, readRecipe, type Prediction } from 'onesheet';
import { buildServer } from 'onesheet/server';
const recipe = await readRecipe('cnn-rnn');
const seen: Prediction[] = [];
for await (const outcome of predict(['../poster.png'], {})) if (!('error' in outcome)) seen.push(outcome);
const label: string | undefined = seen[0]?.genres[0]?.label;
console.log(JSON.stringify({ recipe: recipe.name, label, evaluate: typeof evaluate }));
const serving = async () => buildServer({ model: await loadModel('best.onnx') });
`;

test('its types stand by themselves, and the library and recipes by name work after import and require', async () => {
  const words = ['install', '--save-dev', 'typescript@7', '@types/node@20'];
  expect((await person.run('npm', words, { cwd: plain })).code).toBe(0);
  await writeFile(join(plain, 'use.mts'), use);
  await writeFile(
    join(plain, 'use.cts'),
    `import onesheet = require('onesheet');
    void onesheet.readRecipe('cnn-rnn').then(({ name }: onesheet.Recipe) => console.log(name));`,
  );
  const options = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
  };
  await writeFile(
    join(plain, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['*.mts', '*.cts'] }),
  );
  const compiled = await person.run('npx', ['tsc', '-p', '.', '--outDir', 'out'], { cwd: plain });
  expect([compiled.code, compiled.stdout]).toEqual([0, '']);
  const imported = await person.run('node', ['out/use.mjs'], { cwd: plain });
  expect(imported.code).toBe(0);
  expect(JSON.parse(imported.stdout)).toEqual({
    recipe: 'cnn-rnn',
    label: expect.any(String),
    evaluate: 'function',
  });
  const required = await person.run('node', ['out/use.cjs'], { cwd: plain });
  expect(required).toEqual({ code: 0, stdout: 'cnn-rnn\n', stderr: '' });
});

test('serve answers with genres and with every file of the page', async () => {
  const child = person.start(
    'node',
    ['node_modules/.bin/onesheet', 'serve', '--port', '0', '--deadline', '60'],
    { cwd: plain },
  );
  const ended = new Promise((resolve) => child.on('close', resolve));
  let printed = '';
  const address = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      printed += chunk;
      const found = printed.match(/ready: (http:\/\/[^/]+)\//);
      if (found) resolve(found[1]!);
    };
    child.stdout!.on('data', read);
    child.stderr!.on('data', read);
    child.on('close', (code) => reject(new Error(`ended with ${code}: ${printed}`)));
  });
  const poster = new Uint8Array(await readFile(join(person.folder, 'poster.png')));
  const headers = { 'content-type': 'image/png' };
  const answer = await fetch(`${address}/v1/predict`, { method: 'POST', headers, body: poster });
  expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('probability')]);
  for (const [path, original] of [
    ['ort/ort-wasm-simd-threaded.wasm', 'dist/web/ort/ort-wasm-simd-threaded.wasm'],
    ['ort/ort-wasm-simd-threaded.jspi.wasm', 'dist/web/ort/ort-wasm-simd-threaded.jspi.wasm'],
    ['model/model.onnx', 'dist/web/model/model.onnx'],
    ['', 'dist/web/index.html'],
  ] as const) {
    const response = await fetch(`${address}/${path}`);
    const same = Buffer.from(await response.arrayBuffer()).equals(await readFile(join(repository, original)));
    expect([path, response.status, same]).toEqual([path, 200, true]);
  }
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test(`once it is installed, it needs neither a home that can be written nor a network${canIsolate ? '' : ' (the network is on: unshare cannot be used here)'}`, async () => {
  await rm(person.home, { recursive: true });
  await person.run('mkdir', [person.home]);
  await chmod(person.home, 0o555);
  const words = ['node', 'node_modules/.bin/onesheet', 'predict', '../poster.png', '--format', 'jsonl'];
  const isRoot = process.getuid?.() === 0;
  // Only root may leave the network and then become somebody else.
  const become = isRoot ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];
  const alone = canIsolate ? ['unshare', isRoot ? '-n' : '-rn', ...become] : [];
  const [program, ...rest] = [...alone, ...words];
  const env = { PATH: process.env.PATH, HOME: person.home };
  const as = canIsolate && isRoot ? {} : undefined;
  const { status, stdout, stderr } = as
    ? spawnSync(program!, rest, { cwd: plain, env, encoding: 'utf8' })
    : await person
        .run(program!, rest, { cwd: plain })
        .then(({ code, ...said }) => ({ status: code, ...said }));
  expect(status).toBe(0);
  expect(likeliest(stdout)).toMatch(/\w+/);
  if (stderr !== '') expect(stderr).toMatch(notice);
  expect(await filesBelow(person.home)).toEqual([]);
});
