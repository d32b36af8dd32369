import type { Explained, Rule, SensorEvent } from "../pipeline/mod.ts";
import { counted } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import { shorten } from "../pipeline/shorten.ts";

/** How much of what the network sends is shown, in characters. */
const SHOWN = 200;

/** The lines that tell a person what a message becomes. */
export function explainLines(explained: Explained): string {
  const { message, rule, events, rejects, gaps, untimed } = explained;
  const lines = [
    ...events.map(eventLine),
    ...gaps > 0 ? [counted(gaps, "gap")] : [],
    ...untimed > 0
      ? [`no time in ${rule?.time}: this computer's time is used`]
      : [],
    ...rejects.map(({ reason }) => `rejected: ${reason}`),
    ...rejects.length > 0 ? [`payload: ${textOf(message.payload)}`] : [],
    ...explained.excluded ? ["excluded"] : [],
    ...explained.nothing ? ["passed over"] : [],
  ];
  const head = `${shorten(message.topic, SHOWN)}: ${nameOf(rule)}`;
  return [head, ...lines.map((line) => `  ${line}`)]
    .map((line) => `${escape(line)}\n`).join("");
}

/** A rule by its topics: two rules for the same are never both used. */
function nameOf(rule?: Rule): string {
  if (!rule) return "no rule";
  return rule.filter === undefined
    ? "the rule for all topics"
    : `the rule for ${rule.filter}`;
}

function eventLine({ sensor_id, ts, val, timed }: SensorEvent): string {
  const time = timed ? ` at ${timeOf(ts)}` : "";
  return `${shorten(sensor_id, SHOWN)} = ${shorten(`${val}`, SHOWN)}${time}`;
}

/** A device's clock may say what no calendar holds. */
function timeOf(ts: number): string {
  const date = new Date(ts * 1000);
  return Number.isNaN(date.getTime()) ? `${ts}` : date.toISOString();
}

function textOf(payload: Uint8Array): string {
  const text = new TextDecoder().decode(payload.subarray(0, 4 * SHOWN));
  return shorten(text, SHOWN);
}
