import { createMeter, type Message, type Stage } from "../pipeline/mod.ts";
import type { Snapshot } from "./run_snapshot.ts";

/** What comes in, followed. */
export interface TuiTraffic {
  /** Lets messages by, and takes note. */
  stage: Stage<Message, Message>;
  /** How it stands at a time, in seconds since 1970. */
  snapshot(now: number): Snapshot["traffic"];
}

/** A flow that has waited for so many seconds has nothing left to do. */
const IDLE = 1;

/**
 * Follows how many messages and bytes come in, and for how long the flow has
 * not caught up: every batch was there before the one ahead of it was done
 * with. How much the broker still holds then, nobody tells.
 *
 * @example
 * ```ts
 * import { followTraffic } from "./follow_traffic.ts";
 *
 * const { stage, snapshot } = followTraffic();
 * const time = Date.now() / 1000;
 * const rest = { qos: 0, retain: false, dup: false } as const;
 * const payload = new TextEncoder().encode("21.5");
 * async function* source() {
 *   yield [{ topic: "attic", payload, time, ...rest }];
 * }
 * await Array.fromAsync(stage(source()));
 * if (snapshot(time).bytes !== 9) throw snapshot(time);
 * ```
 */
export function followTraffic(): TuiTraffic {
  const messages = createMeter();
  const bytes = createMeter();
  let busySince = Infinity;
  let pulled: number | undefined = -Infinity;
  return {
    async *stage(flow) {
      for await (const batch of flow) {
        // It had to be waited for.
        if (pulled !== undefined && batch[0].time > pulled) {
          busySince = batch[0].time;
        }
        pulled = undefined;
        const { time } = batch[batch.length - 1];
        let size = 0;
        for (const { topic, payload } of batch) {
          size += topic.length + payload.length;
        }
        messages.add(batch.length, time);
        bytes.add(size, time);
        yield batch;
        pulled = Date.now() / 1000;
      }
    },
    snapshot(now) {
      const idle = pulled !== undefined && now - pulled >= IDLE;
      return {
        messages: messages.rate(now),
        bytes: bytes.rate(now),
        behind: idle ? 0 : Math.max(0, now - busySince),
      };
    },
  };
}
