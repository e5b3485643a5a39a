import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { describePlacement } from '../../src/cli/device.ts';
import type { Placement } from '../../src/graph/index.ts';
import { loadModel } from '../../src/model/index.ts';
import { swiftShader, withoutSwiftShader } from '../graph/device/swiftshader.ts';
import { temporaryFolder, tinyModel } from '../model/fixture.ts';
import { poster } from '../server/fixture.ts';
import { smallDataset, tinyRecipe } from '../train/fixture.ts';
import { command, node } from './command.ts';

/** SwiftShader compiles every shader on the CPU. */
vi.setConfig({ testTimeout: 480_000 });

async function posterAndModel(): Promise<string[]> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'poster.jpg'), await poster());
  await writeFile(join(folder, 'tiny.onnx'), tinyModel());
  return [join(folder, 'poster.jpg'), '--model', join(folder, 'tiny.onnx'), '--format', 'json'];
}

/** No graphics card, whatever the machine has. */
const withoutDriver = { ...process.env, VK_DRIVER_FILES: '/none', VK_ICD_FILENAMES: '/none' };

test.skipIf(process.platform !== 'linux')(
  'a device that is not here is refused with those that are and the reason',
  async () => {
    const words = await posterAndModel();
    for (const [device, reason] of [
      ['cuda', 'its libraries are not installed beside onnxruntime-node'],
      ['dml', 'this onnxruntime has no code for it'],
      ['webgpu', 'no driver of a graphics card that WebGPU can use was found'],
    ]) {
      const { code, stderr } = await node([command, 'predict', ...words, '--device', device!], withoutDriver);
      expect(stderr).toBe(
        `onesheet: Expected a device that is here (cpu) but received ${device}: ${reason}.\n`,
      );
      expect(code).toBe(2);
    }
  },
);

test('a device that is not known is refused with those that are, in plain letters', async () => {
  // What keeps the parser of the command line from colouring is not there for a person.
  const { CI: _, TEST: __, NO_COLOR: ___, TERM: ____, ...env } = process.env;
  const { code, stderr } = await node(
    [command, 'predict', ...(await posterAndModel()), '--device', 'tpu'],
    env,
  );
  expect([code, stderr.split('\n')[0]]).toEqual([
    2,
    'onesheet: Invalid value for argument: --device (tpu). Expected one of: cpu, webgpu, cuda, coreml, dml, auto.',
  ]);
});

test('where nothing else is here, auto is the CPU, and the report says so', async () => {
  const words = await posterAndModel();
  const { code, stderr } = await node(
    [command, 'predict', ...words, '--device', 'auto', '--device-report'],
    withoutDriver,
  );
  expect([code, stderr]).toEqual([0, expect.stringMatching(/^onesheet: the CPU ran all \d+ operators\n$/)]);
});

test('the report names what fell back to the CPU, how often, and the copies between', () => {
  const placement: Placement = {
    device: 'webgpu',
    onDevice: { Conv: 3, Relu: 2 },
    onCpu: { Size: 1, Cast: 2 },
    copies: 4,
  };
  expect(describePlacement(placement)).toBe(
    'webgpu ran 5 of 8 operators; on the CPU: Cast 2, Size 1; values copied 4 times',
  );
  expect(describePlacement({ ...placement, onCpu: {} })).toBe('webgpu ran all 5 operators');
});

const onSwiftShader = test.skipIf(withoutSwiftShader !== undefined);
const because = withoutSwiftShader === undefined ? '' : ` (skipped: ${withoutSwiftShader})`;

onSwiftShader(
  `forward, gradients and five steps of training on WebGPU equal those of the CPU${because}`,
  async () => {
    const script = fileURLToPath(new URL('../graph/device/compare.mjs', import.meta.url));
    const { code, stdout, stderr } = await node([script], swiftShader);
    expect([code, stderr]).toEqual([0, '']);
    const { differences, losses, placements } = JSON.parse(stdout) as {
      differences: Record<string, number>;
      losses: [number[], number[]];
      placements: Placement[];
    };
    for (const [what, difference] of Object.entries(differences)) expect(difference, what).toBeLessThan(1e-3);
    expect(losses[0]).toHaveLength(5);
    expect(losses[0][4]).toBeLessThan(losses[0][0]!);
    losses[0].forEach((loss, i) => {
      expect(losses[1][i]).toBeCloseTo(loss, 3);
    });
    // All that the CPU keeps are the integers of shapes.
    for (const { onDevice, onCpu } of placements) {
      expect(onDevice.Conv).toBeGreaterThan(0);
      expect(Object.keys(onCpu).filter((op) => !shapes.has(op))).toEqual([]);
    }
  },
);

const shapes: ReadonlySet<string> = new Set(['Cast', 'Gather', 'Shape', 'Size']);

onSwiftShader(
  `a run on WebGPU says so in its configuration, its summary and its model, and auto leaves slow software alone${because}`,
  async () => {
    const { folder, data } = await smallDataset(40);
    const recipe = join(folder, 'recipe.json');
    await writeFile(recipe, JSON.stringify(tinyRecipe({ epochs: 1 })));
    const run = join(folder, 'run');
    const words = ['train', '--data', data, '--recipe', recipe, '--device', 'webgpu', '--device-report'];
    const trained = await node([command, ...words, '--no-report', '--run', run], swiftShader);
    expect([trained.code, trained.stderr]).toEqual([
      0,
      expect.stringMatching(/webgpu ran \d+ of \d+ operators/),
    ]);
    const config = JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
    const summary = JSON.parse(await readFile(join(run, 'summary.json'), 'utf8'));
    expect([config.device, summary.device]).toEqual(['webgpu', 'webgpu']);
    expect((await loadModel(join(run, 'best.onnx'))).metadata.provenance.device).toBe('webgpu');
    const auto = await node(
      [command, 'predict', ...(await posterAndModel()), '--device', 'auto', '--device-report'],
      swiftShader,
    );
    expect(auto.stderr).toMatch(/^onesheet: the CPU ran all/);
  },
);
