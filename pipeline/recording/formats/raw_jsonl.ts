import { Buffer, isUtf8 } from "node:buffer";
import { jsonLine } from "../../escape.ts";
import type { Message, MessageProperties } from "../../event.ts";
import {
  checkEvent,
  faulty,
  type ReadableFormat,
  type ReadRow,
  refuseEvent,
  type RowMessage,
  TORN,
} from "../row_format.ts";

/** What each row begins with. */
const START = '{"time":';

/** More of a payload is not kept, in bytes: a row is to be read again. */
const MAX_PAYLOAD = 7 * 1_048_576;

/** A longer row is written with base64, in characters: text may need escapes. */
const MAX_TEXT = 2 * MAX_PAYLOAD;

/**
 * The format of raw recordings: JSON lines, a whole message a line. It writes
 * the events that {@linkcode raw} makes.
 *
 * @example
 * ```ts
 * import { type Message, pipe, raw, rawFormat } from "../../mod.ts";
 *
 * async function* source(): AsyncGenerator<Message[]> {
 *   const payload = new TextEncoder().encode("open");
 *   const rest = { time: 1484535480.613, qos: 1, retain: true, dup: false } as const;
 *   yield [{ topic: "lab/door", payload, ...rest }];
 * }
 * for await (const events of pipe(source(), raw())) {
 *   const { topic, payload, qos } = JSON.parse(rawFormat().rows(events));
 *   if (`${topic} ${payload} ${qos}` !== "lab/door open 1") throw events;
 * }
 * ```
 */
export function rawFormat(): ReadableFormat {
  return {
    header: "",
    lineEnd: "\n",
    quotes: false,
    rows: (events) =>
      events.map((event) => {
        checkEvent(event);
        const { val } = event;
        if (typeof val === "string" && val.startsWith(START)) return `${val}\n`;
        throw refuseEvent(event, "val", "a message that raw() has kept");
      }).join(""),
    read,
    begins(text) {
      const end = text.indexOf("\n") + 1;
      if (end === 0) return START.startsWith(text) || text.startsWith(START);
      return read(text.slice(0, end)).fault === undefined;
    },
  };
}

/** The row of a message, without its line end. */
export function rawLine(message: Message): string {
  const { topic, payload, time, qos, retain, dup, properties } = message;
  const kept = payload.subarray(0, MAX_PAYLOAD);
  const bytes = message.bytes ??
    (kept.length < payload.length ? payload.length : undefined);
  const whole = Buffer.from(kept.buffer, kept.byteOffset, kept.length);
  const line = (content: { payload: string } | { base64: string }) =>
    jsonLine({
      time: Math.round(time * 1000) / 1000,
      topic,
      ...content,
      bytes,
      ...{ qos, retain, dup },
      properties: properties && writeProperties(properties),
    });
  if (isUtf8(kept)) {
    const text = line({ payload: whole.toString() });
    if (text.length <= MAX_TEXT) return text;
  }
  return line({ base64: whole.toString("base64") });
}

function read(line: string): ReadRow {
  if (!line.endsWith("\n")) return TORN;
  let found: Record<string, unknown> | null;
  try {
    found = JSON.parse(line);
  } catch {
    return faulty("not JSON");
  }
  const { time, topic, payload, base64, qos, retain, dup = false, bytes } =
    found ?? {};
  const properties = readProperties(found?.properties);
  const wrong = typeof time !== "number"
    ? "its time is no number"
    : typeof topic !== "string"
    ? "its topic is no text"
    : typeof payload !== "string" && typeof base64 !== "string"
    ? "it has no payload"
    : qos !== 0 && qos !== 1 && qos !== 2
    ? "its qos is not 0, 1 or 2"
    : typeof retain !== "boolean" || typeof dup !== "boolean"
    ? "its retain or dup is not true or false"
    : bytes !== undefined && typeof bytes !== "number"
    ? "its bytes are no number"
    : typeof properties === "string"
    ? properties
    : undefined;
  if (wrong !== undefined) return faulty(wrong);
  const message = {
    time,
    topic,
    // Text stays text, as most readers want it.
    payload: payload ?? Buffer.from(base64 as string, "base64"),
    qos,
    retain,
    dup,
    bytes,
    properties,
  } as RowMessage;
  const value = line.trimEnd();
  return {
    row: { ts: message.time, sensor_id: message.topic, value, message },
  };
}

type Written = Record<string, unknown>;

/** The properties that belong to the message, as JSON holds them. */
function writeProperties(properties: MessageProperties): Written | undefined {
  const written: Written = {};
  for (const name of Object.keys(PROPERTIES)) {
    const value = properties[name as keyof MessageProperties];
    if (value !== undefined) written[name] = value;
  }
  const { correlationData } = properties;
  if (correlationData) {
    written.correlationData = Buffer.from(correlationData).toString("base64");
  }
  return Object.keys(written).length > 0 ? written : undefined;
}

const isText = (value: unknown) => typeof value === "string";

/** The properties of a message (MQTT 5, section 3.3.2.3), and what each is in JSON. */
const PROPERTIES: Record<keyof MessageProperties, (value: unknown) => boolean> =
  {
    payloadFormatIndicator: (value) => typeof value === "boolean",
    messageExpiryInterval: Number.isInteger,
    responseTopic: isText,
    correlationData: isText,
    contentType: isText,
    userProperties: (value) =>
      typeof value === "object" && value !== null &&
      Object.values(value).flat().every(isText),
  };

function readProperties(
  written: unknown,
): MessageProperties | string | undefined {
  if (written === undefined) return undefined;
  const wrong = "its properties are none of MQTT";
  if (typeof written !== "object" || written === null) return wrong;
  for (const [name, value] of Object.entries(written)) {
    if (!Object.hasOwn(PROPERTIES, name)) return wrong;
    if (!PROPERTIES[name as keyof MessageProperties](value)) return wrong;
  }
  const { correlationData, ...rest } = written as Written;
  return correlationData === undefined
    ? rest
    : { ...rest, correlationData: Buffer.from(`${correlationData}`, "base64") };
}
