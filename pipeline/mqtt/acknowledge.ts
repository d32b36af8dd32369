import type { IPublishPacket, MqttClient } from "mqtt";
import { addPosition, type PositionRange } from "./position_ranges.ts";

/** The acknowledgements of one connection, held back until they may go. */
export interface Acknowledgements {
  /**
   * Holds the acknowledgement of a message back until what came up to this
   * position is released. Messages at QoS 0 have none.
   */
  add(qos: 0 | 1 | 2, id: number, position: number): void;
  /**
   * Sends, in the order in which their messages came and in one write, those
   * that need no more than this position. Returns how many.
   */
  release(position: number): number;
  /**
   * Resolves when the broker has surely received what was sent so far, with the
   * positions for which that was not known; with undefined if the connection is
   * lost first.
   */
  confirm(): Promise<readonly PositionRange[] | undefined>;
  /** How many were sent that no `confirm()` asks about yet. */
  readonly unconfirmed: number;
}

/** The first bytes of the two (MQTT 5, sections 3.4.1 and 3.5.1). */
const PUBACK = 0x40;
const PUBREC = 0x50;

/** What mqtt.js keeps to itself, and this file alone uses. */
interface Inner {
  _sendPacket(packet: unknown, callback?: () => void, ...rest: unknown[]): void;
}

/**
 * Takes acknowledging out of mqtt.js's hands. It has no public way to hold a
 * PUBACK or PUBREC back without holding all that comes after it: it sends one
 * when its handler's callback is called, and reads on after that. Here its own
 * are dropped on their way out, and sent when the message is safe:
 *
 * - in the order in which the messages came (MQTT-4.6.0-2 and -3),
 * - on the connection that brought them and on no other: an id means another
 *   message there (MQTT 5, section 4.1).
 *
 * A message at QoS 2 is delivered on PUBLISH, and PUBREC says that it is safe
 * (MQTT 3.1.1, section 4.3.3, method B): on PUBREC the broker forgets it.
 *
 * @throws {Error} if mqtt.js has changed so that this cannot work.
 */
export function holdAcknowledgements(
  client: MqttClient,
  onMessage: (packet: IPublishPacket, resume: () => void) => void,
): Acknowledgements {
  const inner = client as unknown as Inner;
  const send = inner._sendPacket;
  if (typeof send !== "function" || !client.options.customHandleAcks) {
    throw new Error("this version of mqtt.js cannot hold acknowledgements");
  }
  inner._sendPacket = function (packet, callback, ...rest) {
    const { cmd } = packet as { cmd: string };
    if (cmd === "puback" || cmd === "pubrec") callback?.();
    else send.call(client, packet, callback, ...rest);
  };
  client.handleMessage = (packet, callback) => {
    // QoS 2 comes by here on PUBREL: it was delivered on PUBLISH already.
    if (packet.qos === 2) callback();
    else onMessage(packet, callback);
  };
  client.options.customHandleAcks = (_topic, _payload, packet, done) => {
    const received = () => done(0);
    if (packet.qos === 2) onMessage(packet as IPublishPacket, received);
    else received();
  };

  let held: { head: number; id: number; position: number }[] = [];
  let sent: [first: number, last: number][] = [];
  let unconfirmed = 0;
  // What waits for a PINGRESP, one for each PINGREQ that is under way; mqtt.js
  // sends some of its own, for which nobody waits.
  const pings: ((() => void) | undefined)[] = [];
  let ask: (() => void) | undefined;
  client.on("packetsend", ({ cmd }) => {
    if (cmd !== "pingreq") return;
    pings.push(ask);
    ask = undefined;
  });
  client.on("packetreceive", ({ cmd }) => {
    if (cmd === "pingresp") pings.shift()?.();
  });
  // Not a promise to race with: it would remember each race until the end.
  const waiting = new Set<() => void>();
  client.on("close", () => {
    held = [];
    for (const end of waiting) end();
    waiting.clear();
  });

  return {
    add(qos, id, position) {
      if (qos === 0) return;
      held.push({ head: qos === 1 ? PUBACK : PUBREC, id, position });
    },
    release(position) {
      if (!client.connected) return 0;
      const later = held.findIndex((one) => one.position > position);
      const due = later < 0 ? held : held.slice(0, later);
      if (due.length === 0) return 0;
      held = later < 0 ? [] : held.slice(later);
      for (const { position } of due) addPosition(sent, position);
      // Two bytes of length; a reason code of 0 is left out (section 3.4.2.1).
      client.stream.write(
        Uint8Array.from(
          due.flatMap(({ head, id }) => [head, 2, id >> 8, id & 0xff]),
        ),
      );
      unconfirmed += due.length;
      return due.length;
    },
    // A broker reads what comes on a connection in its order, so it has read
    // what was sent before the PINGREQ that it answers.
    confirm() {
      const { promise, resolve } = Promise.withResolvers<
        readonly PositionRange[] | undefined
      >();
      if (!client.connected) {
        resolve(undefined);
        return promise;
      }
      const positions = sent;
      const end = () => resolve(undefined);
      waiting.add(end);
      sent = [];
      unconfirmed = 0;
      ask = () => {
        waiting.delete(end);
        resolve(positions);
      };
      client.sendPing();
      return promise;
    },
    get unconfirmed() {
      return unconfirmed;
    },
  };
}
