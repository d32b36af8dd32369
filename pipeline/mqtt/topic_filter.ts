import { WeirError } from "../error.ts";
import { escape } from "../escape.ts";

const EMPTY = "The topic is empty. Give one, such as sensor-data.";

/**
 * Checks a topic filter (MQTT 5, section 4.7): `#` stands alone and last, `+`
 * stands alone between slashes, and there is something in it.
 *
 * @throws {WeirError} if it is none.
 *
 * @example
 * ```ts
 * import { checkTopicFilter } from "../mod.ts";
 *
 * checkTopicFilter("zigbee2mqtt/+/availability");
 * ```
 */
export function checkTopicFilter(filter: string): void {
  if (filter === "") throw new WeirError("ERR_WEIR_ARGUMENT", EMPTY);
  const levels = filter.split("/");
  const valid = !filter.includes("\0") &&
    levels.every((level, index) =>
      level === "+" || !/[+#]/.test(level) ||
      (level === "#" && index === levels.length - 1)
    );
  if (!valid) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `"${
        escape(filter)
      }" is not a topic to subscribe to: # stands alone at the end, + alone between slashes.`,
    );
  }
}

/**
 * Checks a topic to publish on (MQTT 5, section 4.7): no wildcards in it.
 *
 * @throws {WeirError} if it is none.
 *
 * @example
 * ```ts
 * import { checkTopic } from "../mod.ts";
 *
 * checkTopic("sensor-data");
 * ```
 */
export function checkTopic(topic: string): void {
  if (topic === "") throw new WeirError("ERR_WEIR_ARGUMENT", EMPTY);
  if (/[+#\0]/.test(topic)) {
    throw new WeirError(
      "ERR_WEIR_ARGUMENT",
      `"${
        escape(topic)
      }" is not a topic to publish on: it may not have + or # in it.`,
    );
  }
}

/** Two filters of which a topic can match both. */
export interface Overlap {
  /** The first of the two, or the wider one if it covers the other. */
  wide: string;
  /** The other. */
  narrow: string;
  /** Whether every topic that matches `narrow` also matches `wide`. */
  covered: boolean;
}

/**
 * Finds two topic filters that can match the same topic, at first one that
 * covers another: brokers may deliver what matches both once for each of them
 * (MQTT 5, section 3.3.4).
 *
 * @example
 * ```ts
 * import { findOverlap } from "../mod.ts";
 *
 * const overlap = findOverlap(["lab/+", "lab/#", "zigbee2mqtt/#"]);
 * if (overlap?.wide !== "lab/#" || overlap.narrow !== "lab/+") throw overlap;
 * if (findOverlap(["lab/#", "zigbee2mqtt/#"])) throw new Error();
 * ```
 */
export function findOverlap(filters: readonly string[]): Overlap | undefined {
  let partial: Overlap | undefined;
  for (const [index, first] of filters.entries()) {
    for (const second of filters.slice(index + 1)) {
      const [a, b] = [levelsOf(first), levelsOf(second)];
      if (!overlaps(a, b)) continue;
      if (covers(a, b)) return { wide: first, narrow: second, covered: true };
      if (covers(b, a)) return { wide: second, narrow: first, covered: true };
      partial ??= { wide: first, narrow: second, covered: false };
    }
  }
  return partial;
}

/** The levels of a filter; of a shared one (section 4.8.2) those after its group. */
function levelsOf(filter: string): string[] {
  // At the start, "+/#" matches what "#" does.
  return filter.replace(/^\$share\/[^/]*\//, "").replace(/^\+\/#$/, "#")
    .split("/");
}

/** Whether a topic can match both. */
function overlaps(a: string[], b: string[]): boolean {
  if (hides(a, b) || hides(b, a)) return false;
  for (let i = 0;; i++) {
    // It also matches its parent level (section 4.7.1.2).
    if (a[i] === "#" || b[i] === "#") return true;
    if (a[i] === undefined || b[i] === undefined) return a[i] === b[i];
    if (a[i] !== b[i] && a[i] !== "+" && b[i] !== "+") return false;
  }
}

/** Whether every topic that matches `b` also matches `a`, if a topic can match both. */
function covers(a: string[], b: string[]): boolean {
  for (let i = 0;; i++) {
    if (a[i] === "#") return true;
    if (a[i] === undefined || b[i] === undefined) return a[i] === b[i];
    if (a[i] !== b[i] && (a[i] !== "+" || b[i] === "#")) return false;
  }
}

/** A wildcard at the start does not match topics that start with $ (section 4.7.2). */
function hides([a]: string[], [b]: string[]): boolean {
  return (a === "#" || a === "+") && b.startsWith("$");
}
