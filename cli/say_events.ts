import { counted } from "../pipeline/counted.ts";
import { escape } from "../pipeline/escape.ts";
import { createRejectReport } from "../pipeline/reject_report.ts";
import { say } from "../pipeline/say.ts";
import { shorten } from "../pipeline/shorten.ts";
import type { RunEvent } from "../run/run_event.ts";
import { formatDuration } from "./duration.ts";
import { withHint } from "./hints.ts";

/** What a line on a run needs to know of its settings. */
export interface SayContext {
  /** The broker's URL, fit to be shown. */
  shown: string;
  /** The topics subscribed to. */
  topics: readonly string[];
  /** The quality of service asked for. */
  qos: number;
  /** The file that is recorded to. */
  file?: string;
}

/** Makes a function that prints what happens in a run on stderr, a line each. */
export function sayEvents(context: SayContext): (event: RunEvent) => void {
  const rejects = createRejectReport();
  return (event) => {
    switch (event.kind) {
      case "connected":
        return sayLine(connectedLine(event, context));
      case "disconnected": {
        const text = withHint(event.error);
        const stop = /[.?]$/.test(text) ? "" : ".";
        return sayLine(`${text}${stop} Trying again …`);
      }
      case "rejected": {
        const line = rejects.add(event.reject);
        if (line === undefined) return;
        const { kept } = event;
        return sayLine(kept === undefined ? line : `${line}. Kept in ${kept}`);
      }
      case "shared id": {
        const [id, first, second] = [event.sensor_id, ...event.topics]
          .map(escape);
        return sayLine(
          `Warning: ${id} comes from ${first} and from ${second}. They are one sensor in the recording. To tell them apart: --id '{topic}/{sensor_id}'`,
        );
      }
      case "silent":
        return sayLine(silentLine(event));
      case "waited":
        return sayLine(
          `${
            counted(event.count, "message")
          } had waited at the broker. The time of arrival is that of delivery.`,
        );
      case "untimed":
        return sayLine(
          "Warning: a message has no time in the field that was named for it. Such readings get the time of their arrival.",
        );
      case "alarm":
        return sayLine(alarmLine(event));
      case "recording":
        return sayLine(event.text);
    }
  };
}

/** A line break in a file's name would make a line of its own. */
const sayLine = (text: string) => say(escape(text));

function alarmLine(
  { on, limit, quiet, sensor_id, val, seconds }: RunEvent & { kind: "alarm" },
): string {
  // A sensor that is silent has no value now.
  const when = on && quiet ? "last" : "now";
  const value = val === undefined
    ? ""
    : `, ${when} ${escape(shorten(`${val}`, 100))}`;
  const what = `${escape(sensor_id)}${value} (${escape(limit)})`;
  return on
    ? `ALARM: ${what}`
    : `Alarm over after ${formatDuration(seconds)}: ${what}`;
}

function silentLine(
  { seconds, topics, leftOut, alike }: RunEvent & { kind: "silent" },
): string {
  const retained = leftOut === 0
    ? ""
    : ` ${counted(leftOut, "retained message")} ${
      leftOut === 1 ? "was" : "were"
    } left out: --retained records ${leftOut === 1 ? "it" : "them"}.`;
  const ask = alike === undefined
    ? "Does a sensor publish there? All topics: weir sub '#' -v"
    : `There is a topic ${escape(alike)}: is it that one?`;
  return `Nothing has come on ${topics.map(escape).join(", ")} for ${
    formatDuration(seconds)
  }.${retained} ${ask}`;
}

function connectedLine(
  event: RunEvent & { kind: "connected" },
  { topics, qos, file }: SayContext,
): string {
  const { url, version, granted, reconnects, away } = event;
  const verb = reconnects > 0 ? "Reconnected" : "Connected";
  const after = away === undefined ? "" : ` after ${formatDuration(away)}`;
  // Said once: it is the same at each reconnect.
  const level = granted < qos && reconnects === 0
    ? `QoS ${granted}: the broker does not grant ${qos}`
    : `QoS ${granted}`;
  const doing = file === undefined ? "" : `, recording to ${file}`;
  return `${verb} to ${url}${after} (MQTT ${version}), subscribed to ${
    topics.join(", ")
  } (${level})${doing}`;
}
