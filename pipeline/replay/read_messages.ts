import { Buffer } from "node:buffer";
import type { SensorEvent } from "../event.ts";
import type { Outgoing } from "../mqtt/publish.ts";
import { readBytes } from "../recording/read_bytes.ts";
import { readRecording, toEvent } from "../recording/read_events.ts";
import { readRows } from "../recording/read_rows.ts";
import type { ReadableFormat, RowMessage } from "../recording/row_format.ts";

/** A message of a recording, and when it came. */
export interface RecordedMessage extends Omit<Outgoing, "topic"> {
  /** Seconds since 1970. */
  ts: number;
  /** Its topic, if the recording knows it. */
  topic?: string;
  /** The sensor, if it is a reading. */
  sensor_id?: string;
}

/** What is done while messages are read. */
export interface ReadMessagesOptions {
  /** Takes how many more bytes of the file were read. */
  onBytes?: (count: number) => void;
  /** Takes the number of a line that is no message, and why. */
  onFault?: (line: number, text: string) => void;
}

/** Reads the messages of a recording, or of a file of rejects. */
export function readMessages(
  path: string,
  options: ReadMessagesOptions,
): AsyncGenerator<RecordedMessage[]> {
  return /\.rejects\.jsonl(\.gz)?$/i.test(path)
    ? readRejects(path, options)
    : readRecorded(path, options);
}

async function* readRecorded(
  path: string,
  options: ReadMessagesOptions,
): AsyncGenerator<RecordedMessage[]> {
  for await (const rows of readRecording(path, options)) {
    const messages: RecordedMessage[] = [];
    for (const { line, row, fault } of rows) {
      const message = fault
        ? fault.text
        : row.message
        ? ofRaw(row.message)
        : ofReading(toEvent(row));
      if (typeof message !== "string") messages.push(message);
      else options.onFault?.(line, message);
    }
    yield messages;
  }
}

/** Each reading becomes the array that the tutorial's sensor sends. */
function ofReading(event: SensorEvent): RecordedMessage {
  const { sensor_id, ts, val, topic, qos, retain, device_ts } = event;
  const payload = JSON.stringify([sensor_id, device_ts ?? ts, val]);
  return { ts: event.time ?? ts, topic, qos, retain, sensor_id, payload };
}

const CUT = "only the beginning of its payload was kept";

/** A message of a raw recording, or why it cannot be published. */
function ofRaw(message: RowMessage): RecordedMessage | string {
  const { time: ts, topic, payload, bytes, qos, retain, properties } = message;
  return bytes === undefined
    ? { ts, topic, payload, qos, retain, properties }
    : CUT;
}

/** Lines, whatever is in them. */
const LINES: ReadableFormat = {
  header: "",
  lineEnd: "\n",
  quotes: false,
  rows: () => "",
  begins: () => true,
  read: () => ({ row: { ts: 0, sensor_id: "", value: "" } }),
};

async function* readRejects(
  path: string,
  { onBytes, onFault }: ReadMessagesOptions,
): AsyncGenerator<RecordedMessage[]> {
  for await (
    const { rows } of readRows(readBytes(path, onBytes), () => LINES)
  ) {
    const messages: RecordedMessage[] = [];
    for (const { line, text } of rows) {
      const message = readReject(text);
      if (typeof message === "string") onFault?.(line, message);
      else messages.push(message);
    }
    yield messages;
  }
}

/** A message of a line of rejects, or why it is none. */
function readReject(text: string): RecordedMessage | string {
  let line;
  try {
    line = JSON.parse(text);
  } catch {
    return "not JSON";
  }
  const { time, topic, payload, bytes } = line ?? {};
  if (!Number.isFinite(time)) return "its time is no number";
  if (typeof topic !== "string" || typeof payload !== "string") {
    return "its topic or payload is no text";
  }
  if (bytes !== undefined) return CUT;
  return { ts: time, topic, payload: Buffer.from(payload, "base64") };
}
