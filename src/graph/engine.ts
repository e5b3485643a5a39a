/** @module This machine and thread -> the onnxruntime that computes here: the native one, or else WebAssembly. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Common from 'onnxruntime-common';
import { onesheetError } from '../errors.ts';
import { silenceTelemetry } from './telemetry.ts';

export type Onnxruntime = typeof Common;

const nativePackage = 'onnxruntime-node';
const nativeVersion = '1.30.0';

/** The package's own folder, from src/graph/ as from dist/graph/ and dist/cli/. */
const packageFolder = resolve(fileURLToPath(new URL('../../', import.meta.url)));

/** The build puts onnxruntime-web's files here: its start in Node, its WebAssembly, and what the page has of it too. */
const wasm = {
  start: new URL('../../dist/wasm/ort.node.min.mjs', import.meta.url),
  binary: new URL('../../dist/wasm/ort-wasm-simd-threaded.wasm.br', import.meta.url),
  glue: new URL('../../dist/web/ort/ort-wasm-simd-threaded.mjs', import.meta.url),
} as const;

let listener = (notice: string): void => process.emitWarning(notice, { code: 'ONESHEET_WEBASSEMBLY' });

/**
 * Tells of what a user should know about the engine: that WebAssembly computes in this thread, why, and what brings
 * the native runtime. It is one sentence or two, told once; without a listener it becomes a warning of the process.
 */
export function onEngineNotice(listen: (notice: string) => void): void {
  listener = listen;
}

/** Tells of what the engine of another thread has to say. */
export function passEngineNotice(notice: string): void {
  listener(notice);
}

/** What installs the native runtime where this package stands, without its install script, which needs a download. */
function installCommand(): string {
  const parent = dirname(packageFolder);
  const folder = basename(parent) === 'node_modules' ? dirname(parent) : packageFolder;
  return existsSync(join(folder, 'package.json'))
    ? `npm install --ignore-scripts --prefix "${folder}"`
    : `npm install --global --ignore-scripts ${nativePackage}@${nativeVersion}`;
}

/** Why the native runtime did not load, and what helps. */
function remedyFor(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const isAbsent = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${nativePackage}'`);
  return isAbsent
    ? `${nativePackage} is not installed. To install it: ${installCommand()}`
    : `${nativePackage} cannot be loaded here: ${message.split('\n')[0]}`;
}

/** @throws {OnesheetError} ENGINE_MISSING */
async function loadWasm(threads: number, remedy: string): Promise<Onnxruntime> {
  try {
    const { brotliDecompressSync } = await import('node:zlib');
    const ort = (await import(/* @vite-ignore */ wasm.start.href)) as Onnxruntime;
    ort.env.wasm.wasmPaths = { mjs: wasm.glue.href };
    ort.env.wasm.wasmBinary = brotliDecompressSync(await readFile(wasm.binary));
    ort.env.wasm.numThreads = threads;
    ort.env.logLevel = 'fatal';
    return ort;
  } catch (error) {
    throw onesheetError('ENGINE_MISSING', `${remedy}; ${(error as Error).message}`);
  }
}

async function load(threads: number): Promise<Onnxruntime> {
  const wanted = process.env.ONESHEET_ENGINE ?? '';
  if (wanted !== '' && wanted !== 'wasm')
    throw onesheetError('OPTION_INVALID', 'ONESHEET_ENGINE', 'wasm', wanted);
  if (wanted === 'wasm') return loadWasm(threads, 'ONESHEET_ENGINE asks for WebAssembly');
  let remedy = `${nativePackage} would send telemetry from this thread. Import onesheet in the main thread before starting others`;
  if (silenceTelemetry()) {
    try {
      return await import('onnxruntime-node');
    } catch (error) {
      remedy = remedyFor(error);
    }
  }
  const ort = await loadWasm(threads, remedy);
  listener(`Networks are computed by WebAssembly, about six times slower than natively, since ${remedy}`);
  return ort;
}

let loading: Promise<Onnxruntime> | undefined;

/**
 * @param threads of WebAssembly inside an operator; the first call of a thread decides
 * @throws {OnesheetError} ENGINE_MISSING when neither can be loaded, OPTION_INVALID for another ONESHEET_ENGINE
 */
export function loadOnnxruntime(threads: number): Promise<Onnxruntime> {
  loading ??= load(threads);
  return loading;
}

/** Names of the execution providers for which the onnxruntime of this thread has code, whether their hardware is here or not. */
export async function providersHere(): Promise<readonly string[]> {
  const ort: Onnxruntime & { readonly listSupportedBackends?: () => readonly { readonly name: string }[] } =
    await loadOnnxruntime(2);
  return ort.listSupportedBackends?.().map(({ name }) => name) ?? ['cpu'];
}
