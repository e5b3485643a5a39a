// Run by a test in an environment with SwiftShader: a small network on the CPU and on WebGPU, forward, with its
// gradients, and after five steps of training -> the largest differences, relative to the largest value, as JSON.
import { writeSync } from 'node:fs';
import { silenceTelemetry, uint8 } from '../../../dist/graph/index.js';
import { buildNetwork, networkOptionsSchema } from '../../../dist/nn/index.js';
import { Random } from '../../../dist/random.js';
import { EvaluationStep, TrainingStep } from '../../../dist/train/step/step.js';

silenceTelemetry();
const size = { height: 32, width: 16 };
const options = { network: 'cnn-rnn', stages: [{ channels: 8 }, { channels: 8 }], hidden: 4, attention: 4 };
const input = { ...size, genres: 3, bias: [0, -1, 1] };
const { graph } = buildNetwork(networkOptionsSchema.parse(options), input, Random.fromSeed(4));
const random = Random.fromSeed(5);
const pixels = Uint8Array.from({ length: 4 * size.height * size.width * 3 }, () => random.integer(256));
const labels = Float32Array.from({ length: 4 * 3 }, () => random.integer(2));
const batch = { inputs: { image: uint8(pixels, [4, size.height, size.width, 3]) }, labels, size: 4 };
const loss = { loss: 'binary-cross-entropy', labelSmoothing: 0, classWeights: 'none' };

async function train(device) {
  const weights = new Map(
    [...graph.parameters, ...graph.statistics].map((name) => [
      name,
      graph.initializers.get(name).data.slice(),
    ]),
  );
  const placements = [];
  const engine = { device, threads: 1, onPlacement: (placement) => placements.push(placement) };
  const training = await TrainingStep.create(graph, graph.parameters, loss, undefined, engine);
  const evaluation = await EvaluationStep.create(graph, loss, undefined, engine);
  const { logits } = await evaluation.run(batch, weights);
  const losses = [];
  let first;
  for (let step = 0; step < 5; step++) {
    const result = await training.run(batch, weights, Random.fromSeed(step));
    first ??= new Map([...result.gradients].map(([name, gradient]) => [name, gradient.slice()]));
    losses.push(result.loss);
    for (const [name, gradient] of result.gradients) {
      const moved = weights.get(name);
      gradient.forEach((value, i) => {
        moved[i] -= 0.1 * value;
      });
    }
  }
  return { forward: new Map([['logits', logits]]), gradients: first, weights, losses, placements };
}

function difference(expected, found) {
  let [worst, largest] = [0, 0];
  for (const [name, values] of expected) {
    values.forEach((value, i) => {
      worst = Math.max(worst, Math.abs(value - found.get(name)[i]));
      largest = Math.max(largest, Math.abs(value));
    });
  }
  return worst / largest;
}

const cpu = await train('cpu');
const gpu = await train('webgpu');
const differences = Object.fromEntries(
  ['forward', 'gradients', 'weights'].map((what) => [what, difference(cpu[what], gpu[what])]),
);
writeSync(1, JSON.stringify({ differences, losses: [cpu.losses, gpu.losses], placements: gpu.placements }));
process.exit(0);
