import { counted, grouped } from "../pipeline/counted.ts";
import { WeirError } from "../pipeline/error.ts";
import { shorten } from "../pipeline/shorten.ts";
import { formatElapsed } from "./format.ts";
import type { RunEvent } from "../run/run_event.ts";
import type { LogEntry } from "../run/run_log.ts";

/** How many characters of a name or an answer are shown. */
const MAX_TEXT = 100;

/** The text of an entry of the log. */
export function entryText({ count, events }: LogEntry): string {
  const last = events[events.length - 1];
  if (last.kind === "sensor") {
    if (count > events.length) return `New: ${count} sensors`;
    const ids = events.flatMap((event) =>
      event.kind === "sensor" ? shorten(event.sensor_id, MAX_TEXT) : []
    );
    return `New: ${ids.join(", ")}`;
  }
  if (last.kind === "rejected" && count > 1) {
    return `Rejected ${count} messages, the last: ${last.reject.reason}`;
  }
  return eventText(last);
}

function eventText(event: RunEvent): string {
  switch (event.kind) {
    case "connected":
      return event.reconnects === 0 ? "Connected" : "Reconnected";
    case "disconnected":
      return `No connection. ${brief(event.error)}`;
    case "failed":
      return `Offline. ${brief(event.error)}`;
    case "rejected": {
      const { topic, reason } = event.reject;
      return `Rejected a message on ${shorten(topic, MAX_TEXT)}: ${reason}`;
    }
    case "sensor":
      return `New: ${shorten(event.sensor_id, MAX_TEXT)}`;
    case "started":
      return event.durable === undefined
        ? `Recording to ${event.path}`
        : `Recording to ${event.path}, durable as ${event.durable}`;
    case "stopped": {
      const lost = event.lost === 0 ? "" : `, ${grouped(event.lost)} lost`;
      return `Stopped recording to ${event.path}: ${
        counted(event.rows, "row")
      }${lost}`;
    }
    case "paused":
      return "Paused: readings are shown, not written";
    case "resumed":
      return "Writing readings again";
    case "recording":
      return event.text;
    case "shared id":
      return `${event.sensor_id} comes from ${event.topics.join(" and ")}`;
    case "silent":
      return silentText(event);
    case "waited":
      return `${
        counted(event.count, "message")
      } had waited at the broker: the time is that of delivery`;
    case "untimed":
      return "A message has no time where its rule looks for it";
    case "published":
      return `Published on ${event.topic}`;
    case "alarm":
      return alarmText(event);
    case "cleared":
      return `Cleared the retained message on ${event.topic}`;
    case "marked":
      return `Mark: ${event.text}`;
    case "answered":
      return answerText(event.reply);
  }
}

function silentText(
  { topics, leftOut, alike }: Extract<RunEvent, { kind: "silent" }>,
): string {
  const retained = leftOut > 0
    ? `, ${counted(leftOut, "retained message")} left out`
    : "";
  const there = alike === undefined ? "" : `. There is a topic ${alike}`;
  return `Nothing on ${topics.join(", ")} yet${retained}${there}`;
}

function alarmText(
  { on, limit, sensor_id, val, seconds }: Extract<RunEvent, { kind: "alarm" }>,
): string {
  const value = val === undefined ? "" : `: ${shorten(String(val), MAX_TEXT)}`;
  const id = shorten(sensor_id, MAX_TEXT);
  const what = limit.startsWith(`${id} `) ? limit : `${id}: ${limit}`;
  return on
    ? `ALARM ${what}${value}`
    : `Alarm over after ${formatElapsed(seconds)}: ${what}${value}`;
}

/** What a board answered, and how quickly. */
export function answerText(
  { sensor_id, reply, error, round_trip }: Extract<
    RunEvent,
    { kind: "answered" }
  >["reply"],
): string {
  const answer = shorten(error ?? JSON.stringify(reply), MAX_TEXT);
  const took = `${Math.round(round_trip * 1000)} ms`;
  return `${shorten(sensor_id, MAX_TEXT)} answered ${answer} in ${took}`;
}

/** An error in few words: the screen shows already which broker it is. */
export function brief(error: Error): string {
  if (!(error instanceof WeirError)) return error.message;
  const { code, facts, message } = error;
  switch (code) {
    case "ERR_WEIR_UNREACHABLE":
      return `Cannot connect: ${facts.reason}`;
    case "ERR_WEIR_CONNECTION_LOST":
      return `Lost the connection: ${facts.reason}`;
    case "ERR_WEIR_REFUSED":
      return facts.ended
        ? `The broker ended the connection: ${facts.reason}`
        : `The broker refused the connection: ${facts.reason}`;
    default:
      return message;
  }
}
