/**
 * What went wrong, by the code of a {@linkcode WeirError}. A code stays what it
 * is from one version to the next; a message may change.
 *
 * @example
 * ```ts
 * import { ERROR_CODES } from "./mod.ts";
 *
 * if (!("ERR_WEIR_UNREACHABLE" in ERROR_CODES)) throw ERROR_CODES;
 * ```
 */
export const ERROR_CODES = {
  ERR_WEIR_ARGUMENT: "A function was called with something that it cannot use.",
  ERR_WEIR_BOARD: "A board did not do what it was to do.",
  ERR_WEIR_BROKEN_OFF: "A person broke it off.",
  ERR_WEIR_CLOSED: "The recording is closed.",
  ERR_WEIR_CONNECTION_LOST: "The connection to the broker is lost.",
  ERR_WEIR_DISK_FULL: "There is no space left on the disk.",
  ERR_WEIR_EVENT: "An event has a time or a value that cannot be written.",
  ERR_WEIR_FILE: "A file cannot be read or written.",
  ERR_WEIR_FILE_EXISTS: "A file is there already, and is not overwritten.",
  ERR_WEIR_FILE_HEADER: "A file has another header than a recording.",
  ERR_WEIR_FILE_IN_USE: "Another weir uses the file.",
  ERR_WEIR_FILE_QUOTE:
    "A file has a quote that is never closed, or a row that never ends.",
  ERR_WEIR_GAVE_UP: "A disk could not be written for too long.",
  ERR_WEIR_ID_IN_USE: "Another weir on this host uses the client id.",
  ERR_WEIR_IRREGULAR: "A path names no regular file.",
  ERR_WEIR_LEDGER: "A ledger belongs to another recording, or is one of two.",
  ERR_WEIR_LISTEN: "The embedded broker or the page cannot listen.",
  ERR_WEIR_NO_ANSWER: "No answer came in time.",
  ERR_WEIR_NOT_GRANTED: "The broker grants less than was asked for.",
  ERR_WEIR_NOT_PUBLISHED: "A message was not published.",
  ERR_WEIR_PIPE: "The parts of a pipe do not go together.",
  ERR_WEIR_PORT: "A serial port cannot be used.",
  ERR_WEIR_PROBLEMS: "A recording has problems.",
  ERR_WEIR_REFUSED: "The broker refused or ended the connection.",
  ERR_WEIR_STDOUT: "Stdout cannot be written.",
  ERR_WEIR_SUBSCRIPTION: "The broker refused a subscription.",
  ERR_WEIR_UNREACHABLE: "There is no connection to the broker.",
  ERR_WEIR_USAGE: "The command line is wrong.",
} as const;

/** One of the codes in {@linkcode ERROR_CODES}. */
export type ErrorCode = keyof typeof ERROR_CODES;

/**
 * What an error is about, as data: `path`, `url`, and more. `reason` says why,
 * in a few words; `help` names what would help, for a program that knows which
 * of its options that is.
 */
export type ErrorFacts = Readonly<
  Record<string, string | number | boolean | undefined>
>;

/**
 * Something went wrong that a person can do something about. Its message says
 * what happened and what to do next, and is shown without a stack trace; its
 * code and facts say the same to a program.
 *
 * @example
 * ```ts
 * import { csv, WeirError } from "./mod.ts";
 *
 * async function* nothing() {}
 * try {
 *   await csv("/nowhere/test.csv")(nothing());
 * } catch (error) {
 *   if (!(error instanceof WeirError)) throw error;
 *   if (error.code !== "ERR_WEIR_FILE") throw error;
 * }
 * ```
 */
export class WeirError extends Error {
  /** `"WeirError"`. */
  override name = "WeirError";
  /** What went wrong. */
  readonly code: ErrorCode;
  /** What it is about. */
  readonly facts: ErrorFacts;
  /** Makes an error; the facts are what its message is made of. */
  constructor(
    code: ErrorCode,
    message: string,
    { cause, facts = {} }: { cause?: unknown; facts?: ErrorFacts } = {},
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.facts = facts;
  }
}

/**
 * Returns why an error happened: its `facts.reason`, a few words, or else its
 * message.
 *
 * @example
 * ```ts
 * import { reasonOf, WeirError } from "./mod.ts";
 *
 * const error = new WeirError("ERR_WEIR_FILE", "Cannot write test.csv: …", {
 *   facts: { path: "test.csv", reason: "no space left on the disk" },
 * });
 * if (reasonOf(error) !== "no space left on the disk") throw error;
 * ```
 */
export function reasonOf(error: Error): string {
  const reason = error instanceof WeirError ? error.facts.reason : undefined;
  return reason === undefined ? error.message : `${reason}`;
}
