/** @module The service's log, a line of JSON an event -> a line of text for people at a terminal. */
import { printable, printableLines } from '../printable.ts';

/** What stands before a line of pino's level. */
const words: Readonly<Record<number, string>> = { 40: 'warning: ', 50: 'error: ', 60: 'fatal: ' };

/**
 * @example
 * lineForPeople('{"level":30,"time":0,"method":"GET","route":"/v2","status":200,"milliseconds":1.2,"msg":"answered"}')
 * // '01:00:00  GET /v2  200  1.2 ms'
 */
export function lineForPeople(json: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(json);
  } catch {
    return json;
  }
  const { level, time, msg, method, route, status, milliseconds, err, reqId } = entry;
  const clock = new Date(Number(time)).toTimeString().slice(0, 8);
  const parts = [`${clock}  ${words[Number(level)] ?? ''}`];
  if (status !== undefined)
    parts.push(`${method} ${printable(String(route))}  ${status}  ${milliseconds} ms`);
  else parts.push(printable(String(msg ?? '')));
  const stack = (err as { stack?: string } | undefined)?.stack;
  if (stack !== undefined) parts.push(`\n${printableLines(stack)}\n(request ${reqId})`);
  return `${parts.join('')}\n`;
}
