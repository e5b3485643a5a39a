/** @module The process that tries a device: its name as an argument -> what the probe found, as one message; a driver may end it. */
import { reasonOfRuntime } from '../reason.ts';
import { silenceTelemetry } from '../telemetry.ts';
import type { Device } from './device.ts';
import { type ProbeResult, probe } from './probe.ts';

export type ProbeAnswer = ProbeResult | { readonly reason: string };

async function answer(): Promise<ProbeAnswer> {
  try {
    return await probe(process.argv[2] as Device);
  } catch (error) {
    return {
      reason: reasonOfRuntime((error as Error).message.replace(/^onnxruntime cannot use this model: /, '')),
    };
  }
}

silenceTelemetry();
// A driver's own threads may hold up an orderly exit.
process.send!(await answer(), () => process.exit(0));
