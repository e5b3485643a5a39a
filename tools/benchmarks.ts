/** @module bench/results/ and docs/results/ -> docs/benchmarks.md: every figure of speed, memory and size, with its command. */
import { writeFileSync } from 'node:fs';
import { withFigures } from './figures.ts';
import { root } from './root.ts';

interface Row {
  readonly what: string;
  /** A sentence in which `{file pointer digits}` stands for a number of committed JSON. */
  readonly measured: string;
  readonly command: string;
}

const training: readonly Row[] = [
  {
    what: 'training `cnn-rnn`, images per second, ratio to PyTorch as it is installed',
    measured:
      '{bench/results/train.json median 2} ({bench/results/train.json minimum 2}-{bench/results/train.json maximum 2})',
    command: '`npm run bench -- train`',
  },
  {
    what: 'fine-tuning all of MobileNetV2 1.4, the same',
    measured:
      '{bench/results/finetune.json median 2} ({bench/results/finetune.json minimum 2}-{bench/results/finetune.json maximum 2})',
    command: '`npm run bench -- finetune`',
  },
  {
    what: '`cnn-rnn` on 4,376 posters, on a busy machine',
    measured:
      '{docs/results/cnn-rnn/summary.json epochs 0} epochs in {docs/results/cnn-rnn/summary.json minutes 0} minutes, at most {docs/results/cnn-rnn/summary.json peakMemoryMegabytes 0} MB',
    command: '`onesheet train --recipe cnn-rnn`; `timings.csv` of the run',
  },
];

const prediction: readonly Row[] = [
  {
    what: 'a thousand posters, decoding included, ratio to PyTorch as it is installed',
    measured:
      '{bench/results/predict-batch.json median 2} ({bench/results/predict-batch.json minimum 2}-{bench/results/predict-batch.json maximum 2})',
    command: '`npm run bench -- predict-batch models/poster-genres.onnx`',
  },
  {
    what: 'the same, share of what onnxruntime alone reaches on decoded pixels',
    measured: '{bench/results/predict-batch.json shareOfOnnxruntime 2}',
    command: 'the same',
  },
  {
    what: 'one poster from a cold start, seconds here and in Python with torchvision',
    measured:
      '{bench/results/predict-cold.json secondsOnesheet 2} and {bench/results/predict-cold.json secondsPyTorch 2}',
    command: '`npm run bench -- predict-cold models/poster-genres.onnx`',
  },
  {
    what: '8-bit model, average precision lost, micro and macro, of 929 posters that the refit learned from too',
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
    measured: '{bench/results/serve.json overload.memoryMegabytes.ratio 2}',
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
    what: 'private mode, cold load to the first result, ms (budget 3,000)',
    measured:
      '{bench/results/page.json milliseconds.firstResult.median 0} ({bench/results/page.json milliseconds.firstResult.minimum 0}-{bench/results/page.json milliseconds.firstResult.maximum 0})',
    command: '`npm run build && npm run bench -- page`',
  },
  {
    what: 'page without model and runtime, gzipped bytes',
    measured: '{bench/results/page.json bundle.gzippedBytes 0}',
    command: 'the same',
  },
];

function table(rows: readonly Row[]): string[] {
  return [
    '| figure | measured | command |',
    '|---|---|---|',
    ...rows.map(({ what, measured, command }) => `| ${what} | ${withFigures(measured)} | ${command} |`),
  ];
}

export function renderBenchmarks(): string {
  return [
    '# Benchmarks',
    '',
    'Ratios above 1 say that onesheet is faster. Both sides run in turns in one run, on two cores; the figure is the median of',
    'the ratios, the range their smallest and largest. Each file of `bench/results/` has the processor, the load and every',
    'round. This page is written by `npm run tool -- benchmarks`.',
    '',
    '## Training',
    '',
    ...table(training),
    '',
    'The peer is PyTorch 1.13 as Debian installs it, the faster of its memory formats. With the default allocator of glibc every',
    'large tensor is mapped and unmapped, which on a virtual machine costs it more than the arithmetic. With the allocator set',
    'up for both sides (`MALLOC_MMAP_THRESHOLD_=1073741824 MALLOC_TRIM_THRESHOLD_=4294967296 MALLOC_TOP_PAD_=268435456`), on two',
    'quiet cores with AVX-512, the ratios were .61 (.58-.69) in training, .44 (.43-.48) in fine-tuning and .85 (.80-1.13) for 300',
    'posters in batches: PyTorch is then faster.',
    '',
    '## Prediction',
    '',
    ...table(prediction),
    '',
    '## Service',
    '',
    ...table(service),
    '',
    '## Page',
    '',
    ...table(page),
    '',
  ].join('\n');
}

export function writeBenchmarks(): void {
  writeFileSync(new URL('docs/benchmarks.md', root), renderBenchmarks());
}
