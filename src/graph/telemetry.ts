/** @module This process -> the same process, in which onnxruntime's native code neither sends nor keeps anything of its use. */
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';

/** Read once by onnxruntime's native code, on Linux and macOS; Windows has no such switch. */
const variable = 'ORT_DISABLE_TELEMETRY';

/**
 * Switches the telemetry of onnxruntime off, unless the user has given the variable a value of his own. It must be
 * called before the native code is loaded. Only the main thread's environment reaches native code.
 *
 * @returns whether it is decided: not in a thread that was started before the main thread called this
 */
export function silenceTelemetry(): boolean {
  if (!isMainThread) return process.env[variable] !== undefined || getEnvironmentData(variable) === true;
  process.env[variable] ??= '1';
  setEnvironmentData(variable, true);
  return true;
}
