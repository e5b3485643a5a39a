import { spawn, spawnSync } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { command } from './cli/command.ts';
import { temporaryFolder, tinyModel } from './model/fixture.ts';
import { poster } from './server/fixture.ts';
import { smallDataset, tinyRecipe } from './train/fixture.ts';

/** Each test starts processes, some of them traced. */
vi.setConfig({ testTimeout: 240_000 });

const runs = (program: string, words: readonly string[]): boolean =>
  spawnSync(program, words, { stdio: 'ignore' }).status === 0;
/** Shows every connection and every datagram, of all threads and children. */
const canTrace = runs('strace', ['-f', '-o', '/dev/null', '-e', 'trace=connect', 'true']);
/** A machine of its own without any network, where even a runtime that wants to send reaches nobody. */
const canIsolate = runs('unshare', ['-rn', 'true']);

interface Observed {
  readonly code: number | null;
  readonly stderr: string;
  /** Everything below the home folder. */
  readonly kept: readonly string[];
  /** Everything below the folder it ran in. */
  readonly written: readonly string[];
  /** Addresses of other machines, and questions to name servers. */
  readonly asked: readonly string[];
}

/** Lines of strace that lead to another machine, or to a name server on this one. */
function askedIn(trace: string): string[] {
  return trace.split('\n').filter((line) => {
    if (!/AF_INET/.test(line)) return false;
    const isOwn = /inet_addr\("127\.|"::1"|inet_addr\("0\.0\.0\.0"|"::"/.test(line);
    return !isOwn || /htons\(53\)/.test(line);
  });
}

interface Watch {
  readonly env?: NodeJS.ProcessEnv;
  /** Runs before the process ends: it gets what was printed so far, and stops the process. */
  readonly meanwhile?: (printed: string, stop: () => void) => Promise<void>;
  readonly isolated?: boolean;
}

/** Runs Node with an empty home and without a variable by which a program could notice that it is tested. */
async function watch(
  words: readonly string[],
  { env = {}, meanwhile, isolated }: Watch = {},
): Promise<Observed> {
  const folder = await temporaryFolder();
  const [home, work, trace] = [join(folder, 'home'), join(folder, 'work'), join(folder, 'trace')];
  await Promise.all([mkdir(home), mkdir(work)]);
  const line = [process.execPath, ...words];
  if (canTrace && !isolated)
    line.unshift('strace', '-f', '-o', trace, '-e', 'trace=connect,sendto,sendmsg,sendmmsg');
  if (isolated) line.unshift('unshare', '-rn');
  const [program, ...rest] = line;
  const clean = { PATH: process.env.PATH, HOME: home, ...env };
  const child = spawn(program!, rest, { cwd: work, env: clean });
  let [stdout, stderr] = ['', ''];
  let isStopped = false;
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (!meanwhile || isStopped || !stdout.includes('"ready:')) return;
    isStopped = true;
    const pid = Number(stdout.match(/"pid":(\d+)/)![1]);
    void meanwhile(stdout, () => process.kill(pid, 'SIGTERM'));
  });
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    code,
    stderr,
    kept: await readdir(home, { recursive: true }),
    written: await readdir(work, { recursive: true }),
    asked: canTrace && !isolated ? askedIn(await readFile(trace, 'utf8')) : [],
  };
}

const silent = { code: 0, kept: [], written: [], asked: [] };

async function files() {
  const { folder, data } = await smallDataset();
  const paths = {
    picture: join(folder, 'poster.jpg'),
    model: join(folder, 'tiny.onnx'),
    recipe: join(folder, 'recipe.json'),
  };
  await writeFile(paths.picture, await poster());
  await writeFile(paths.model, tinyModel());
  await writeFile(paths.recipe, JSON.stringify(tinyRecipe({ epochs: 1 })));
  return { folder, data, ...paths };
}

test('predict sends nothing and keeps nothing', async () => {
  const { picture, model } = await files();
  expect(await watch([command, 'predict', picture, '--model', model])).toMatchObject({
    ...silent,
    stderr: '',
  });
});

test('train keeps its run and nothing else, and sends nothing', async () => {
  const { data, recipe, folder } = await files();
  const words = ['train', '--data', data, '--recipe', recipe, '--threads', '1', '--run', join(folder, 'run')];
  expect(await watch([command, ...words])).toMatchObject(silent);
});

test('serve and its workers send nothing and keep nothing', async () => {
  const { picture, model } = await files();
  const bytes = new Uint8Array(await readFile(picture));
  const statuses: number[] = [];
  const observed = await watch([command, 'serve', '--port', '0', '--deadline', '60', '--model', model], {
    meanwhile: async (printed, stop) => {
      const address = printed.match(/"address":"([^"]+)"/)![1]!;
      for (const route of ['predict', 'explain?format=json']) {
        const headers = { 'content-type': 'image/jpeg' };
        const { status } = await fetch(`${address}/v1/${route}`, { method: 'POST', headers, body: bytes });
        statuses.push(status);
      }
      // What is sent is sent within seconds.
      setTimeout(stop, 3000);
    },
  });
  expect(observed).toMatchObject(silent);
  expect(statuses[0]).toBe(200);
});

const library = JSON.stringify(new URL('../dist/index.js', import.meta.url).pathname);
const predicts = (picture: string, model: string): string =>
  `(async () => {
    for await (const { genres } of predict([${JSON.stringify(picture)}], { model: ${JSON.stringify(model)} }))
      if (genres.length !== 3) process.exit(1);
  })();`;

test.each([
  ['import', 'module', `import { predict } from ${library};`],
  ['require', 'commonjs', `const { predict } = require(${library});`],
])('the library sends nothing and keeps nothing after %s', async (_way, type, line) => {
  const { picture, model } = await files();
  const observed = await watch([`--input-type=${type}`, '--eval', `${line} ${predicts(picture, model)}`]);
  expect(observed).toMatchObject({ ...silent, stderr: '' });
});

const without = (tool: string, has: boolean): string =>
  has ? '' : ` (skipped: ${tool} cannot be used here)`;

test.skipIf(!canIsolate)(
  `a user's own value of the variable stands, and then files appear${without('unshare', canIsolate)}`,
  async () => {
    const { picture, model } = await files();
    const env = { ORT_DISABLE_TELEMETRY: '0' };
    const observed = await watch([command, 'predict', picture, '--model', model], { env, isolated: true });
    expect(observed.code).toBe(0);
    expect(observed.kept.join('\n')).toContain('DeveloperTools');
  },
);

// Without it the tests above see files only.
test.skipIf(!canTrace)(
  `connections and questions for names are seen where there are some${without('strace', canTrace)}`,
  async () => {
    // An address for documentation, at which nobody is, and a name that never exists.
    const code = `require('net').connect(9, '203.0.113.1').on('error', () => {}).setTimeout(100, function () { this.destroy(); });
      require('dns').resolve4('onesheet.invalid', () => {});`;
    const { asked } = await watch(['--eval', code]);
    expect(asked.some((line) => line.includes('203.0.113.1'))).toBe(true);
    expect(asked.some((line) => line.includes('htons(53)'))).toBe(true);
  },
);
