/** @module Raw arguments and a command's table -> checked values, or one sentence on what is wrong. */
import type { ArgsDef } from 'citty';
import { onesheetError } from '../errors.ts';

/** Wrong usage: exit code 2 and a hint at the help. */
export class UsageError extends Error {}

function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Refuses flags that the command does not have, and words where it takes none. */
export function checkArguments(words: readonly string[], table: ArgsDef, command: string): void {
  const entries = Object.entries(table as Record<string, { type?: string; alias?: string | string[] }>);
  const flags = new Map<string, string>();
  for (const [name, { type, alias = [] }] of entries) {
    if (type === 'positional') continue;
    for (const each of [name, ...[alias].flat()]) {
      flags.set(`${each.length === 1 ? '-' : '--'}${dashed(each)}`, type ?? 'string');
    }
  }
  const takesWords = entries.some(([, { type }]) => type === 'positional');
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return;
    if (word === '-' || !word.startsWith('-')) {
      if (!takesWords) throw new UsageError(`${command} takes no argument ${word}.`);
      continue;
    }
    const [flag] = word.split('=') as [string];
    const type =
      flags.get(flag) ?? (flags.get(flag.replace(/^--no-/, '--')) === 'boolean' ? 'boolean' : undefined);
    if (type === undefined) {
      throw new UsageError(
        `${command} has no option ${flag}: expected one of ${[...flags.keys()].join(', ')}.`,
      );
    }
    if (type !== 'boolean' && !word.includes('=')) {
      const value = words[++i];
      if (value === undefined) throw new UsageError(`${flag} needs a value.`);
    }
  }
}

/** The values of an option in the order in which they were given, `--data a --data=b`. */
export function valuesOf(words: readonly string[], option: string): string[] {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  return own.flatMap((word, at) => {
    if (word === `--${option}`) return own[at + 1] ?? [];
    return word.startsWith(`--${option}=`) ? word.slice(option.length + 3) : [];
  });
}

/** A whole number in a range. @throws {OnesheetError} OPTION_INVALID */
export function integerOf(
  text: string | undefined,
  option: string,
  minimum: number,
  maximum: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  throw onesheetError('OPTION_INVALID', option, `a whole number from ${minimum} to ${maximum}`, text);
}

/** For commands that compute. */
export const threadsArgument = {
  type: 'string',
  valueHint: 'number',
  description:
    'Threads of the engine, by default all that the machine has; the same count gives the same bits',
} as const;

export function threadsOf(args: { readonly threads?: string }): number | undefined {
  return integerOf(args.threads, 'threads', 1, 256);
}

/** For commands that choose the genres to learn. */
export const minimumSupportArgument = {
  type: 'string',
  valueHint: 'posters',
  description:
    'Drop genres on fewer posters than this; by default 1.5 % of the labelled ones, at least 10, at most 100',
} as const;

export function minimumSupportOf(args: { readonly 'minimum-support'?: string }): number | undefined {
  return integerOf(args['minimum-support'], '--minimum-support', 1, Number.MAX_SAFE_INTEGER);
}

/** The items of a list with commas between. */
export function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** One of a few words. @throws {OnesheetError} OPTION_INVALID */
export function choiceOf<Choice extends string>(
  text: string | undefined,
  option: string,
  choices: readonly Choice[],
): Choice {
  const choice = choices.find((each) => each === text);
  if (choice === undefined) throw onesheetError('OPTION_INVALID', option, choices.join(', '), text ?? 'none');
  return choice;
}

export const listFormats = ['table', 'json'] as const;

/** `--format` of the commands that list what is installed. */
export const listFormat = {
  type: 'enum' as const,
  options: [...listFormats],
  default: 'table',
  description: 'table for people, json for programs',
};
