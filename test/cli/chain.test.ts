import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { command, onesheet } from './command.ts';

async function smallChain(): Promise<{ folder: string; data: string; chain: string }> {
  const { folder, data } = await smallDataset(60);
  const student = { name: 'student', extends: './teacher.json', distillation: { predictions: ['none'] } };
  const steps = [
    { step: 'teacher', train: './teacher.json' },
    { step: 'student', train: './student.json', needs: ['teacher'] },
    { step: 'last', refit: 'student' },
  ];
  const chain = join(folder, 'taught.json');
  await writeFile(join(folder, 'teacher.json'), JSON.stringify(tinyRecipe({ epochs: 4 })));
  await writeFile(join(folder, 'student.json'), JSON.stringify(student));
  await writeFile(chain, JSON.stringify({ name: 'taught', minimumSupport: 5, steps }));
  return { folder, data, chain };
}

/** Runs the command and kills it without warning once it has said something. */
function killedAfter(args: readonly string[], words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args]);
    let said = '';
    child.stderr.on('data', (text: Buffer) => {
      said += text;
      if (said.includes(words)) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => (said.includes(words) ? resolve() : reject(new Error(said))));
  });
}

test('a chain that is killed in its steps goes on by the same command to the same bits, and its end is skipped', {
  timeout: 240_000,
}, async () => {
  const { folder, data, chain } = await smallChain();
  const start = ['train', '--data', data, '--recipe', chain, '--no-report', '--run'];
  const [whole, broken] = [join(folder, 'whole'), join(folder, 'broken')];
  expect(await onesheet([...start, whole])).toMatchObject({ code: 0, stdout: '' });
  await killedAfter([...start, broken], 'teacher (train tiny) begins');
  await killedAfter([...start, broken], 'student (train student) begins');
  await killedAfter(['train', '--resume', broken, '--no-report'], 'last (refit student) begins');
  const end = await onesheet([...start, broken]);
  expect(end.code).toBe(0);
  expect(end.stderr).toContain('step 1 of 3, teacher (train tiny) was finished before\n');
  expect(end.stderr).toMatch(/all 3 steps are in .*broken; next: onesheet evaluate .*refit\.onnx\n$/);
  for (const name of ['teacher.jsonl', 'student/history.csv', 'student/best.onnx', 'student/refit.onnx']) {
    const [a, b] = await Promise.all([whole, broken].map((run) => readFile(join(run, name))));
    expect(a!.equals(b!), name).toBe(true);
  }
});

test('what a chain does not take is refused before anything is read', async () => {
  const { data, chain } = await smallChain();
  const epochs = await onesheet(['train', '--data', data, '--recipe', chain, '--epochs', '3']);
  expect(epochs.code).toBe(2);
  expect(epochs.stderr).toContain('nothing for a chain, whose recipes have their own');
  const folds = await onesheet(['cross-validate', '--data', data, '--recipe', chain, '--out', 'folds']);
  expect(folds.code).toBe(2);
  expect(folds.stderr).toContain('it is a chain of runs, which only `onesheet train` takes');
});
