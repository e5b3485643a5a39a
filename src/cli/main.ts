#!/usr/bin/env node
/** @module The command line: arguments -> a command, an exit code, and sentences for people. */
import { stripVTControlCharacters } from 'node:util';
import { type CommandDef, defineCommand, renderUsage, runCommand } from 'citty';
import { OnesheetError } from '../errors.ts';
import { reasonOf } from '../files.ts';
import { onEngineNotice } from '../graph/index.ts';
import { printable, printableLines } from '../printable.ts';
import { version } from '../version.ts';
import { checkArguments, UsageError } from './arguments.ts';
import { examples } from './examples.ts';

// biome-ignore lint/suspicious/noExplicitAny: citty's own type for commands of any arguments
type AnyCommand = CommandDef<any>;

/** Loaded when asked for, so that no command waits for what another needs. */
const commands: Readonly<Record<string, () => Promise<AnyCommand>>> = {
  demo: async () => (await import('./demo.ts')).demoCommand,
  data: async () => (await import('./data.ts')).dataCommand,
  train: async () => (await import('./train.ts')).trainCommand,
  refit: async () => (await import('./refit.ts')).refitCommand,
  'cross-validate': async () => (await import('./crossValidate.ts')).crossValidateCommand,
  sweep: async () => (await import('./sweep.ts')).sweepCommand,
  evaluate: async () => (await import('./evaluate.ts')).evaluateCommand,
  predict: async () => (await import('./predict.ts')).predictCommand,
  merge: async () => (await import('./merge.ts')).mergeCommand,
  cluster: async () => (await import('./cluster.ts')).clusterCommand,
  read: async () => (await import('./read.ts')).readCommand,
  explain: async () => (await import('./explain.ts')).explainCommand,
  models: async () => (await import('./models.ts')).modelsCommand,
  recipes: async () => (await import('./recipes.ts')).recipesCommand,
  texts: async () => (await import('./texts.ts')).textsCommand,
  quantize: async () => (await import('./quantize.ts')).quantizeCommand,
  report: async () => (await import('./report.ts')).reportCommand,
  serve: async () => (await import('./serve.ts')).serveCommand,
};

const main = defineCommand({
  meta: { name: 'onesheet', version, description: "Predict a film's genres from its poster." },
  subCommands: { ...commands },
});

interface Resolved {
  readonly command: AnyCommand;
  /** Words that led there, e.g. `['data', 'check']`. */
  readonly path: readonly string[];
  readonly rest: readonly string[];
}

/** Follows the leading words to a command; flags end the path. */
async function resolveCommand(words: readonly string[]): Promise<Resolved> {
  let command = main as AnyCommand;
  const path: string[] = [];
  let rest = [...words];
  for (;;) {
    const children = command.subCommands as
      | Record<string, AnyCommand | (() => Promise<AnyCommand>)>
      | undefined;
    const [next] = rest;
    if (!children || next === undefined || next.startsWith('-')) return { command, path, rest };
    const child = children[next];
    if (!child)
      throw new UsageError(
        `${next} is no command here: expected one of ${Object.keys(children).join(', ')}.`,
      );
    command = typeof child === 'function' ? await child() : child;
    path.push(next);
    rest = rest.slice(1);
  }
}

async function usageOf({ command, path }: Resolved): Promise<string> {
  const parents = ['onesheet', ...path.slice(0, -1)].join(' ');
  const named = { ...command, meta: { ...(command.meta as object), name: path.at(-1) ?? 'onesheet' } };
  const parent = path.length === 0 ? undefined : ({ meta: { name: parents } } as AnyCommand);
  const usage = await renderUsage(named, parent);
  const lines = examples[path.join(' ')]?.map(([line, what]) => `  ${line}\n      ${what}`) ?? [];
  const text = lines.length === 0 ? usage : `${usage.trimEnd()}\n\nEXAMPLES\n\n${lines.join('\n')}\n`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are for terminals
  return process.stdout.isTTY ? text : text.replace(/\x1b\[\d+m/g, '');
}

/** Runs the command line and returns its exit code: 0 all went well, 3 some posters failed, 2 wrong usage, 1 else. */
async function run(words: readonly string[]): Promise<number> {
  if (words[0] === '--version' || words[0] === '-v') {
    process.stdout.write(`${version}\n`);
    return 0;
  }
  const resolved = await resolveCommand(words);
  const wantsHelp = resolved.rest.includes('--help') || resolved.rest.includes('-h');
  if (wantsHelp || resolved.command.run === undefined) {
    process.stdout.write(`${await usageOf(resolved)}\n`);
    return wantsHelp || words.length === 0 ? 0 : 2;
  }
  checkArguments(resolved.rest, resolved.command.args ?? {}, resolved.path.join(' '));
  const { result } = await runCommand(resolved.command, { rawArgs: [...resolved.rest] });
  return typeof result === 'number' ? result : 0;
}

/** Failures of the machine rather than of the program, wherever they come from. */
const machineFaults = ['ENOSPC', 'EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EIO', 'EMFILE', 'ENFILE'];

function report(error: unknown): number {
  if (error instanceof OnesheetError) {
    say(printable(error.message));
    return error.exitCode;
  }
  if (error instanceof UsageError || (error as Error)?.name === 'CLIError') {
    // The parser colours names, whatever reads them.
    say(`${printable(stripVTControlCharacters((error as Error).message))}\nTry: onesheet --help`);
    return 2;
  }
  const { code = '', syscall, path } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall !== undefined && machineFaults.includes(code)) {
    say(printable(`${path ?? syscall}: ${reasonOf(error)}.`));
    return 1;
  }
  say(`this is a bug.\n${(error as Error)?.stack ?? String(error)}`);
  return 1;
}

/** For people, on standard error; names in it steer no terminal. */
function say(text: string): void {
  process.stderr.write(`onesheet: ${printableLines(text)}\n`);
}

/** A reader that has enough, as in `| head`, is no failure; a full disk is one. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  say(`Cannot write standard output: ${reasonOf(error)}.`);
  process.exit(1);
});
// There is no place left to say that what is said for people does not arrive; the work goes on, the exit code tells.
process.stderr.on('error', () => undefined);

onEngineNotice(say);
process.exitCode = await run(process.argv.slice(2)).catch(report);
