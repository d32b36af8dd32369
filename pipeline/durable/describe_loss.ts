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
  const start = from === 0 ? "before" : `from ${clock(from)} to`;
  return `messages ${start} ${clock(to)} may be missing`;
}

function clock(ms: number): string {
  const date = new Date(ms);
  // Swedish writes it as ISO 8601 does: 2026-11-26 12:03:44.
  const time = date.toLocaleTimeString("sv");
  return date.toDateString() === new Date().toDateString()
    ? time
    : `${date.toLocaleDateString("sv")} ${time}`;
}
