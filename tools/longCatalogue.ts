/** @module A folder of posters -> the memory of predicting a long list of them, and of a short one. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root as rootUrl } from './root.ts';

const root = fileURLToPath(rootUrl);

const short = 10_000;

/** @returns the peak of resident memory, in MB, and the seconds that it took */
function predict(
  entries: number,
  posters: readonly string[],
  model: string,
): Promise<{ megabytes: number; seconds: number }> {
  const work = mkdtempSync(join(tmpdir(), 'onesheet-long-'));
  const list = [...Array(entries).keys()].map((at) => posters[at % posters.length]!);
  writeFileSync(join(work, 'list.txt'), `${list.join('\n')}\n`);
  const words = ['predict', 'list.txt', '--model', model, '--output', 'genres.jsonl'];
  const start = performance.now();
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...words], {
      cwd: work,
      stdio: 'ignore',
    });
    let kilobytes = 0;
    const look = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        kilobytes = Math.max(kilobytes, Number(status.match(/^VmHWM:\s+(\d+)/m)?.[1] ?? 0));
      } catch {
        // It has ended.
      }
    }, 200);
    child.on('error', fail).on('close', (code) => {
      clearInterval(look);
      const records = readFileSync(join(work, 'genres.jsonl'), 'utf8').split('\n').length - 1;
      rmSync(work, { recursive: true });
      if (code === 0 && records === entries)
        done({ megabytes: kilobytes / 1024, seconds: (performance.now() - start) / 1000 });
      else fail(new Error(`It ended with ${code} and ${records} of ${entries} records.`));
    });
  });
}

/** Writes `docs/results/long-catalogue.json`; memory of both beside each other (Linux). */
export async function measureLongCatalogue([
  folder,
  wanted = '200000',
  model = join(root, 'models', 'poster-genres.int8.onnx'),
]: readonly string[]): Promise<void> {
  if (folder === undefined)
    throw new Error('Expected a folder of posters: npm run tool -- long-catalogue FOLDER [ENTRIES] [MODEL]');
  const posters = readdirSync(folder).map((name) => resolve(folder, name));
  const [few, many] = [
    await predict(short, posters, resolve(model)),
    await predict(Number(wanted), posters, resolve(model)),
  ];
  const result = {
    posters: posters.length,
    model: basename(model),
    short: { entries: short, ...few },
    long: { entries: Number(wanted), ...many },
    ratio: many.megabytes / few.megabytes,
    measured: new Date().toISOString(),
  };
  writeFileSync(join(root, 'docs', 'results', 'long-catalogue.json'), `${JSON.stringify(result, null, 2)}\n`);
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
