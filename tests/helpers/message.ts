import type { Message } from "../../pipeline/mod.ts";

/** A message as the source would take it in. */
export function message(
  payload: string | Uint8Array,
  topic = "sensor-data",
  time = 1484535480.613,
): Message {
  return {
    topic,
    payload: typeof payload === "string"
      ? new TextEncoder().encode(payload)
      : payload,
    time,
    qos: 0,
    retain: false,
    dup: false,
  };
}
