import type { DurableCounts } from "../pipeline/mod.ts";

/** How far messages have come; what a recording cannot know is left out. */
export type Numbers =
  & Pick<DurableCounts, "written" | "rejected">
  & Partial<DurableCounts>;

/**
 * The numbers of a recording, each by its own name. Rows that are not known to
 * be safe on disk are synced at the end; at QoS 0 nothing is acknowledged.
 *
 * @example
 * ```ts
 * import { tellNumbers } from "./say_numbers.ts";
 *
 * const text = tellNumbers({ written: 1234, rejected: 0 });
 * if (text !== "Rows: 1,234 written, synced at the end. Messages: 0 rejected") {
 *   throw text;
 * }
 * ```
 */
export function tellNumbers(
  { written, safe, acknowledged, rejected, redelivered }: Numbers,
): string {
  const number = (n: number) => n.toLocaleString("en-US");
  const rows = safe === undefined
    ? "synced at the end"
    : `${number(safe)} safe on disk`;
  const messages = [
    acknowledged === undefined ? [] : `${number(acknowledged)} acknowledged`,
    `${number(rejected)} rejected`,
    redelivered === undefined
      ? []
      : `${number(redelivered)} redelivered (left out)`,
  ].flat().join(", ");
  return `Rows: ${number(written)} written, ${rows}. Messages: ${messages}`;
}
