/** @module The name of a device, or `auto` -> a device that is here and computes rightly. */
import { fork } from 'node:child_process';
import { onesheetError } from '../../errors.ts';
import { providersHere } from '../engine.ts';
import { type Device, type DeviceChoice, devices } from './device.ts';
import type { ProbeAnswer } from './probeProcess.ts';

/** Beside this module; when the sources run as they are, as in tests, the compiled one. */
const processFile = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/graph/device/probeProcess.js' : './probeProcess.js',
  import.meta.url,
);

/** Until a device is given up, in milliseconds; shaders are compiled meanwhile. */
const patience = 120_000;

function tryOut(device: Device): Promise<ProbeAnswer> {
  return new Promise((resolve) => {
    // What a driver writes is not for the terminal, and what it breaks is not this process.
    // What a driver writes is not for the terminal, and what it breaks is not this process.
    const child = fork(processFile, {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      timeout: patience,
      killSignal: 'SIGKILL',
    });
    const settle = (answer: ProbeAnswer): void => {
      resolve(answer);
      child.kill('SIGKILL');
    };
    child.on('message', settle);
    child.on('error', ({ message }) => settle({ reason: message }));
    child.on('exit', (code, signal) =>
      settle({ reason: `its driver ended with ${signal ?? `code ${code}`}` }),
    );
    child.send(device);
  });
}

const tried = new Map<Device, Promise<ProbeAnswer>>();

/** Tries the device in a process of its own, once for each process of this program. */
function probeOf(device: Device): Promise<ProbeAnswer> {
  const found = tried.get(device) ?? tryOut(device);
  tried.set(device, found);
  return found;
}

/** The devices other than the CPU for which this installation has code, each with what its probe said. */
async function probes(): Promise<readonly (readonly [Device, ProbeAnswer])[]> {
  const known = await providersHere();
  const others = devices.filter((device) => device !== 'cpu' && known.includes(device));
  return Promise.all(others.map(async (device) => [device, await probeOf(device)] as const));
}

/**
 * A device on which a small network and its gradients come out as on the CPU. `auto` takes the one that was fastest
 * at that, the CPU included.
 *
 * @throws {OnesheetError} DEVICE_MISSING, which names those that are here
 */
export async function findDevice(choice: DeviceChoice = 'cpu'): Promise<Device> {
  if (choice === 'cpu') return 'cpu';
  if (choice === 'auto') {
    const faster = (await probes()).flatMap(([device, answer]) =>
      'seconds' in answer && answer.seconds < answer.cpuSeconds ? [{ device, seconds: answer.seconds }] : [],
    );
    return faster.sort((a, b) => a.seconds - b.seconds)[0]?.device ?? 'cpu';
  }
  const isKnown = (await providersHere()).includes(choice);
  const answer = isKnown ? await probeOf(choice) : { reason: 'this onnxruntime has no code for it' };
  if ('seconds' in answer) return choice;
  const here = (await probes()).flatMap(([device, { ...found }]) => ('seconds' in found ? [device] : []));
  throw onesheetError('DEVICE_MISSING', choice, ['cpu', ...here].join(', '), answer.reason);
}
