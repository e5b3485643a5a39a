/** @module bench/results/ and docs/results/ -> docs/benchmarks.md and its charts: every figure of speed, memory and size. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { areMeasured, resultAt, textAt, withFigures } from './figures.ts';
import { drawGrowth, growthTable } from './growth.ts';
import { root } from './root.ts';
import { stepTable } from './stepTable.ts';

interface Row {
  readonly what: string;
  /** A sentence in which `{file pointer digits}` stands for a number of committed JSON. */
  readonly measured: string;
  readonly command: string;
}

/** A part that takes long may not have been measured yet. */
const isMeasured = (part: string): boolean => existsSync(new URL(`bench/results/${part}.json`, root));

/** A median with its range, as `bench/results/<file>` has them at a place. */
function range(file: string, at = ''): string {
  const name = `bench/results/${file}.json`;
  return `{${name} ${at}median 2} ({${name} ${at}minimum 2}-{${name} ${at}maximum 2})`;
}

/** A part that stands against PyTorch in turns. */
function againstPyTorch(part: string, what: string, unit: string, command = part): Row[] {
  const name = `bench/results/${part}.json`;
  return [
    { what: `${what}, ratio`, measured: range(part), command: `\`npm run bench -- ${command}\`` },
    { what: 'both as installed', measured: range(part, 'asInstalled.'), command: 'the same' },
    {
      what: 'onesheet as installed to PyTorch at its best',
      measured: range(part, 'oursAsInstalledToTheBest.'),
      command: 'the same',
    },
    {
      what: `${unit} a second, onesheet and PyTorch`,
      measured: `{${name} medianRates.ours 1} and {${name} medianRates.peer 1}`,
      command: 'the same',
    },
  ];
}

const stepRows = (part: string): Row[] => [
  {
    what: 'share of peak arithmetic, onesheet and PyTorch',
    measured: `{bench/results/${part}.json shareOfPeak.ours 2} and {bench/results/${part}.json shareOfPeak.peer 2}`,
    command: 'the same',
  },
  {
    what: 'peak of memory in megabytes, onesheet and PyTorch',
    measured: `{bench/results/${part}.json memory.ours 0} and {bench/results/${part}.json memory.peer 0}`,
    command: 'the same',
  },
];

const training: readonly Row[] = [
  ...againstPyTorch('train', 'training `cnn-rnn`', 'images'),
  ...stepRows('train'),
  ...againstPyTorch('finetune', 'fine-tuning all of MobileNetV2 1.4', 'images'),
  ...stepRows('finetune'),
  {
    what: '`cnn-rnn` on 4,376 posters, on a busy machine',
    measured:
      '{docs/results/cnn-rnn/summary.json epochs 0} epochs in {docs/results/cnn-rnn/summary.json minutes 0} minutes, at most {docs/results/cnn-rnn/summary.json peakMemoryMegabytes 0} MB',
    command: '`onesheet train --recipe cnn-rnn`; `timings.csv` of the run',
  },
];

const prediction: readonly Row[] = [
  ...againstPyTorch('predict-batch', 'posters of 300x450 from files, decoding included', 'posters'),
  {
    what: 'the same, share of what onnxruntime alone reaches on decoded pixels',
    measured: '{bench/results/predict-batch.json shareOfOnnxruntime 2}',
    command: 'the same',
  },
  {
    what: 'the same, ratio to onnxruntime in Python on the same file, with PIL',
    measured: '{bench/results/predict-batch.json ratioToOnnxruntimeInPython 2}',
    command: 'the same',
  },
  ...againstPyTorch('predict-one', 'one poster at a time by a warm process', 'posters'),
  {
    what: 'one poster from a cold start, without `NODE_EXTRA_CA_CERTS` (which Node reads before any program), seconds here and in Python with PyTorch',
    measured:
      '{bench/results/predict-cold.json secondsOnesheet 2} and {bench/results/predict-cold.json secondsPyTorch 2}',
    command: '`npm run bench -- predict-cold`',
  },
  {
    what: 'share of its time, and of that of onnxruntime in Python',
    measured:
      '{bench/results/predict-cold.json shareOfPyTorch.median 2} and {bench/results/predict-cold.json shareOfOnnxruntimeInPython.median 2}',
    command: 'the same',
  },
  {
    what: '8-bit model, average precision lost, micro and macro, on 929 validation posters',
    measured:
      '{bench/results/compact.json lost.microAveragePrecision 4} and {bench/results/compact.json lost.macroAveragePrecision 4}',
    command: '`npm run bench -- compact <run> models/poster-genres.int8.onnx`',
  },
  {
    what: '8-bit model, ratio of speeds to float32, in Node and in WebAssembly',
    measured:
      '{bench/results/compact.json ratioInNode 2} and {bench/results/compact.json median 2} ({bench/results/compact.json minimum 2}-{bench/results/compact.json maximum 2})',
    command: 'the same',
  },
];

