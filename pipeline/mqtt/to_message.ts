import type { IPublishPacket } from "mqtt";
import type { Message, MessageProperties } from "../event.ts";

/** What every message is a copy of, in the order of its fields. */
const MESSAGE: Message = {
  topic: "",
  payload: new Uint8Array(),
  bytes: undefined,
  time: 0,
  qos: 0,
  retain: false,
  dup: false,
  properties: undefined,
};

/**
 * Makes a message of a packet that was taken in at `time`, in seconds since
 * 1970.
 *
 * It copies one and changes the copy, as a plain literal would cost twice the
 * garbage collection: where the objects of a literal outlive a few early
 * collections, V8 makes all later ones in the old generation (allocation site
 * pretenuring), and there each keeps its payload until a full collection.
 */
export function toMessage(
  { topic, payload, bytes, qos, retain, dup, properties }:
    & Pick<IPublishPacket, "topic" | "payload" | "qos" | "retain" | "dup">
    & { bytes?: number; properties?: IPublishPacket["properties"] },
  time: number,
): Message {
  return {
    ...MESSAGE,
    topic,
    payload: payload as Uint8Array,
    bytes,
    time,
    qos,
    retain,
    dup,
    properties: properties as MessageProperties | undefined,
  };
}
