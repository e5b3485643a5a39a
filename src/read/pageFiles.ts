/** @module Nothing -> the reader's networks as files for a browser. */
import { requireNetworks } from './networks.ts';
import { preparedApart } from './preparedApart.ts';

/** Names of the files that the page asks for in `read/`. */
export const networkFileNames = ['detection.onnx', 'recognition.onnx', 'alphabet.txt'] as const;
type NetworkFile = (typeof networkFileNames)[number];

/** @throws {OnesheetError} READER_MISSING with the command that installs the networks; MODEL_UNREADABLE */
export async function networkFiles(): Promise<Readonly<Record<NetworkFile, Uint8Array>>> {
  requireNetworks();
  const { detection, recognition, alphabet } = await preparedApart();
  return {
    'detection.onnx': detection,
    'recognition.onnx': recognition,
    'alphabet.txt': new TextEncoder().encode(alphabet.join('\n')),
  };
}
