import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { drawSyntheticPosters } from '../../src/dataset/index.ts';
import { Random } from '../../src/random.ts';
import { runChaos } from '../../tools/clusterChaos.ts';
import { hasRedisServer } from '../../tools/redisServer.ts';
import { command, onesheet } from '../cli/command.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';

test.skipIf(!hasRedisServer())(
  'workers, coordinator and Redis killed at random moments: the output has the bytes of one process (needs redis-server)',
  { timeout: 600_000 },
  async () => {
    const base = await temporaryFolder();
    await writeFile(join(base, 'tiny.onnx'), tinyModel());
    for await (const { bytes } of drawSyntheticPosters({ count: 1, seed: 1, width: 400, height: 600 }))
      await writeFile(join(base, 'poster.png'), bytes);
    const rows = Array.from({ length: 301 }, (_, at) => ({
      id: `film ${at}`,
      image: at === 150 ? 'missing.png' : 'poster.png',
    }));
    await writeFile(join(base, 'films.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const input = [join(base, 'films.jsonl'), '--model', join(base, 'tiny.onnx')];
    const random = Random.fromSeed(18);
    let kills = 0;
    for (let round = 0; round < 2; round++) {
      const folder = join(base, String(round));
      await mkdir(folder);
      const whole = await onesheet(
        ['predict', ...input, '--threads', '1', '--output', 'whole.jsonl'],
        '',
        folder,
      );
      expect(whole.code).toBe(3);
      const records = (await readFile(join(folder, 'whole.jsonl'), 'utf8')).trimEnd().split('\n');
      expect(records).toHaveLength(300);
      const { code, killed } = await runChaos({
        ...{ command, folder, random, kills: 5, pause: 1500, stalledAfter: 5 },
        words: ['--input', ...input, '--output', 'a.jsonl', '--shard-size', '15'],
      });
      expect(code, await readFile(join(folder, 'chaos.log'), 'utf8')).toBe(3);
      kills += killed.worker + killed.coordinator + killed.redis;
      for (const suffix of ['', '.errors.jsonl'])
        expect(await readFile(join(folder, `a.jsonl${suffix}`), 'utf8')).toBe(
          await readFile(join(folder, `whole.jsonl${suffix}`), 'utf8'),
        );
    }
    expect(kills).toBeGreaterThan(3);
  },
);
