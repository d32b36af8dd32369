import type { Message } from "../event.ts";

/**
 * A message as it is taken in. Not an object literal: where the objects of one
 * outlive a few early collections, V8 makes all later ones in the old generation
 * (allocation site pretenuring), and there each keeps its payload until a full
 * collection.
 *
 * @example
 * ```ts
 * import { ReceivedMessage } from "./received.ts";
 *
 * const payload = new TextEncoder().encode("21.5");
 * const { topic } = new ReceivedMessage("attic", payload, 1484535480.613, 0, false, false);
 * if (topic !== "attic") throw topic;
 * ```
 */
export class ReceivedMessage implements Message {
  constructor(
    readonly topic: string,
    readonly payload: Uint8Array,
    readonly time: number,
    readonly qos: 0 | 1 | 2,
    readonly retain: boolean,
    readonly dup: boolean,
  ) {}
}
