import { grouped } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import type { SampleCounts } from "./count_samples.ts";

/** What became of the samples of a board, for a person to read. */
export function describeSamples(
  [id, { recorded, dropped, lost }]: readonly [
    string,
    Omit<SampleCounts, "names">,
  ],
): string {
  const missing = [
    dropped > 0 ? `${grouped(dropped)} dropped on the board` : [],
    lost > 0 ? `${grouped(lost)} lost on the way` : [],
  ].flat();
  const why = missing.length > 0 ? ` (${missing.join(", ")})` : "";
  return `${escape(id)}: ${grouped(recorded)} of ${
    grouped(recorded + dropped + lost)
  } samples recorded${why}`;
}
