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
}

/** Reads the status of a board, whoever sent it. */
export function readStatus(text: string): Status {
  try {
    const { state, config, refused } = JSON.parse(text);
    if (state !== "online" && state !== "offline") return {};
    return isObject(config) && isObject(refused)
      ? { state, applied: config as BoardConfig, refused }
      : { state };
  } catch {
    return {};
  }
}

/** Whether a value of JSON is an object, and no array. */
export function isObject(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
