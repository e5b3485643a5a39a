/** @module A run's folder -> the file of its best model. */
import { join } from 'node:path';
import { runFiles } from '../run/index.ts';

export function modelOfRun(folder: string): string {
  return join(folder, runFiles.model);
}
