import { WeirError } from "../pipeline/error.ts";

/** The command line is wrong: answered with the message and exit code 2. */
export class UsageError extends WeirError {
  override name = "UsageError";
  /** Makes an error; its message says what to write instead. */
  constructor(
    message: string,
    options?: ConstructorParameters<typeof WeirError>[2],
  ) {
    super("ERR_WEIR_USAGE", message, options);
  }
}

/**
 * The result of a check of something typed.
 *
 * @throws {UsageError} if the check throws a `WeirError`.
 */
export function asUsageError<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof WeirError)) throw error;
    const { message, facts } = error;
    throw new UsageError(message, { cause: error, facts });
  }
}
