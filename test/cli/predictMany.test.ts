import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { node, onesheet } from './command.ts';

/** More than a few, with a bad one among them, so that networks share the threads. */
async function prepared(): Promise<{ folder: string; posters: string; model: string }> {
  const folder = await temporaryFolder();
  const model = join(folder, 'tiny.onnx');
  await writeFile(model, tinyModel());
  const paths: string[] = [];
  for await (const { id, bytes } of drawSyntheticPosters({ count: 37, seed: 1, width: 20, height: 30 })) {
    paths.push(join(folder, `${id}.png`));
    await writeFile(paths.at(-1)!, bytes);
  }
  await writeFile(paths[20]!, 'no picture');
  const posters = join(folder, 'posters.txt');
  await writeFile(posters, paths.join('\n'));
  return { folder, posters, model };
}

test('many posters have the same predictions, in order, by one thread, by several, and in batches of any size', async () => {
  const { posters, model } = await prepared();
  const predict = (...options: string[]) =>
    onesheet(['predict', posters, '--model', model, '--format', 'jsonl', ...options]);
  const alone = await predict('--threads', '1');
  expect(alone.code).toBe(3);
  const ids = alone.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).id as string);
  expect(ids).toHaveLength(37);
  expect(ids).toEqual(ids.toSorted());
  for (const options of [
    ['--threads', '2'],
    ['--threads', '9'],
    ['--threads', '3', '--batch', '5'],
  ])
    expect(await predict(...options)).toEqual(alone);
});

test('a program that ends itself amid many posters ends as it wishes, whatever its threads are at', async () => {
  const { posters } = await prepared();
  const script = `
    import { predict } from 'onesheet';
    let left = Number(process.argv.at(-1));
    for await (const _ of predict(process.argv.at(-2), { threads: 2 })) if (--left === 0) process.exit(7);`;
  for (const count of ['1', '4', '19'])
    expect(await node(['--input-type=module', '-e', script, posters, count])).toEqual({
      code: 7,
      stdout: '',
      stderr: '',
    });
});

test('a thread that dies of its pixels fails them alone, with its reason; another takes the next', async () => {
  const { posters, folder } = await prepared();
  const script = `
    import { Classifier, decodeModel } from '${new URL('../../dist/model/index.js', import.meta.url).href}';
    import { readFileSync } from 'node:fs';
    const model = decodeModel(readFileSync('${join(folder, 'tiny.onnx')}'), 'tiny');
    const classifier = await Classifier.create(model, { threads: 2 });
    await classifier.crew.submit(new Uint8Array(5)).catch(({ message }) => console.log(/size|dims|length/.test(message)));
    console.log((await classifier.crew.submit(new Uint8Array(24 * 16 * 3))).probabilities.length);
    await classifier.release();`;
  expect(await node(['--input-type=module', '-e', script, posters])).toEqual({
    code: 0,
    stdout: 'true\n3\n',
    stderr: '',
  });
});
