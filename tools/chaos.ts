/** @module A folder of posters -> predictions into a file that are killed again and again, held against undisturbed ones. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Random } from '../src/random.ts';
import { root as rootUrl } from './root.ts';

const root = fileURLToPath(rootUrl);

const command = join(root, 'dist', 'cli', 'main.js');
/** Entries of the catalogue, among them some that fail. */
const entries = 3000;
/** Milliseconds after which a process is killed, at most. */
const longest = 4000;

/** @returns its exit code; none where it was killed */
function run(words: readonly string[], cwd: string, killAfter?: number): Promise<number | null> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [command, ...words], { cwd, stdio: 'ignore' });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('error', fail).on('close', (code) => {
      clearTimeout(timer);
      done(code);
    });
  });
}

/** Writes `docs/results/chaos.json`. */
export async function runChaos([folder, wanted = '20']: readonly string[]): Promise<void> {
  if (folder === undefined)
    throw new Error('Expected a folder of posters: npm run tool -- chaos FOLDER [KILLS]');
  const posters = readdirSync(folder).map((name) => resolve(folder, name));
  const work = mkdtempSync(join(tmpdir(), 'onesheet-chaos-'));
  const random = Random.fromSeed(18);
  const list = [...Array(entries).keys()].map((at) =>
    at % 97 === 5 ? 'missing.jpg' : posters[at % posters.length]!,
  );
  writeFileSync(join(work, 'list.txt'), `${list.join('\n')}\n`);
  const words = [
    'predict',
    'list.txt',
    '--model',
    join(root, 'models', 'poster-genres.int8.onnx'),
    '--output',
  ];
  await run([...words, 'whole.jsonl'], work);
  let kills = 0;
  /** Records of which a kill was survived, to show that they fell all over the work. */
  const doneAtKills: number[] = [];
  let rounds = 0;
  while (kills < Number(wanted)) {
    const output = `broken-${rounds++}.jsonl`;
    for (;;) {
      const code = await run(
        [...words, output],
        work,
        kills < Number(wanted) ? random.integer(longest) : undefined,
      );
      if (code !== null) break;
      kills += 1;
      doneAtKills.push(doneOf(join(work, `${output}.progress`, 'progress.json')));
    }
    for (const suffix of ['', '.errors.jsonl'])
      if (!readFileSync(join(work, output + suffix)).equals(readFileSync(join(work, `whole.jsonl${suffix}`))))
        throw new Error(`${output}${suffix} differs from that of an undisturbed run; both are in ${work}`);
  }
  const result = {
    entries,
    kills,
    outputs: rounds,
    identical: true,
    doneAtKills,
    measured: new Date().toISOString(),
  };
  writeFileSync(join(root, 'docs', 'results', 'chaos.json'), `${JSON.stringify(result)}\n`);
  rmSync(work, { recursive: true });
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

function doneOf(path: string): number {
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as { done: number }).done;
  } catch {
    return 0;
  }
}
