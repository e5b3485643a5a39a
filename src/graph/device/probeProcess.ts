/** @module The process that tries a device: its name as a message -> what the probe found, as another; a driver may end it. */
import { reasonOfRuntime } from '../reason.ts';
import { silenceTelemetry } from '../telemetry.ts';
import type { Device } from './device.ts';
import { type ProbeResult, probe } from './probe.ts';

export type ProbeAnswer = ProbeResult | { readonly reason: string };

async function answerTo(device: Device): Promise<ProbeAnswer> {
  try {
    return await probe(device);
  } catch (error) {
    const { message } = error as Error;
    return { reason: reasonOfRuntime(message.replace(/^onnxruntime cannot use this model: |\.$/g, '')) };
  }
}

silenceTelemetry();
// Whoever asked is gone; a driver's own threads may hold up an orderly exit.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
process.on('message', async (device: Device) => process.send?.(await answerTo(device)));
