/** @module The words behind a part's name -> the numbers and names among them. */
import { readFileSync } from 'node:fs';
import { root } from './machine.ts';

/** `--seconds 60` -> 60. */
export function numberFlag(flags: readonly string[], name: string, fallback: number): number {
  const at = flags.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(flags[at + 1]);
}

/** `--model models/x.onnx`; undefined where there is none. */
export function textFlag(flags: readonly string[], name: string): string | undefined {
  const at = flags.indexOf(`--${name}`);
  return at < 0 ? undefined : flags[at + 1];
}

/** `--model models/x.onnx`, else the model that the package has as its default. */
export function modelFlag(flags: readonly string[]): string {
  const folder = `${root}models/`;
  const list = JSON.parse(readFileSync(`${folder}models.json`, 'utf8')) as { default: string };
  return textFlag(flags, 'model') ?? `${folder}${list.default}.onnx`;
}
