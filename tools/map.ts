/** @module The tree of src/ -> src/README.md: its rooms in order, one line a file, from the files' own words. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rooms } from './rooms.ts';
import { root } from './root.ts';

const source = new URL('src/', root);

/** Files of a folder below src/, sorted, with the folders' own files first. */
export function filesOf(folder: string): string[] {
  const entries = readdirSync(new URL(folder, source), { withFileTypes: true });
  const sorted = entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files = sorted.filter((entry) => entry.isFile() && entry.name.endsWith('.ts'));
  const folders = sorted.filter((entry) => entry.isDirectory());
  return [
    ...files.map((entry) => `${folder}${entry.name}`),
    ...folders.flatMap((entry) => filesOf(`${folder}${entry.name}/`)),
  ];
}

/** The sentence after @module at the head of a file. */
export function sentenceOf(path: string): string | undefined {
  const text = readFileSync(new URL(path, source), 'utf8');
  const match = text.match(/^(?:#![^\n]*\n)?\/\*\* @module ([\s\S]*?) ?\*\//);
  return match?.[1]?.replace(/\s*\n \*\s*/g, ' ').trim();
}

export function renderMap(): string {
  const lines = [
    '# The map of `src/`',
    '',
    'Data flows through the rooms from top to bottom; a room imports only from rooms above it. A room with',
    'several files has one door, `index.ts`, and other rooms import only that. `npm run map` writes this page.',
  ];
  for (const { name, purpose } of rooms) {
    lines.push('', `## \`${name}\``, '', `${purpose[0]!.toUpperCase()}${purpose.slice(1)}.`, '');
    const files = name.endsWith('/') ? filesOf(name) : [name];
    for (const path of files) lines.push(`- \`${path}\`: ${sentenceOf(path)}`);
  }
  return `${lines.join('\n')}\n`;
}

export function writeMap(): void {
  writeFileSync(new URL('README.md', source), renderMap());
}
