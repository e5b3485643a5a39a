/** @module This computer, or a run's `summary.json` -> what the run was trained on. */
import { arch, availableParallelism, cpus, totalmem, type } from 'node:os';
import { z } from 'zod';
import { exists, readWholeFile } from '../files.ts';

const machineSchema = z.object({
  /** As it calls itself, e.g. `AMD EPYC 7B13`. */
  processor: z.string(),
  /** Cores that the process may use. */
  cores: z.number().int().min(1),
  memoryGigabytes: z.number().positive(),
  /** Operating system, architecture and version of Node.js. */
  system: z.string(),
});
export type Machine = Readonly<z.infer<typeof machineSchema>>;

export function machineHere(): Machine {
  return {
    processor: cpus()[0]?.model.trim().replace(/\s+/g, ' ') || 'a processor without a name',
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 1e8) / 10,
    system: `${type()} ${arch()}, Node.js ${process.versions.node}`,
  };
}

/**
 * The machine on which a run was trained last; `undefined` where its summary is missing or does not say.
 *
 * @throws {OnesheetError} FILE_UNREADABLE
 */
export async function readMachine(path: string): Promise<Machine | undefined> {
  if (!(await exists(path))) return undefined;
  const text = (await readWholeFile(path, "a run's summary.json")).toString();
  try {
    return machineSchema.safeParse((JSON.parse(text) as { machine?: unknown } | null)?.machine).data;
  } catch {
    return undefined;
  }
}
