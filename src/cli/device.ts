/** @module `--device` and `--device-report` -> where networks are computed, and lines on which operators fell back to the CPU. */
import { type DeviceChoice, deviceChoices, type OperatorCounts, type Placement } from '../graph/index.ts';
import { choiceOf } from './arguments.ts';

/** For commands that compute. */
export const deviceArguments = {
  device: {
    type: 'enum' as const,
    options: [...deviceChoices],
    default: 'cpu',
    description: 'Where networks are computed; auto takes the fastest that computes rightly',
  },
  'device-report': {
    type: 'boolean' as const,
    description: 'Say which operators ran on the device and which fell back to the CPU',
  },
};

interface DeviceArguments {
  readonly device?: string;
  readonly 'device-report'?: boolean;
}

/** @throws {OnesheetError} OPTION_INVALID */
export function deviceOf(args: DeviceArguments, say: (line: string) => void = saySo) {
  return {
    device: choiceOf<DeviceChoice>(args.device ?? 'cpu', 'device', deviceChoices),
    onPlacement: args['device-report']
      ? (placement: Placement) => say(describePlacement(placement))
      : undefined,
  };
}

function saySo(line: string): void {
  process.stderr.write(`onesheet: ${line}\n`);
}

function total(counts: OperatorCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** @example webgpu ran 54 of 57 operators; on the CPU: Shape 2, SpaceToDepth 1; values copied 4 times */
export function describePlacement({ device, onDevice, onCpu, copies }: Placement): string {
  const [there, here] = [total(onDevice), total(onCpu)];
  if (device === 'cpu') return `the CPU ran all ${here} operators`;
  if (here === 0) return `${device} ran all ${there} operators`;
  const fallen = Object.entries(onCpu)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([op, count]) => `${op} ${count}`);
  return `${device} ran ${there} of ${there + here} operators; on the CPU: ${fallen.join(', ')}; values copied ${copies} times`;
}
