/** @module A graph -> a session on it, in the form that suits its device. */
import { deviceForm } from './device/deviceForm.ts';
import { type EmitOptions, emitModel } from './emit.ts';
import type { Graph } from './graph.ts';
import { Session, type SessionOptions } from './runtime.ts';

/** @throws {OnesheetError} as {@link Session.create} */
export function openGraph(graph: Graph, emit: EmitOptions, options: SessionOptions): Promise<Session> {
  const form = deviceForm(graph, options.device ?? 'cpu');
  return Session.create(emitModel(form.graph, emit), { ...options, onCpu: form.onCpu });
}
