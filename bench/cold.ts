/** @module A model and posters -> the time of whole processes that predict one poster, here and in Python. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { bestKnownAllocator, environmentOf, installedAllocator } from './allocators.ts';
import { numberFlag } from './flags.ts';
import { root } from './machine.ts';
import { preparePrediction } from './predict.ts';
import { type BenchResult, median, summaryOf } from './result.ts';
import { peerProgram } from './side.ts';

/** Without certificates of the machine's own, which Node reads at its start where this names them: 35 ms here. */
const { NODE_EXTRA_CA_CERTS: _, ...environment } = process.env;

function secondsOf(file: string, args: readonly string[], allocator: string): number {
  const start = performance.now();
  execFileSync(file, args, { env: { ...environment, ...environmentOf(allocator) } });
  return (performance.now() - start) / 1000;
}

/** The fastest of a process that starts anew: a compiler would cost it seconds. */
const settings = ['contiguous', 'channels last'].flatMap((memoryFormat) =>
  [installedAllocator, bestKnownAllocator].map((allocator) => ({ memoryFormat, allocator })),
);

/**
 * Whole processes, from start to end, that predict one poster; each round takes another poster. The ratio is the
 * time of PyTorch's fastest setting of the round to ours, as it is installed. Run `npm run build` before.
 *
 * @param flags `--model` (by default the installed one) and `--rounds` (7)
 */
export async function benchColdPrediction(flags: readonly string[]): Promise<BenchResult> {
  const rounds = numberFlag(flags, 'rounds', 7);
  const { model, files, job, close } = await preparePrediction(flags, rounds + 1);
  const command = `${root}dist/cli/main.js`;
  const named = (value: (typeof settings)[number]): string => `${value.memoryFormat}, ${value.allocator}`;
  const times = files.paths.map((poster) => {
    const python = (script: string, setting: object, allocator: string): number => {
      const words = ['cold', JSON.stringify({ ...job, ...setting, waiting: 'active waiting' }), poster];
      const { file, args } = peerProgram(script, ...words);
      return secondsOf(file, args, allocator);
    };
    const predict = [command, 'predict', poster, '--format', 'jsonl', '--model', model];
    return {
      onesheet: secondsOf(process.execPath, predict, installedAllocator),
      pytorch: settings.map((setting) => ({
        setting: named(setting),
        seconds: python('peer_predict.py', setting, setting.allocator),
      })),
      onnxruntime: python('peer_onnxruntime.py', {}, installedAllocator),
    };
  });
  await close();
  // The first round only fills the caches of the disk.
  const measured = times.slice(1).map((round) => ({
    ...round,
    best: round.pytorch.reduce((best, each) => (each.seconds < best.seconds ? each : best)),
  }));
  const { version, python } = JSON.parse(
    execFileSync(peerProgram('').file, [
      '-c',
      'import json, platform, torch; print(json.dumps({"version": torch.__version__, "python": platform.python_version()}))',
    ]).toString(),
  ) as { version: string; python: string };
  const shares = measured.map((round) => round.onesheet / round.best.seconds);
  const wins = settings.map(
    (setting) => measured.filter(({ best }) => best.setting === named(setting)).length,
  );
  const winner = named(settings[wins.indexOf(Math.max(...wins))]!);
  return {
    part: 'predict-cold',
    peer: `Python with PyTorch ${version} and PIL (${winner}), whole processes`,
    ratios: measured.map((round) => round.best.seconds / round.onesheet),
    note: `${median(shares).toFixed(2)} of its time`,
    details: {
      versions: { pytorch: version, python },
      threads: availableParallelism(),
      secondsOnesheet: median(measured.map((round) => round.onesheet)),
      secondsPyTorch: median(measured.map((round) => round.best.seconds)),
      secondsOnnxruntimeInPython: median(measured.map((round) => round.onnxruntime)),
      shareOfPyTorch: summaryOf(shares),
      shareOfOnnxruntimeInPython: summaryOf(measured.map((round) => round.onesheet / round.onnxruntime)),
      rounds: measured,
    },
  };
}
