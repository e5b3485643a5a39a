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
  const keys = ['name', 'default', 'file', 'description', 'steps', 'cost', 'score'];
  for (const each of json) expect(Object.keys(each)).toEqual(keys);
  expect(json.find((each: { name: string }) => each.name === 'cnn').score).toBeNull();
  expect(json.filter((each: { default: boolean }) => each.default)).toHaveLength(1);
});

test('a recipe that does not exist is answered with those that do, before any data are read', async () => {
  const { code, stderr } = await onesheet(['train', '--data', 'missing.csv', '--recipe', 'lstm']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^onesheet: There is no recipe lstm: expected .*cnn-rnn, demo, fine-tune.*\n$/);
});
