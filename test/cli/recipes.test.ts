import { expect, test } from 'vitest';
import { onesheet } from './command.ts';

test('recipes lists each with its purpose, cost and score, for people and for programs', async () => {
  const table = await onesheet(['recipes']);
  expect(table.code).toBe(0);
  expect(table.stdout).toContain('cnn-rnn (default)\n  for    ');
  expect(table.stdout.match(/^ {2}cost {3}/gm)).toEqual(
    table.stdout.match(/^ {2}score {2}/gm)!.map(() => '  cost   '),
  );
  const json = JSON.parse((await onesheet(['recipes', '--format', 'json'])).stdout);
  const keys = ['name', 'default', 'research', 'file', 'description', 'commands', 'cost', 'score'];
  for (const each of json) expect(Object.keys(each)).toEqual(keys);
  expect(json.find((each: { name: string }) => each.name === 'cnn').score).toBeNull();
  expect(json.filter((each: { default: boolean }) => each.default)).toHaveLength(1);
});

test('recipes <name> shows all options of one, those of its base too', async () => {
  const { stdout } = await onesheet(['recipes', 'cnn']);
  expect(stdout).toMatch(/^cnn\n {2}for {4}The trunk of cnn-rnn/);
  expect(stdout).toContain('  steps  onesheet train --data train.csv --images images --recipe cnn\n');
  expect(stdout).toMatch(/ {4}network\.recurrence +"none"\n/);
  expect(stdout).toMatch(/ {4}optimizer\.learningRate +0\.0015\n/);
  const json = JSON.parse((await onesheet(['recipes', 'cnn', '--format', 'json'])).stdout);
  expect(json).toMatchObject({ name: 'cnn', research: false, options: { network: { recurrence: 'none' } } });
  const missing = await onesheet(['recipes', 'lstm']);
  expect(missing.code).toBe(2);
  expect(missing.stderr).toMatch(/^onesheet: There is no recipe lstm: expected .*cnn, cnn-rnn, demo/);
});

test('recipes <name> shows the runs of a chain, and a clone marks what belongs to research', async () => {
  const { stdout } = await onesheet(['recipes', 'poster-genres']);
  expect(stdout).toMatch(/^poster-genres \(research, chain\)\n/);
  expect(stdout).toContain('    student    train poster-genres-student, taught by teacher and recurrent\n');
  const before = await onesheet(['recipes', 'poster-genres-mobilenet']);
  expect(before.stdout).toContain('    refit    refit of student\n');
});

test('a recipe that does not exist is answered with those that do, before any data are read', async () => {
  const { code, stderr } = await onesheet(['train', '--data', 'missing.csv', '--recipe', 'lstm']);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^onesheet: There is no recipe lstm: expected .*cnn, cnn-rnn, demo, efficientnet-lite.*, fine-tune.*\n$/,
  );
});
