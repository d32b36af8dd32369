import { WeirError } from "../../error.ts";
import type { SensorEvent } from "../../event.ts";
import { checkEvent } from "../row_format.ts";
import type { PathOf } from "./path_of.ts";

/**
 * Returns events by the names of their files.
 *
 * @throws {WeirError} if one cannot be written, or has no name.
 */
export function groupByName(
  pathOf: PathOf,
  events: readonly SensorEvent[],
): Map<string, SensorEvent[]> {
  const groups = new Map<string, SensorEvent[]>();
  for (const event of events) {
    checkEvent(event);
    const name: unknown = pathOf(event.ts, event);
    if (typeof name !== "string" || name === "") {
      throw new WeirError(
        "ERR_WEIR_ARGUMENT",
        `A function that names files returned ${name}, not a path.`,
      );
    }
    const group = groups.get(name);
    if (group) group.push(event);
    else groups.set(name, [event]);
  }
  return groups;
}
