import { describe, expect, test } from 'vitest';
import { ProgressMeter, type ProgressOptions } from '../../../src/train/record/progress.ts';

function meterOf(options: Partial<ProgressOptions>) {
  const written: string[] = [];
  let time = 5000;
  const meter = new ProgressMeter({
    write: (text) => written.push(text),
    isTerminal: true,
    columns: () => 100,
    epochs: 3,
    now: () => time,
    ...options,
  });
  return {
    meter,
    /** Batches of 32 images, one each `milliseconds`. */
    train(count: number, milliseconds: number, loss = 0.25) {
      for (let i = 0; i < count; i++) {
        time += milliseconds;
        meter.batch(32, loss);
      }
    },
    /** What was written since the last call. */
    take: () => written.splice(0),
  };
}

describe('on a terminal', () => {
  test('one line shows epoch, batch, loss, time left and images per second', () => {
    const { meter, train, take } = meterOf({});
    meter.startPhase(1, 'training', 40);
    train(10, 500);
    expect(take().at(-1)).toBe(
      '\repoch 1/3  [=======                       ]  training 10/40  loss 0.2500  0:15 left  64 images/s\x1b[K',
    );
  });

  test('from the second epoch on it says how long the rest takes at most', () => {
    const { meter, train, take } = meterOf({ columns: () => 200 });
    meter.startPhase(1, 'training', 40);
    train(40, 500);
    meter.startPhase(1, 'validation', 10);
    train(10, 400);
    meter.finishEpoch('loss 0.3');
    meter.startPhase(2, 'training', 40);
    take();
    train(20, 500);
    expect(take().at(-1)).toContain('0:10 left  64 images/s  at most 0:38 in all');
    train(20, 500);
    meter.startPhase(2, 'validation', 10);
    train(5, 400);
    expect(take().at(-1)).toContain('at most 0:26 in all');
  });

  test('an epoch that was resumed half-way says nothing about the length of a whole one', () => {
    const { meter, train, take } = meterOf({});
    meter.startPhase(1, 'training', 40, 38);
    train(2, 500);
    meter.finishEpoch('loss 0.3');
    meter.startPhase(2, 'training', 40);
    train(20, 500);
    expect(take().at(-1)).not.toContain('in all');
  });

  test('it is redrawn at most ten times a second', () => {
    const { meter, train, take } = meterOf({});
    meter.startPhase(1, 'training', 1000);
    train(100, 10);
    expect(take()).toHaveLength(10);
  });

  test.each([1, 2, 20, 45, 60, 80, 100])('it never wraps at a width of %i', (width) => {
    const { meter, train, take } = meterOf({ columns: () => width });
    meter.startPhase(2, 'training', 40);
    train(7, 1234.5);
    for (const line of take()) {
      const visible = line.replace('\r', '').replace('\x1b[K', '');
      expect(visible.length).toBeLessThan(Math.max(width, 2));
      expect('epoch 2/3'.startsWith(visible.slice(0, 9))).toBe(true);
    }
  });

  test('a line that stays takes the place of the live one, which is cleared only when it is there', () => {
    const { meter, train, take } = meterOf({});
    meter.startPhase(1, 'training', 40);
    meter.note('first');
    expect(take()).toEqual(['first\n']);
    train(40, 1000);
    take();
    meter.finishEpoch('training loss 0.25');
    expect(take()).toEqual(['\r\x1b[K', 'epoch 1/3  training loss 0.25  0:40\n']);
  });

  test('the bar is full at the end and starts where a resumed epoch starts', () => {
    const { meter, train, take } = meterOf({});
    meter.startPhase(1, 'training', 40, 38);
    train(1, 1000);
    expect(take().at(-1)).toMatch(/\[=+ +\] {2}training 39\/40 .* 0:01 left/);
    train(1, 1000);
    expect(take().at(-1)).toMatch(/\[=+\] {2}training 40\/40 .* 0:00 left/);
  });

  test('validation without a loss shows none', () => {
    const { meter, take } = meterOf({
      now: (() => {
        let t = 0;
        return () => (t += 200);
      })(),
    });
    meter.startPhase(1, 'validation', 4);
    meter.batch(32);
    expect(take().at(-1)).toMatch(/validation 1\/4 {2}0:0\d left/);
  });
});

describe('in a log', () => {
  test('a long epoch gives a plain line each half minute, without control characters', () => {
    const { meter, train, take } = meterOf({ isTerminal: false });
    meter.startPhase(1, 'training', 200);
    train(100, 1000);
    expect(take()).toEqual([
      'epoch 1/3  training 30/200  loss 0.2500  2:50 left  32 images/s\n',
      'epoch 1/3  training 60/200  loss 0.2500  2:20 left  32 images/s\n',
      'epoch 1/3  training 90/200  loss 0.2500  1:50 left  32 images/s\n',
    ]);
  });

  test('a short epoch gives only its closing line', () => {
    const { meter, train, take } = meterOf({ isTerminal: false });
    meter.startPhase(1, 'training', 20);
    train(20, 1000);
    meter.finishEpoch('training loss 0.25');
    expect(take()).toEqual(['epoch 1/3  training loss 0.25  0:20\n']);
  });
});

test('the speed follows the latest batches', () => {
  const { meter, train } = meterOf({});
  meter.startPhase(1, 'training', 100);
  expect(meter.imagesPerSecond()).toBeUndefined();
  train(30, 1000);
  expect(meter.imagesPerSecond()).toBe(32);
  train(20, 100);
  expect(meter.imagesPerSecond()).toBe(320);
});
