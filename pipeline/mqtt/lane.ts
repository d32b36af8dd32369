/**
 * A fast lane for messages, between the socket and mqtt.js.
 *
 * mqtt.js takes most of a message's time: a parser object, a stream in object
 * mode, events and callbacks for each. The lane reads whole PUBLISH packets of
 * QoS 0 and 1 where they lie in a chunk, and hands all other bytes on to mqtt.js
 * untouched: CONNECT to DISCONNECT, keepalive, QoS 2, packets with properties,
 * long ones, and whatever is malformed. So its errors stay the only ones.
 *
 * Packets keep their order: mqtt.js is done with what it was handed before the
 * lane reads on.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Duplex, Writable } from "node:stream";
import type { Message } from "../event.ts";
import { CUT_FROM, cutPacket, longestPacket } from "./cut_packet.ts";
import { readHeader } from "./packet_header.ts";
import { toMessage } from "./to_message.ts";

/** What stands at the end of a lane. */
export interface LaneEnd {
  /** The MQTT version: in version 5 a PUBLISH has properties. */
  version: 3 | 5;
  /**
   * Takes messages in their order, with their packet ids (0 at QoS 0). What it
   * returns is awaited before anything else is read. Without it all go to mqtt.js.
   */
  take?(messages: Message[], ids: number[]): Promise<void> | undefined;
  /** How many messages are taken at a time. Default: all of a chunk. */
  maxMessages?: number;
  /** The largest payload that is taken in whole, in bytes. */
  maxPayload?: number;
  /**
   * The message that mqtt.js gets next has a payload of so many bytes, of which
   * it gets the first; `undefined`: that was it.
   */
  onCut?(size: number | undefined): void;
  /** Is called with what makes the connection of no use. */
  fail?(error: Error): void;
}

/**
 * Puts a lane into a stream before mqtt.js pipes it: mqtt.js then gets what the
 * lane does not take. Errors, the end, and what is written stay the stream's.
 */
export function openLane(stream: Duplex, end: LaneEnd): void {
  stream.pipe = <T extends NodeJS.WritableStream>(target: T): T => {
    const read = createLane(target as unknown as Writable, end);
    stream.on("data", (chunk: Buffer) => {
      // Nothing else is read until all of this chunk is done with.
      stream.pause();
      read(chunk).then(() => stream.resume(), end.fail);
    });
    stream.on("end", () => target.end());
    return target;
  };
}

/** A longer packet goes to mqtt.js as it comes: nothing waits for its end. */
const MAX_LENGTH = 65_536;

/** The first bytes of PUBLISH at QoS 0 and 1; at QoS 0 there is no DUP. */
const PUBLISH = new Set([0x30, 0x31, 0x32, 0x33, 0x3a, 0x3b]);

/** Makes the function that reads chunk by chunk. */
export function createLane(
  others: Pick<Writable, "write" | "destroyed">,
  { version, take, maxMessages = Infinity, maxPayload = Infinity, onCut }:
    LaneEnd,
): (chunk: Buffer) => Promise<void> {
  const longest = longestPacket(maxPayload);
  /** The beginning of a packet whose end has not come. */
  let rest: Buffer | undefined;
  /** How many more bytes belong to mqtt.js: a long packet's. */
  let handing = 0;
  /** How many more bytes belong to nobody: what is cut off a long packet. */
  let dropping = 0;
  let topicBytes = Buffer.alloc(0);
  let topicText = "";
  let id = 0;

  /** Topics repeat: most often it is the one before. */
  const readTopic = (chunk: Buffer, from: number, to: number): string => {
    if (
      to - from !== topicBytes.length ||
      chunk.compare(topicBytes, 0, topicBytes.length, from, to) !== 0
    ) {
      // A copy: a view would keep the chunk in memory.
      topicBytes = Buffer.from(chunk.subarray(from, to));
      topicText = topicBytes.toString();
    }
    return topicText;
  };
  /** The message of a whole packet (MQTT 5, section 3.3), if it is an easy one. */
  const readPublish = (
    chunk: Buffer,
    head: number,
    body: number,
    end: number,
    time: number,
  ): Message | undefined => {
    const qos = (head >> 1 & 1) as 0 | 1;
    const topic = body + 2;
    const topicEnd = topic + (chunk[body] << 8 | chunk[body + 1]);
    // An empty topic has an alias in its place.
    if (topicEnd === topic || topicEnd > end) return undefined;
    let payload = topicEnd;
    id = qos === 1 ? chunk[payload++] << 8 | chunk[payload++] : 0;
    if (qos === 1 && id === 0) return undefined;
    if (version === 5 && chunk[payload++] !== 0) return undefined;
    if (payload > end) return undefined;
    return toMessage({
      topic: readTopic(chunk, topic, topicEnd),
      payload: chunk.subarray(payload, end),
      qos,
      retain: (head & 1) === 1,
      dup: (head & 8) === 8,
    }, time);
  };

  return async (chunk) => {
    const dropped = Math.min(dropping, chunk.length);
    dropping -= dropped;
    chunk = chunk.subarray(dropped);
    if (rest) chunk = Buffer.concat([rest, chunk]);
    rest = undefined;
    const time = Date.now() / 1000;
    let messages: Message[] = [];
    let ids: number[] = [];
    /** From here on packets are for mqtt.js. */
    let from = 0;
    let at = Math.min(handing, chunk.length);
    handing -= at;

    const deliver = async () => {
      if (messages.length === 0) return;
      const taken = take?.(messages, ids);
      messages = [];
      ids = [];
      await taken;
    };
    const give = async (bytes: Buffer) => {
      // A client that is through calls nobody back.
      if (bytes.length === 0 || others.destroyed) return;
      await new Promise<void>((done) => others.write(bytes, () => done()));
    };
    const hand = async (to: number) => {
      // What came before it is taken before it.
      const bytes = chunk.subarray(from, to);
      from = to;
      await give(bytes);
    };
    const cut = async (body: number, end: number) => {
      await deliver();
      await hand(at);
      const cut = cutPacket(chunk, { at, body, end }, version);
      if (!cut) throw new Error("the broker sent a packet that is too long");
      onCut?.(cut.size);
      await give(cut.packet);
      onCut?.(undefined);
      from = at = Math.min(end, chunk.length);
      dropping = end - at;
    };

    while (at < chunk.length) {
      const packet = readHeader(chunk, at);
      if (packet === "cut") break;
      const { body, end } = packet;
      if (end - at > longest && end < Infinity) {
        if (chunk.length - at < CUT_FROM) break;
        await cut(body, end);
        continue;
      }
      if (end > chunk.length) {
        if (end - at <= MAX_LENGTH) break;
        handing = end - chunk.length;
        await deliver();
        at = chunk.length;
        continue;
      }
      const head = chunk[at];
      const message = take && PUBLISH.has(head)
        ? readPublish(chunk, head, body, end, time)
        : undefined;
      if (message) {
        if (from < at) await hand(at);
        messages.push(message);
        ids.push(id);
        from = end;
        if (messages.length >= maxMessages) await deliver();
      } else if (messages.length > 0) await deliver();
      at = end;
    }
    await deliver();
    await hand(at);
    if (at < chunk.length) rest = chunk.subarray(at);
  };
}
