/** @module A failure's code and particulars -> one clear sentence, an exit code and an HTTP status. */

interface CodedError<Particulars extends readonly unknown[]> {
  /** Exit code of the command line: 2 for wrong usage, 1 for anything else. */
  readonly exitCode: 1 | 2;
  /** HTTP status with which a service answers. */
  readonly status: number;
  /** One sentence that names the file or field and what was expected. */
  readonly message: (...particulars: Particulars) => string;
}

function coded<Particulars extends readonly unknown[]>(
  exitCode: 1 | 2,
  status: number,
  message: (...particulars: Particulars) => string,
): CodedError<Particulars> {
  return { exitCode, status, message };
}

/** Every failure that onesheet can name. Anything else that is thrown is a bug. */
export const errorTable = {
  OPTION_INVALID: coded(
    2,
    400,
    (option: string, expected: string, received: string) =>
      `Expected ${expected} for ${option} but received ${received}.`,
  ),
  FILE_MISSING: coded(1, 404, (path: string, purpose: string) => `Cannot find ${path}: expected ${purpose}.`),
  FILE_UNREADABLE: coded(1, 400, (path: string, reason: string) => `Cannot read ${path}: ${reason}.`),
  FILE_UNWRITABLE: coded(1, 507, (path: string, reason: string) => `Cannot write ${path}: ${reason}.`),
} as const;

export type ErrorCode = keyof typeof errorTable;
type ParticularsOf<Code extends ErrorCode> = Parameters<(typeof errorTable)[Code]['message']>;

/** A failure with a code of {@link errorTable}; its message is a sentence for people. */
export class OnesheetError extends Error {
  readonly code: ErrorCode;
  readonly exitCode: 1 | 2;
  readonly status: number;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OnesheetError';
    this.code = code;
    this.exitCode = errorTable[code].exitCode;
    this.status = errorTable[code].status;
  }
}

/** Makes the coded error; `throw onesheetError('FILE_MISSING', path, 'a table of posters')`. */
export function onesheetError<Code extends ErrorCode>(
  code: Code,
  ...particulars: ParticularsOf<Code>
): OnesheetError {
  const message = errorTable[code].message as (...values: readonly unknown[]) => string;
  return new OnesheetError(code, message(...particulars));
}
