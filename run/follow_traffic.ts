import type { Message, Stage } from "../pipeline/mod.ts";
import { createMeter } from "../pipeline/meter.ts";
import type { Snapshot } from "./run_snapshot.ts";

/** The messages that come in, followed. */
export interface FollowedTraffic {
  /** Lets messages by, and takes note. */
  stage: Stage<Message, Message>;
  /** Whether a message has come that was let by. */
  heard(): boolean;
  /** The numbers at a time, in seconds since 1970. */
  snapshot(now: number): Snapshot["traffic"];
}

/** What {@linkcode followTraffic} is given. */
export interface TrafficOptions {
  /** Let retained messages by as well. */
  retained?: boolean;
  /** Is called after each batch. */
  changed(): void;
}

/** A flow that has waited for so many seconds has nothing left to do. */
const IDLE = 1;

/**
 * Counts messages and bytes, and measures for how long the flow has not caught
 * up: each batch was there before the one ahead of it was finished. How many
 * more the broker still holds is unknown.
 */
export function followTraffic(
  { retained = false, changed }: TrafficOptions,
): FollowedTraffic {
  const messages = createMeter();
  const bytes = createMeter();
  let heard = false;
  let leftOut = 0;
  let received = 0;
  let last: number | undefined;
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
        received += batch.length;
        last = time;
        let size = 0;
        let kept = 0;
        for (const { topic, payload, retain } of batch) {
          size += topic.length + payload.length;
          if (retained || !retain) kept++;
        }
        messages.add(batch.length, time);
        bytes.add(size, time);
        heard ||= kept > 0;
        leftOut += batch.length - kept;
        if (kept === batch.length) yield batch;
        else if (kept > 0) yield batch.filter(({ retain }) => !retain);
        pulled = Date.now() / 1000;
        changed();
      }
    },
    heard: () => heard,
    snapshot(now) {
      const idle = pulled !== undefined && now - pulled >= IDLE;
      return {
        messages: messages.rate(now),
        bytes: bytes.rate(now),
        received,
        last,
        leftOut,
        behind: idle ? 0 : Math.max(0, now - busySince),
      };
    },
  };
}
