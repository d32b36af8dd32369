/** What the broker delivered. */
export interface Message {
  /** The topic it was published on. */
  topic: string;
  /** The payload as it came, not yet decoded. */
  payload: Uint8Array;
  /**
   * How many bytes the payload had, if it was too large to be taken in: `payload`
   * is then the beginning of it.
   */
  bytes?: number;
  /** When the source took it in: seconds since 1970, resolution 1 ms. */
  time: number;
  /** The quality of service it was delivered with. */
  qos: 0 | 1 | 2;
  /** Whether it is a retained message, whose age is unknown. */
  retain: boolean;
  /** Whether the broker says that it may have delivered it before. */
  dup: boolean;
  /** What else the publisher says of it, if it has MQTT 5 properties. */
  properties?: MessageProperties;
}

/** Properties of a message (MQTT 5, section 3.3.2.3). */
export interface MessageProperties {
  /** Whether the payload is UTF-8. */
  payloadFormatIndicator?: boolean;
  /** Seconds for which the broker keeps it for a subscriber. */
  messageExpiryInterval?: number;
  /** The topic for an answer. */
  responseTopic?: string;
  /** What tells the sender to which message an answer belongs. */
  correlationData?: Uint8Array;
  /** What the payload is, such as `application/json`. */
  contentType?: string;
  /** Names and values of the publisher's own; several of a name are a list. */
  userProperties?: Record<string, string | string[]>;
}

/**
 * One reading of one sensor.
 *
 * @example
 * ```ts
 * import type { SensorEvent } from "./mod.ts";
 *
 * const event: SensorEvent = {
 *   sensor_id: "lux-1",
 *   ts: 1484535480.613,
 *   val: 371.6063,
 * };
 * if (new Date(event.ts * 1000).getUTCFullYear() !== 2017) throw event;
 * ```
 */
export interface SensorEvent {
  /** What names the sensor. Any string. */
  sensor_id: string;
  /** Seconds since 1970 (Unix), resolution 1 ms. */
  ts: number;
  /** The value read; a number is finite. */
  val: number | string | boolean;
  /** When the source took its message in, in seconds since 1970. */
  time?: number;
  /** The time of the device's own clock, if the payload has one. */
  device_ts?: number;
  /** Whether `ts` is the payload's own time, by a rule: `stamp()` keeps it. */
  timed?: boolean;
  /** The topic of its message. */
  topic?: string;
  /** The quality of service that its message was delivered with. */
  qos?: 0 | 1 | 2;
  /** Whether its message was one that the broker had kept. */
  retain?: boolean;
  /** Whether its message may have been delivered before. */
  dup?: boolean;
}

/** A message, or a part of one, that could not become events. */
export interface Reject {
  /** When its message was taken in: seconds since 1970. */
  time: number;
  /** The topic of its message. */
  topic: string;
  /** Why, for a person to read. */
  reason: string;
  /** The payload, or its beginning: 256 bytes of it if it is not UTF-8, else 4,096. */
  payload: Uint8Array;
  /** How many bytes the payload had, if it is cut. */
  bytes?: number;
  /** The SHA-256 of the whole payload in hex, if it is cut. */
  sha256?: string;
}
