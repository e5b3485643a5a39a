/** @module The profile of a run by onnxruntime -> which of its operators the device computed and which the CPU. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Device } from './device.ts';

/** How often each operator ran in one run, by its name. */
export type OperatorCounts = Readonly<Record<string, number>>;

export interface Placement {
  readonly device: Device;
  readonly onDevice: OperatorCounts;
  /** What fell back to the CPU; everything where that is the device. */
  readonly onCpu: OperatorCounts;
  /** Values that were copied to the device or back between operators. */
  readonly copies: number;
}

interface ProfileEvent {
  readonly cat?: string;
  readonly args?: { readonly op_name?: string; readonly provider?: string };
}

/** onnxruntime's own operators that move values between devices. */
const copying: ReadonlySet<string> = new Set(['MemcpyFromHost', 'MemcpyToHost']);

/** A folder in which a session leaves its profile, to be read once. */
export class Profile {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async begin(): Promise<Profile> {
    return new Profile(await mkdtemp(join(tmpdir(), 'onesheet-profile-')));
  }

  get prefix(): string {
    return join(this.#folder, 'run');
  }

  /** Reads what was written and removes it. */
  async read(device: Device): Promise<Placement> {
    const names = await readdir(this.#folder);
    const texts = await Promise.all(names.map((name) => readFile(join(this.#folder, name), 'utf8')));
    await this.discard();
    return placementOf(
      texts.flatMap((text) => JSON.parse(text) as ProfileEvent[]),
      device,
    );
  }

  async discard(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** @param events of one run, each operator's with the execution provider that computed it */
export function placementOf(events: readonly ProfileEvent[], device: Device): Placement {
  const onDevice: Record<string, number> = {};
  const onCpu: Record<string, number> = {};
  let copies = 0;
  for (const { cat, args } of events) {
    if (cat !== 'Node' || args?.op_name === undefined || args.provider === undefined) continue;
    if (copying.has(args.op_name)) copies += 1;
    else {
      const counts = device !== 'cpu' && args.provider !== 'CPUExecutionProvider' ? onDevice : onCpu;
      counts[args.op_name] = (counts[args.op_name] ?? 0) + 1;
    }
  }
  return { device, onDevice, onCpu, copies };
}
