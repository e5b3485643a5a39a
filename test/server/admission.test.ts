import { describe, expect, test, vi } from 'vitest';
import { OnesheetError } from '../../src/errors.ts';
import { Admission } from '../../src/server/inference/admission.ts';

const codeOf = (work: () => unknown): string | undefined => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(OnesheetError);
    return (error as OnesheetError).code;
  }
  return undefined;
};

describe('places', () => {
  test('are limited, and free again when they are released, once', () => {
    const admission = new Admission(3, 60);
    const ticket = admission.admit(2);
    expect(codeOf(() => admission.admit(2))).toBe('SERVICE_BUSY');
    admission.admit(1);
    expect(codeOf(() => admission.check())).toBe('SERVICE_BUSY');
    ticket.release(true);
    ticket.release(true);
    expect(admission.pending).toBe(1);
    admission.admit(2);
  });

  test('are fewer when what was let in took long: who would be late is refused at once', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const admission = new Admission(1000, 10);
    const tickets = [admission.admit(1), admission.admit(1)];
    clock.mockReturnValue(2000);
    for (const ticket of tickets) ticket.release(true);
    // Two seconds with one ahead and two seconds with two: 4 / 3 s a piece, and 6 of 10 s may be waited.
    expect(admission.cost).toBeCloseTo(4 / 3, 1);
    for (let i = 0; i < 4; i++) admission.admit(1);
    expect(codeOf(() => admission.admit(1))).toBe('SERVICE_BUSY');
    expect(admission.retryAfter).toBe(3);
    clock.mockRestore();
  });

  test('are given to work that comes alone, however slow the last one was', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const admission = new Admission(8, 1);
    const ticket = admission.admit(1);
    clock.mockReturnValue(60_000);
    ticket.release(true);
    expect(codeOf(() => admission.admit(8))).toBeUndefined();
    clock.mockRestore();
  });

  test('are judged by work that was given up too, which can only make them fewer', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const admission = new Admission(1000, 10);
    admission.admit(1).release(false);
    expect(admission.cost).toBe(0);
    const late = admission.admit(1);
    clock.mockReturnValue(10_000);
    late.release(false);
    expect(admission.cost).toBeCloseTo(10, 5);
    const left = admission.admit(1);
    clock.mockReturnValue(10_100);
    left.release(false);
    expect(admission.cost).toBeCloseTo(10, 5);
    clock.mockRestore();
  });

  test('are many again some answers after a bad time', () => {
    const clock = vi.spyOn(performance, 'now').mockReturnValue(0);
    const admission = new Admission(1000, 5);
    let now = 0;
    const work = (milliseconds: number, isDone: boolean): void => {
      const ticket = admission.admit(1);
      now += milliseconds;
      clock.mockReturnValue(now);
      ticket.release(isDone);
    };
    for (let i = 0; i < 5; i++) work(5000, false);
    const only = admission.admit(1);
    expect(codeOf(() => admission.admit(1))).toBe('SERVICE_BUSY');
    only.release(false);
    for (let i = 0; i < 24; i++) work(50, true);
    expect(admission.cost).toBeLessThan(0.5);
    for (let i = 0; i < 5; i++) admission.admit(1);
    clock.mockRestore();
  });
});
