import { WeirError } from "../pipeline/mod.ts";

/**
 * The command line was wrong. It is answered with its message and exit code 2.
 *
 * @example
 * ```ts
 * import { UsageError } from "./usage.ts";
 *
 * const { message } = new UsageError("--qos is 0, 1 or 2.");
 * if (message !== "--qos is 0, 1 or 2.") throw message;
 * ```
 */
export class UsageError extends WeirError {
  override name = "UsageError";
  /** Makes an error; its message says what to write instead. */
  constructor(message: string) {
    super("ERR_WEIR_USAGE", message);
  }
}

/**
 * Refuses a positional argument that looks like a mistyped option.
 *
 * @throws {UsageError} where it starts with `-`.
 *
 * @example
 * ```ts
 * import { refuseOption } from "./usage.ts";
 *
 * refuseOption("file", "test.csv");
 * ```
 */
export function refuseOption(what: string, given: string): void {
  if (given.startsWith("-")) {
    throw new UsageError(
      `${given} is no option of this command, and a ${what} may not start with -. See --help.`,
    );
  }
}

/**
 * Does something with what was given, and says of an error that the command
 * line was wrong.
 *
 * @throws {UsageError} where that throws a `WeirError`.
 *
 * @example
 * ```ts
 * import { usage } from "./usage.ts";
 *
 * if (usage(() => Number("1")) !== 1) throw new Error();
 * ```
 */
export function usage<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    throw new UsageError(error.message);
  }
}
