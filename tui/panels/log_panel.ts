import { grouped } from "../../pipeline/counted.ts";
import type { Reject } from "../../pipeline/mod.ts";
import type { LogEntry } from "../../run/run_log.ts";
import { formatClock } from "../format.ts";
import { entryText } from "../event_text.ts";
import { payloadStart } from "../payload_text.ts";
import { type Row, rule } from "../styled_rows.ts";
import { cut, cutMiddle, visible } from "../fit_text.ts";
import { THEME } from "../theme.ts";
import type { PanelProps } from "./panel_props.ts";

interface LogProps extends PanelProps {
  /** How many rows there are, the rule's among them. */
  rows: number;
}

/** The last things that happened, the latest below. One row is the last of them. */
export function logPanelRows({ snapshot, columns, rows }: LogProps): Row[] {
  const rules = rows > 1 ? [rule("Log", "l opens it", columns)] : [];
  const lines = logRows(snapshot.log, columns, rows - rules.length);
  return [...rules, ...lines];
}

/** The log, and the last rejects with what they held. */
export function logViewRows({ snapshot, columns, rows }: LogProps): Row[] {
  const { log, rejects, recorder } = snapshot;
  const wanted = Math.min(rejects.length, Math.floor((rows - 2) / 4));
  const room = rows - 2 - 2 * Math.max(1, wanted);
  const aside = `${grouped(recorder.rejected)} in all`;
  return [
    rule("Log", "", columns),
    ...logRows(log, columns, room),
    rule("Rejected", aside, columns),
    ...rejects.slice(-wanted || rejects.length)
      .flatMap((reject) => rejectRows(reject, columns)),
    ...rejects.length === 0
      ? [[{ text: "  None: each message became readings.", dim: true }], []]
      : [],
  ];
}

function logRows(
  log: readonly LogEntry[],
  columns: number,
  rows: number,
): Row[] {
  const lines: Row[] = log.slice(-rows).map((entry) => [
    { text: ` ${formatClock(entry.time)} `, dim: true },
    cut(visible(entryText(entry)), columns - 11),
  ]);
  while (lines.length < rows) lines.push([]);
  return lines;
}

/** Where a reject came from and why; below, how its payload begins. */
function rejectRows(
  { time, topic, reason, payload, bytes }: Reject,
  columns: number,
): Row[] {
  const room = columns - 12;
  const why = cut(visible(reason), Math.ceil(room * 0.6));
  const where = cutMiddle(visible(topic), room - why.length - 2);
  const start = payloadStart(payload, columns - 12);
  const size = bytes ?? payload.length;
  return [
    [
      { text: ` ${formatClock(time)} `, dim: true },
      { text: where, bold: true },
      { text: `  ${why}`, ...THEME.warning },
    ],
    [{
      text: `          ${size === 0 ? "an empty payload" : start}`,
      dim: true,
    }],
  ];
}
