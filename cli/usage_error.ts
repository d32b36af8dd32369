import { WeirError } from "../pipeline/error.ts";

/**
 * The command line was wrong. It is answered with its message and exit code 2.
 *
 * @example
 * ```ts
 * import { UsageError } from "./usage_error.ts";
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
 * Does something with what was given, and says of an error that the command
 * line was wrong.
 *
 * @throws {UsageError} where that throws a `WeirError`.
 *
 * @example
 * ```ts
 * import { usage } from "./usage_error.ts";
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
