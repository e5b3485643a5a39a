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

  test('are not judged by work that failed', () => {
    const admission = new Admission(8, 1);
    admission.admit(1).release(false);
    expect(admission.cost).toBe(0);
  });
});
