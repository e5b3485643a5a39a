import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('the package is imported by its name and gives train, evaluate and predict', () => {
  const script =
    "import('onesheet').then((m) => console.log(['train', 'evaluate', 'predict'].map((n) => typeof m[n]).join()))";
  const output = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(output.trim()).toBe('function,function,function');
});