const service: readonly Row[] = [
  {
    what: '64 connections, posters per second, ratio to `predict`',
    measured:
      '{bench/results/serve.json median 2} ({bench/results/serve.json minimum 2}-{bench/results/serve.json maximum 2})',
    command: '`npm run bench -- serve`',
  },
  {
    what: 'their p50 and p99 in ms, of a deadline of 5 s; errors other than 503',
    measured:
      '{bench/results/serve.json loads.0.milliseconds.p50 0} and {bench/results/serve.json loads.0.milliseconds.p99 0}; {bench/results/serve.json loads.0.errorCount 0}',
    command: 'the same',
  },
  {
    what: '`/v2/health/live` meanwhile, p99 in ms',
    measured: '{bench/results/serve.json loads.0.liveMilliseconds.p99 1}',
    command: 'the same',
  },
  {
    what: 'twice that load, p99 of accepted and of refused requests in ms',
    measured:
      '{bench/results/serve.json overload.milliseconds.p99 0} and {bench/results/serve.json overload.refusedMilliseconds.p99 0}',
    command: 'the same',
  },
  {
    what: 'memory, last fifth of that load against the first',
    measured:
      '{bench/results/serve.json overload.memoryMegabytes.ratio 2}, in {bench/results/serve.json overload.seconds 0} s',
    command: 'the same',
  },
  {
    what: 'malformed requests: number; answers of 500, leaks, unanswered',
    measured:
      '{bench/results/malformed.json count 0}; {bench/results/malformed.json serverErrors 0}, {bench/results/malformed.json leaks 0}, {bench/results/malformed.json unanswered 0}',
    command: '`npm run bench -- malformed`',
  },
];

const page: readonly Row[] = [
  {
    what: 'private mode, cold load to the first result, ms (budget 2,000)',
    measured:
      '{bench/results/page.json milliseconds.firstResult.median 0} ({bench/results/page.json milliseconds.firstResult.minimum 0}-{bench/results/page.json milliseconds.firstResult.maximum 0})',
    command: '`npm run build && npm run bench -- page`',
  },
  {
    what: 'page without model and runtime, gzipped bytes',
    measured: '{bench/results/page.json bundle.gzippedBytes 0}',
    command: 'the same',
  },
  {
    what: 'private mode, 500 posters at once, then as grid and table: longest task of the page, ms (budget 200); seconds',
    measured: '{bench/results/page.json many.longestTask 0}; {bench/results/page.json many.seconds 0}',
    command: 'the same',
  },
];

function table(rows: readonly Row[]): string[] {
  return [
    '| figure | measured | command |',
    '|---|---|---|',
    ...rows
      .filter(({ measured }) => areMeasured(measured))
      .map(({ what, measured, command }) => `| ${what} | ${withFigures(measured)} | ${command} |`),
  ];
}

interface SizeResult {
  readonly size: string;
  readonly medians: Readonly<Record<'stream' | 'decode' | 'network', number>>;
  readonly share: { readonly median: number; readonly minimum: number; readonly maximum: number };
}

function sizesSection(): string[] {
  if (!isMeasured('predict-sizes')) return [];
  const { sizes } = resultAt('bench/results/predict-sizes.json') as { sizes: readonly SizeResult[] };
  return [
    'Decoding and the network share the cores, so that together they allow 1 / (1 / decoding + 1 / network) posters a second.',
    'What the pipeline reaches of that, by `npm run bench -- predict-sizes`, in posters a second:',
    '',
    '| size | files to genres | decoding alone | onnxruntime alone | share of what both allow |',
    '|---|---|---|---|---|',
    ...sizes.map(({ size, medians: { stream, decode, network }, share }) => {
      const rates = [stream, decode, network].map((rate) => rate.toFixed(1)).join(' | ');
      const range = `${share.minimum.toFixed(2)}-${share.maximum.toFixed(2)}`;
      return `| ${size} | ${rates} | ${share.median.toFixed(2)} (${range}) |`;
    }),
    '',
  ];
}

function operatorsSection(): string[] {
  if (!isMeasured('operators')) return [];
  return [
    "### Where a step's time goes",
    '',
    "onnxruntime's profile of a step of ours beside `torch.profiler` of the same step, PyTorch not compiled but otherwise in its",
    'fastest setting; `npm run bench -- operators`. A side takes longer here than above, as every operator is timed. The kinds are not',
    'cut alike: the gradient of a convolution is one operator there, and products with the copies that they need here.',
    '',
    'Training `cnn-rnn`:',
    '',
    ...stepTable('train'),
    'Fine-tuning MobileNetV2 1.4:',
    '',
    ...stepTable('finetune'),
  ];
}

const growths = [
  { part: 'scaling-training', name: 'growth-training', title: 'A training step of cnn-rnn' },
  { part: 'scaling-prediction', name: 'growth-prediction', title: 'A prediction by cnn-rnn' },
  { part: 'scaling-posters', name: 'growth-posters', title: 'Many posters' },
] as const;

const chartPath = (name: string): string => `docs/pictures/${name}.svg`;

