import type { IConnackPacket, IPublishPacket } from "mqtt";
import { counted } from "../counted.ts";
import { type ErrorFacts, WeirError } from "../error.ts";
import { escape } from "../escape.ts";

/** What a broker does not take, as its CONNACK says (MQTT 5, section 3.2.2.3). */
export interface BrokerLimits {
  /** The highest quality of service. */
  qos?: number;
  /** The largest packet, in bytes. */
  packet?: number;
  /** Whether it retains messages. */
  retains?: boolean;
}

/** Reads the limits of a broker. One of 3.1.1 does not state any. */
export function readLimits(
  properties: IConnackPacket["properties"],
): BrokerLimits {
  return {
    qos: properties?.maximumQoS,
    packet: properties?.maximumPacketSize,
    retains: properties?.retainAvailable,
  };
}

/** A message that is to be published. */
type Packet = Pick<
  IPublishPacket,
  "topic" | "payload" | "qos" | "retain" | "properties"
>;

/** A character has at most so many bytes in UTF-8. */
const WIDEST = 3;

/** All of a PUBLISH but for its texts and bytes has fewer bytes than this. */
const OVERHEAD = 64;

/**
 * Checks that a broker takes a message: one that it does not take ends the
 * connection, or disappears. What is to be awaited takes time for few messages.
 *
 * @throws {WeirError} if it does not.
 */
export function checkLimits(
  message: Packet,
  limits: BrokerLimits,
): Promise<void> | undefined {
  const { topic, payload, qos, retain, properties } = message;
  if (qos > (limits.qos ?? 2)) {
    throw notPublished(
      message,
      `it has QoS ${qos}, and the broker takes QoS ${limits.qos} at most`,
      { help: "lower-qos", qos: limits.qos },
    );
  }
  if (retain && limits.retains === false) {
    throw notPublished(message, "the broker does not retain messages");
  }
  if (limits.packet === undefined) return undefined;
  const texts = topic.length + payload.length +
    (properties ? JSON.stringify(properties).length : 0);
  if (texts * WIDEST + OVERHEAD <= limits.packet) return undefined;
  return checkSize(message, limits.packet);
}

async function checkSize(message: Packet, most: number): Promise<void> {
  const { generate } = await import("mqtt-packet");
  const { length } = generate(
    { ...message, cmd: "publish", dup: false, messageId: 1 },
    { protocolVersion: 5 },
  );
  if (length <= most) return;
  throw notPublished(
    message,
    `its packet has ${counted(length, "byte")}, and the broker takes ${
      counted(most, "byte")
    } at most`,
  );
}

function notPublished(
  { topic }: Packet,
  why: string,
  facts: ErrorFacts = {},
): WeirError {
  return new WeirError(
    "ERR_WEIR_NOT_PUBLISHED",
    `A message on ${escape(topic)} was not published: ${why}.`,
    { facts: { topic, ...facts } },
  );
}
