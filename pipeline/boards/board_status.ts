/** Settings of a board that differ from its `config.py`, by name. */
export type BoardConfig = Record<string, number | string | boolean | null>;

/** What a board says on `weir/<sensor_id>/status`; nothing if it is not one of ours. */
export interface Status {
  /** The broker says `offline` for it, by its will. */
  state?: "online" | "offline";
  /** Which settings it applied. */
  applied?: BoardConfig;
  /** Which it refused, and why; `*` for all of them. */
  refused?: Record<string, string>;
  /** What it counts since its start; nothing from a board that does not. */
  counts?: BoardCounts;
}

/** What a board counts since its start. */
export interface BoardCounts {
  /** Another one after each start. */
  boot: number;
  /** Its clock when it said so, in seconds. */
  time?: number;
  /** Where it publishes its samples. */
  topic: string;
  /** The ids of its events, in the order of one sample. */
  names: readonly string[];
  /** Samples that have left for the broker. */
  sent: number;
  /** The last of them: its id, and its time on the board's clock. */
  last?: readonly [name: string, ts: number];
  /** Samples that the board had no room for. */
  dropped: number;
}

/**
 * Reads the status of a board, whoever sent it. What is not one is empty.
 *
 * @example
 * ```ts
 * import { readStatus } from "../mod.ts";
 *
 * const { state, counts } = readStatus('{"state": "offline"}');
 * if (state !== "offline" || counts) throw state;
 * ```
 */
export function readStatus(text: string): Status {
  try {
    const status = JSON.parse(text);
    const { state, config, refused } = status;
    if (state !== "online" && state !== "offline") return {};
    const counts = readCounts(status);
    return isObject(config) && isObject(refused)
      ? { state, applied: config as BoardConfig, refused, counts }
      : { state, counts };
  } catch {
    return {};
  }
}

/** The most names that a board has. */
const MAX_NAMES = 16;

/** The longest text that is kept of a status. */
const MAX_TEXT = 1_000;

function readCounts(
  { boot, time, topic, names, sent, last, dropped }: Record<string, unknown>,
): BoardCounts | undefined {
  const isCount = (value: unknown): value is number =>
    Number.isSafeInteger(value) && Number(value) >= 0;
  const isText = (value: unknown): value is string =>
    typeof value === "string" && value.length <= MAX_TEXT;
  if (
    !isCount(boot) || !isCount(sent) || !isCount(dropped) || !isText(topic) ||
    !Array.isArray(names) || names.length > MAX_NAMES || !names.every(isText)
  ) return undefined;
  const now = isText(time) ? Number(time) : NaN;
  const counts = {
    ...{ boot, topic, names, sent, dropped },
    time: Number.isFinite(now) ? now : undefined,
  };
  if (!isText(last)) return sent === 0 ? counts : undefined;
  const [name, ts] = JSON.parse(last);
  return names.includes(name) && Number.isFinite(ts)
    ? { ...counts, last: [name, ts] }
    : undefined;
}

/** Whether a value of JSON is an object, and no array. */
export function isObject(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
