import type { Message, SensorEvent } from "./event.ts";
import type { Stage } from "./flow.ts";
import { rawLine } from "./recording/formats/raw_jsonl.ts";
import { map } from "./stages/map.ts";

/**
 * Returns a stage that keeps each message whole, for {@linkcode rawFormat}: it
 * makes an event of it whose sensor is the topic and whose value is the message
 * as JSON. A payload of over 7 MiB is cut; its `bytes` say how many it had.
 *
 * @example
 * ```ts
 * import { csv, type Message, pipe, raw, rawFormat } from "./mod.ts";
 *
 * async function* source(): AsyncGenerator<Message[]> {
 *   const payload = new Uint8Array([0xff, 0x00]);
 *   const rest = { time: 1484535480.613, qos: 0, retain: false, dup: false } as const;
 *   yield [{ topic: "lab/meter", payload, ...rest }];
 * }
 * const path = `${await Deno.makeTempDir()}/raw.jsonl`;
 * await pipe(source(), raw(), csv(path, { format: rawFormat() }));
 * const { base64 } = JSON.parse(await Deno.readTextFile(path));
 * if (base64 !== "/wA=") throw base64;
 * ```
 */
export function raw(): Stage<Message, SensorEvent> {
  return map((message) => {
    const { topic, time } = message;
    return { sensor_id: topic, ts: time, val: rawLine(message), time, topic };
  });
}
