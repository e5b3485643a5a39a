import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Random } from '../../src/random.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { command } from './command.ts';

/** Runs the command; kills it without warning after so many milliseconds from its first step. */
function run(args: readonly string[], killAfter?: number): Promise<{ code: number | null; killed: boolean }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args]);
    let killed = false;
    child.stderr.on('data', (text: Buffer) => {
      if (killAfter === undefined || killed || !String(text).includes('weights')) return;
      killed = true;
      setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, killed }));
  });
}

test('ten kills at random moments change no bit of weights, history and split', {
  timeout: 300_000,
}, async () => {
  const { folder, data } = await smallDataset(60);
  const recipe = join(folder, 'recipe.json');
  await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 12, earlyStopping: { patience: 12 } })));
  const whole = join(folder, 'whole');
  const start = ['train', '--data', data, '--recipe', recipe];
  expect(await run([...start, '--run', whole])).toEqual({ code: 0, killed: false });

  const broken = join(folder, 'broken');
  const random = Random.fromSeed(7);
  let kills = 0;
  await run([...start, '--run', broken], random.integer(400));
  for (kills = 1; kills < 10; kills++) await run(['train', '--resume', broken], random.integer(400));
  expect(await run(['train', '--resume', broken])).toEqual({ code: 0, killed: false });
  for (const name of ['history.csv', 'last.safetensors', 'best.onnx', 'split.csv', 'validation.jsonl']) {
    const [a, b] = await Promise.all([readFile(join(whole, name)), readFile(join(broken, name))]);
    expect(a.equals(b), name).toBe(true);
  }
});
