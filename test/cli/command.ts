import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The command as it is installed. */
export const command = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Node to its end. */
export function node(
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  { cwd, input = '' }: { readonly cwd?: string; readonly input?: string | Uint8Array } = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, words, { env, cwd });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk) => (stdout += chunk));
    child.stderr.on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(input);
  });
}

/** Runs `onesheet` to its end. */
export function onesheet(
  args: readonly string[],
  input?: string | Uint8Array,
  cwd?: string,
): Promise<Finished> {
  return node([command, ...args], process.env, { input, cwd });
}
