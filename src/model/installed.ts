/** @module The package's folder `models/` -> the models that are installed with it, and the default one. */
import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { onesheetError } from '../errors.ts';
import { readWholeFile } from '../files.ts';
import { loadModel, type Model } from './file.ts';

/** Beside `src/` in a clone and beside `dist/` in the package. */
const folder = new URL('../../models/', import.meta.url);
const extension = '.onnx';

const listSchema = z.strictObject({
  /** Name of the model that is used where none is asked for: its file without `.onnx`. */
  default: z.string(),
});

export interface InstalledModel {
  /** What `--model` takes: the file's name without `.onnx`. */
  readonly name: string;
  readonly path: string;
  /** Whether it is used when no model is named. */
  readonly isDefault: boolean;
  readonly model: Model;
  /** The file of its model of texts, where it has one. */
  readonly texts: string | undefined;
}

/** Where a model's own model of texts is looked for: beside it; its form in 8 bits has the same. */
export function textModelPath(modelPath: string): string {
  return `${modelPath.replace(/(\.int8)?\.onnx$/, '')}.texts.safetensors`;
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(`${name}${extension}`, folder));
}

async function names(): Promise<string[]> {
  const files = await readdir(folder).catch(() => []);
  return files.filter((file) => file.endsWith(extension)).map((file) => file.slice(0, -extension.length));
}

async function defaultName(): Promise<string> {
  const list = fileURLToPath(new URL('models.json', folder));
  const text = new TextDecoder().decode(await readWholeFile(list, 'the list of installed models'));
  return listSchema.parse(JSON.parse(text)).default;
}

/**
 * Where a model is: a file or a run's folder by its path, else an installed model by its name; without either, the
 * default model.
 *
 * @throws {OnesheetError} FILE_MISSING, naming the models that are installed
 */
export async function findModel(nameOrPath: string | undefined): Promise<string> {
  if (nameOrPath === undefined) return pathOf(await defaultName());
  if (await stat(nameOrPath).catch(() => undefined)) return nameOrPath;
  const installed = await names();
  if (installed.includes(nameOrPath)) return pathOf(nameOrPath);
  const known = installed.sort().join(', ');
  throw onesheetError('FILE_MISSING', nameOrPath, `a model (.onnx), a run's folder or one of ${known}`);
}

/** All installed models, the default one first. */
export async function installedModels(): Promise<InstalledModel[]> {
  const chosen = await defaultName();
  const found = await Promise.all(
    (await names()).sort().map(async (name) => {
      const path = pathOf(name);
      const texts = textModelPath(path);
      const hasTexts = await stat(texts).catch(() => undefined);
      return {
        name,
        path,
        isDefault: name === chosen,
        model: await loadModel(path),
        texts: hasTexts ? texts : undefined,
      };
    }),
  );
  return found.sort((a, b) => Number(b.isDefault) - Number(a.isDefault));
}
