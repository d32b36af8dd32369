import { clockTime } from "../clock_time.ts";
import type { Loss } from "./ledger_entry.ts";

/**
 * What a lost session may have cost, for a person to read:
 * `messages from 12:03:44 to 12:05:10 may be missing`, in local time; a day other
 * than today stands before it.
 *
 * @example
 * ```ts
 * import { describeLoss } from "../mod.ts";
 *
 * const to = Date.now();
 * const text = describeLoss({ from: to - 86_000, to });
 * if (!/^messages from .+ to .+ may be missing$/.test(text)) throw text;
 * ```
 */
export function describeLoss({ from, to }: Loss): string {
  const start = from === 0 ? "before" : `from ${clockTime(from)} to`;
  return `messages ${start} ${clockTime(to)} may be missing`;
}