function growthSection(): string[] {
  const measured = growths.filter(({ part }) => isMeasured(part));
  if (measured.length === 0) return [];
  return [
    '## How cost grows',
    '',
    'Each of batch, image size, genres, weights and threads is varied alone, from 32 images of 160x240, 19 genres, the weights of the',
    'recipe and all cores. The limit is what the multiplications that the network needs would take at the peak of float32',
    'products, measured on the same machine in the same run; what an implementation computes beyond them does not count. The share',
    'of peak arithmetic is that limit by the time measured. Pixels are in memory.',
    '',
    ...measured.flatMap(({ part, name, title }) => [
      `### ${title}`,
      '',
      part === 'scaling-posters'
        ? '`npm run bench -- scaling-posters`: an epoch of the recipe `demo` on drawn posters of 80x120, from their table to the model; and files of 300x450 to genres.'
        : `\`npm run bench -- ${part}\`; peak of arithmetic ${withFigures(`{bench/results/${part}.json peakGigaflops 0}`)} GF/s.`,
      '',
      `![${title}: milliseconds an image and megabytes against what grows](pictures/${name}.svg)`,
      '',
      ...growthTable(part),
      '',
    ]),
  ];
}

/** The page's charts by their paths. */
export async function renderCharts(): Promise<ReadonlyMap<string, string>> {
  const charts = new Map<string, string>();
  for (const { part, name, title } of growths) {
    if (isMeasured(part)) charts.set(chartPath(name), `${(await drawGrowth(part, name, title)).svg}\n`);
  }
  return charts;
}

export function renderBenchmarks(): string {
  return [
    '# Benchmarks',
    '',
    'Ratios above 1 say that onesheet is faster. Both sides run in turns in one run, on two cores; the figure is the median of',
    'the ratios, the range their smallest and largest. Each file of `bench/results/` has the processor with its vector units,',
    'versions, settings, allocators, the load, the commit and every round. This page is written by `npm run tool -- benchmarks`.',
    '',
    'The peer is PyTorch for processors, installed by `tools/install-bench-peers.sh`. Its settings are tried in turn on the',
    'machine that measures: memory formats, `torch.compile`, allocators, threads and how they wait, oneDNN, the fused optimizer,',
    'ways to decode. The fastest of them run in turns with onesheet, and the fastest of each round counts. Both sides then have',
    'an allocator that keeps its memory, in huge pages: as glibc comes, large tensors are mapped and unmapped in pages of 4 kB,',
    'which on a virtual machine costs much. Anybody can have that on Linux, for either side: `MALLOC_MMAP_THRESHOLD_=1073741824',
    'MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456 GLIBC_TUNABLES=glibc.malloc.hugetlb=1` before the command.',
    'Arithmetic is in float32 on both sides. Most often the fastest was:',
    '',
    ...['train', 'finetune', 'predict-batch', 'predict-one', 'predict-cold']
      .filter(isMeasured)
      .map((part) => `- \`${part}\`: ${textAt(`bench/results/${part}.json`, 'peer')}`),
    '',
    '## Training',
    '',
    ...table(training),
    '',
    ...operatorsSection(),
    '## Prediction',
    '',
    ...table(prediction),
    '',
    ...sizesSection(),
    '## Service',
    '',
    ...table(service),
    '',
    '## Page',
    '',
    ...table(page),
    '',
    ...growthSection(),
  ].join('\n');
}

/** The beginnings of the README's sentences on speed, and the sentences with their figures. */
export const readmeSpeeds: readonly (readonly [begins: string, rest: string])[] = [
  ['| training `cnn-rnn` |', ` ${range('train')} | ${range('train', 'asInstalled.')} |`] as const,
  ['| fine-tuning MobileNetV2 |', ` ${range('finetune')} | ${range('finetune', 'asInstalled.')} |`] as const,
  [
    '| posters in batches, decoding included |',
    ` ${range('predict-batch')} | ${range('predict-batch', 'asInstalled.')} |`,
  ] as const,
  [
    'One poster takes',
    ' {bench/results/predict-cold.json secondsOnesheet 2} s from a cold start, {bench/results/predict-cold.json secondsPyTorch 2} s in Python with PyTorch.',
  ] as const,
].filter(([, rest]) => areMeasured(rest));

/** The README with its speeds as they were measured. */
function withSpeeds(readme: string): string {
  const lines = readme.split('\n').map((line) => {
    const found = readmeSpeeds.find(([begins]) => line.startsWith(begins));
    return found === undefined ? line : found[0] + withFigures(found[1]);
  });
  return lines.join('\n');
}

export async function writeBenchmarks(): Promise<void> {
  const readme = new URL('README.md', root);
  writeFileSync(readme, withSpeeds(readFileSync(readme, 'utf8')));
  writeFileSync(new URL('docs/benchmarks.md', root), renderBenchmarks());
  for (const [path, svg] of await renderCharts()) writeFileSync(new URL(path, root), svg);
}
