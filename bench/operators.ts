/** @module A training step here and in PyTorch -> where its time goes on both sides, operator by operator and by kind. */
import { bestKnownAllocator } from './allocators.ts';
import { fineTuning } from './finetune.ts';
import { textFlag } from './flags.ts';
import type { BenchResult } from './result.ts';
import type { Side } from './side.ts';
import { type StepComparison, searchOfSteps, startOurStep, startPeerStep, stepJob } from './steps.ts';
import { training } from './train.ts';
import { describe, fastest, tuned, warmUp } from './tuning.ts';

/** The first that matches; what matches none computes element by element. */
const kinds: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['convolutions', /^(Fused)?Conv|Conv$|conv(olution|2d|_)/i],
  ['recurrence', /^(GRU|LSTM)$|gru|lstm|rnn/i],
  ['matrix products', /^(MatMul|Gemm|FusedMatMul|FusedGemm)$|::(addmm|mm|bmm|baddbmm|mkl\w*linear\w*)$/],
  ['pooling', /pool|^(MaxUnpool|ReduceMax)$|::amax|::value_selecting/i],
  ['normalization', /batch_?norm|Normalization/i],
  ['optimizer', /adamw|_foreach|linalg_vector_norm|optimizer/i],
  ['sums', /^ReduceS|^ReduceMean|::(sum|mean)$/],
  [
    'copies and layout',
    /^(Pad|Concat|Transpose|Slice|Split|Gather\w*|Scatter\w*|Reshape|Expand|Squeeze|Unsqueeze|Cast|SpaceToDepth|DepthToSpace|Reorder\w+|Tile)$|::(copy_|cat|stack|clone|contiguous|fill_|zero_|empty\w*|reshape|permute|slice\w*|index\w*|select\w*|pixel_\w+|to|_to_copy|expand|as_strided|resize_|unbind)$/,
  ],
];

const kindOf = (operator: string): string =>
  kinds.find(([, pattern]) => pattern.test(operator))?.[0] ?? 'element by element';

/** One side of the table: milliseconds a step. */
interface Breakdown {
  readonly setting: string;
  readonly milliseconds: number;
  /** The same without timing every operator. */
  readonly unprofiledMilliseconds: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly operators: Readonly<Record<string, number>>;
}

const steps = 4;

/** @param rest what lies between the operators and the step's time on the clock */
async function breakdownOf(
  side: Side,
  setting: string,
  unprofiledMilliseconds: number,
  rest: string,
): Promise<Breakdown> {
  await warmUp(side, 2);
  const { milliseconds, operators } = await side.profile(steps);
  side.close();
  const sorted = Object.entries(operators).sort((a, b) => b[1] - a[1]);
  const sums: Record<string, number> = {};
  for (const [name, time] of sorted) sums[kindOf(name)] = (sums[kindOf(name)] ?? 0) + time;
  sums[rest] = milliseconds - sorted.reduce((sum, [, time]) => sum + time, 0);
  return {
    setting,
    milliseconds,
    unprofiledMilliseconds,
    kinds: sums,
    operators: Object.fromEntries(sorted.filter(([, time]) => time >= 0.05)),
  };
}

async function compare(comparison: StepComparison, again: boolean) {
  const { network, script } = comparison;
  const trials = await tuned(searchOfSteps(comparison), again);
  // What is compiled has operators of its own, which nobody could put beside others.
  const eager = fastest(trials).find(({ settings }) => settings.execution === 'eager');
  if (eager === undefined) throw new Error('PyTorch ran with no setting.');
  const plain = await startOurStep({ ...stepJob, network }, bestKnownAllocator);
  const rate = await warmUp(plain, 2);
  plain.close();
  const ours = await startOurStep({ ...stepJob, network, profile: true }, bestKnownAllocator);
  const rest = 'optimizer, and between the operators';
  const theirs = await startPeerStep(script, network, eager.settings);
  return {
    ours: await breakdownOf(ours, bestKnownAllocator, 1000 / rate, rest),
    peer: await breakdownOf(theirs, describe(eager.settings), 1000 / eager.rate, 'between the operators'),
  };
}

/**
 * The profile of onnxruntime beside torch.profiler's, of the same step.
 *
 * @param flags `--of train` or `--of finetune`, one of them alone
 */
export async function benchOperators(flags: readonly string[]): Promise<BenchResult> {
  const only = textFlag(flags, 'of');
  const tables: Record<string, Awaited<ReturnType<typeof compare>>> = {};
  for (const comparison of [training, fineTuning]) {
    if (only !== undefined && only !== comparison.part) continue;
    const table = await compare(comparison, flags.includes('--again'));
    tables[comparison.part] = table;
    for (const [name, side] of Object.entries(table)) {
      process.stdout.write(
        `${comparison.part}, ${name}: ${side.milliseconds.toFixed(0)} ms a step (${side.unprofiledMilliseconds.toFixed(0)} unprofiled)\n`,
      );
      for (const [kind, time] of [
        ...Object.entries(side.kinds),
        ...Object.entries(side.operators).slice(0, 15),
      ])
        process.stdout.write(`  ${kind.padEnd(48)} ${time.toFixed(1).padStart(8)} ms\n`);
    }
  }
  return { part: 'operators', details: { batch: stepJob.batch, ...tables } };
}
