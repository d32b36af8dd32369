/**
 * Something went wrong that a person can do something about. Its message says
 * what happened and what to do next; it is shown without a stack trace.
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
 * }
 * ```
 */
export class WeirError extends Error {
  override name = "WeirError";
}
