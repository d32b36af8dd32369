import type { Explained, Message } from "../../pipeline/mod.ts";
import { counted } from "../../pipeline/counted.ts";
import { cut, cutMiddle, visible } from "../fit_text.ts";
import { formatBytes, formatClock } from "../format.ts";
import { hex, textOf } from "../payload_text.ts";
import { prettyJson } from "../pretty_json.ts";
import { type Row, rule } from "../styled_rows.ts";
import { THEME } from "../theme.ts";
import type { Ui } from "../ui.ts";
import type { PanelProps } from "./panel_props.ts";

interface MessageProps extends PanelProps {
  /** What the person has chosen. */
  ui: Ui;
  /** How many rows there are. */
  rows: number;
}

/** One message: its facts, what it becomes, and its payload whole. */
export function messageViewRows({ ui, columns, rows }: MessageProps): Row[] {
  const { selected, explained, top } = ui.stream;
  if (!selected) return [];
  const becomes = explained ? becomesRows(explained, columns) : [];
  const most = Math.max(2, Math.floor(rows / 3));
  const shown = becomes.length > most
    ? [
      ...becomes.slice(0, most - 1),
      [`   … and ${becomes.length - most + 1} more`],
    ]
    : becomes;
  const room = rows - shown.length - 3;
  const payload = payloadRows(selected.payload, columns - 2);
  const from = Math.max(0, Math.min(top, payload.length - room));
  const more = payload.length > room
    ? `${from + 1}–${
      Math.min(from + room, payload.length)
    } of ${payload.length}`
    : "";
  const topic = cutMiddle(visible(selected.topic.slice(0, 1000)), columns - 8);
  return [
    rule(topic, "", columns),
    [{ text: ` ${cut(factsOf(selected), columns - 2)}`, dim: true }],
    ...shown,
    rule("Payload", more, columns),
    ...payload.slice(from, from + room).map((row): Row => [" ", ...row]),
  ];
}

function factsOf({ time, qos, retain, dup, payload, bytes }: Message): string {
  const size = bytes ?? payload.length;
  return [
    formatClock(time),
    `QoS ${qos}`,
    ...retain ? ["retained: x clears it"] : [],
    ...dup ? ["possibly sent before"] : [],
    formatBytes(size),
    ...bytes === undefined ? [] : [`the first ${formatBytes(payload.length)}`],
  ].join(" · ");
}

/** Its readings, or why it has none. */
function becomesRows(explained: Explained, columns: number): Row[] {
  const { events, rejects, gaps, excluded, nothing } = explained;
  const room = columns - 4;
  const rows: Row[] = [
    ...events.map(({ sensor_id, val }): Row => {
      const value = cut(visible(String(val)), 24);
      return [
        { text: " → ", dim: true },
        `${
          cutMiddle(visible(sensor_id.slice(0, 500)), room - value.length - 1)
        } `,
        { text: value, bold: true },
      ];
    }),
    ...rejects.map(({ reason }): Row => [{
      text: ` ✖ ${cut(visible(reason), room)}`,
      ...THEME.warning,
    }]),
  ];
  const say = (text: string) => rows.push([{ text: `   ${text}`, dim: true }]);
  if (gaps > 0) say(`${counted(gaps, "gap")}: the device has no value`);
  if (excluded) say("A rule leaves it out.");
  else if (nothing) say("No readings: weir's own topic, or nothing in it.");
  return rows;
}

/** JSON pretty, other text line by line, bytes in hex. */
function payloadRows(payload: Uint8Array, columns: number): Row[] {
  if (payload.length === 0) return [[{ text: "empty", dim: true }]];
  const text = textOf(payload);
  if (text === undefined) return hexRows(payload);
  return prettyJson(text) ??
    text.split(/\r?\n/).flatMap((line) => broken(visible(line), columns));
}

function broken(line: string, columns: number): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < line.length || at === 0; at += columns) {
    rows.push([line.slice(at, at + columns)]);
  }
  return rows;
}

/** Sixteen bytes a row: offset, hex, and what is plain text of them. */
function hexRows(payload: Uint8Array): Row[] {
  const rows: Row[] = [];
  for (let at = 0; at < payload.length; at += 16) {
    const bytes = payload.subarray(at, at + 16);
    const plain = Array.from(
      bytes,
      (byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    ).join("");
    rows.push([
      { text: at.toString(16).padStart(6, "0"), dim: true },
      `  ${hex(bytes).padEnd(47)}  `,
      { text: plain, dim: true },
    ]);
  }
  return rows;
}
