/** @module The name of a network in golden/onnx -> its file, its trunk, and PyTorch's answers. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readTrunk, type Trunk } from '../../src/nn/index.ts';

const folder = new URL('./golden/onnx/', import.meta.url);

export interface FamilyGolden {
  readonly logits: readonly number[];
  readonly gradients: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly largest: number;
    readonly places: readonly number[];
    /** The parameter and its gradient at these places. */
    readonly weights: readonly number[];
    readonly values: readonly number[];
  }[];
}

export const golden: { readonly size: number; readonly families: Readonly<Record<string, FamilyGolden>> } =
  JSON.parse(readFileSync(new URL('families.json', folder), 'utf8'));

/** `resnet.plain`, `vit.folded`, ... */
export function familyFile(name: string): string {
  return fileURLToPath(new URL(`${name}.onnx`, folder));
}

export function familyTrunk(
  name: string,
  size: { readonly height: number; readonly width: number },
): Promise<Trunk> {
  const { height, width } = size;
  return readTrunk(readFileSync(familyFile(name)), { source: `${name}.onnx`, height, width });
}
