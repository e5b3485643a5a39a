/** @module Posters that a person sorts by labels of their own -> what a head learns from. */
import type { PosterFile } from '../engine.ts';
import { sha256 } from './file.ts';
import type { Lesson } from './head.ts';

/** Labels that can be told apart at a time, and the posters that each needs. */
export const bounds = { fewestLabels: 2, mostLabels: 20, fewestPosters: 5 } as const;

export interface Label {
  name: string;
  /** By the hashes of their files: the same poster twice counts once, and may have several labels. */
  readonly posters: Map<string, PosterFile>;
}

/** What is missing before anything can be learned. */
export type Missing =
  | { readonly kind: 'labels' | 'names' | 'same' }
  | { readonly kind: 'posters'; readonly label: string; readonly count: number };

export class Collection {
  readonly labels: Label[] = [];

  add(): Label {
    const label: Label = { name: '', posters: new Map() };
    this.labels.push(label);
    return label;
  }

  remove(label: Label): void {
    this.labels.splice(this.labels.indexOf(label), 1);
  }

  async put(label: Label, posters: readonly PosterFile[]): Promise<void> {
    for (const poster of posters)
      label.posters.set(await sha256(new Uint8Array(await poster.blob.arrayBuffer())), poster);
  }

  /** Forgets posters, by their hashes: those that cannot be read. */
  drop(hashes: Iterable<string>): void {
    for (const hash of hashes) for (const { posters } of this.labels) posters.delete(hash);
  }

  get missing(): Missing | undefined {
    const names = this.labels.map(({ name }) => name.trim());
    if (names.length < bounds.fewestLabels) return { kind: 'labels' };
    if (names.some((name) => name === '')) return { kind: 'names' };
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length) return { kind: 'same' };
    const few = this.labels.find(({ posters }) => posters.size < bounds.fewestPosters);
    return few && { kind: 'posters', label: few.name.trim(), count: few.posters.size };
  }

  /** Each poster once, by the hash of its file. */
  get posters(): ReadonlyMap<string, PosterFile> {
    return new Map(this.labels.flatMap(({ posters }) => [...posters]));
  }

  labelsOf(hash: string): readonly string[] {
    return this.labels.filter(({ posters }) => posters.has(hash)).map(({ name }) => name.trim());
  }

  /** @param features of each poster, by the hash of its file */
  lessonOf(features: ReadonlyMap<string, Float32Array>): Lesson {
    const hashes = [...features.keys()];
    const width = features.get(hashes[0]!)!.length;
    const count = this.labels.length;
    const lesson = {
      width,
      count,
      features: new Float32Array(hashes.length * width),
      labels: new Uint8Array(hashes.length * count),
    };
    hashes.forEach((hash, row) => {
      lesson.features.set(features.get(hash)!, row * width);
      this.labels.forEach(({ posters }, at) => {
        lesson.labels[row * count + at] = posters.has(hash) ? 1 : 0;
      });
    });
    return lesson;
  }
}
