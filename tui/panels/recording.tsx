import type { RecorderSnapshot } from "../../pipeline/mod.ts";
import { formatBytes, formatElapsed, formatWhole } from "../format.ts";
import { counted } from "../../pipeline/text.ts";
import { type Row, Rows, rule, type Span } from "../rows.tsx";
import { cut, visible } from "../text.ts";
import type { PanelProps } from "./header.tsx";

/** How many rows the panel takes. */
export const RECORDING_ROWS = 6;

/**
 * How it stands with the recording, in the recorder's own numbers.
 *
 * @example
 * ```tsx ignore
 * <RecordingPanel snapshot={snapshot} columns={40} />
 * ```
 */
export function RecordingPanel({ snapshot, columns }: PanelProps) {
  const { recorder } = snapshot;
  const rows: Row[] = [
    rule("Recording", "", columns),
    [" ", stateOf(recorder), ...elapsed(recorder)],
    ...recorder.path === undefined ? [[" r starts a recording to a file"]] : [
      [` ${cut(visible(recorder.path), columns - 2)}`],
      [` ${cut(written(recorder), columns - 2)}`],
    ],
    [` ${cut(rejected(recorder), columns - 2)}`],
    note(recorder, columns - 2),
  ];
  while (rows.length < RECORDING_ROWS) rows.push([]);
  return <Rows rows={rows} />;
}

function stateOf({ state, retry = 0 }: RecorderSnapshot): Span {
  switch (state) {
    case "recording":
      return { text: "● recording", color: "green", bold: true };
    case "paused":
      return { text: "‖ paused", color: "yellow", bold: true };
    case "error":
      return {
        text: `✖ error, again in ${Math.ceil(retry)} s`,
        color: "red",
        bold: true,
      };
    case "stopped":
      return { text: "○ not recording", bold: true };
  }
}

function elapsed(recorder: RecorderSnapshot): Row {
  return recorder.path === undefined
    ? []
    : [{ text: `  ${formatElapsed(recorder.elapsed)}`, dim: true }];
}

function written({ rows, synced, bytes }: RecorderSnapshot): string {
  return `${counted(rows, "row")} · ${formatWhole(synced)} synced · ${
    formatBytes(bytes)
  }`;
}

function rejected({ rejected, lastReject }: RecorderSnapshot): string {
  if (rejected === 0) return "none rejected";
  const last = lastReject ? `: ${visible(lastReject)}` : "";
  return `${formatWhole(rejected)} rejected${last}`;
}

/** What else a person should know. */
function note(
  { state, reason, waiting, lost, passed }: RecorderSnapshot,
  columns: number,
): Row {
  const parts: string[] = [];
  if (state === "error") {
    // The path stands above already.
    parts.push(
      visible(reason ?? "").replace(/^Cannot write .*?: |\. .*$/g, ""),
    );
    parts.push(`${formatWhole(waiting)} waiting`);
  }
  if (lost > 0) parts.unshift(`${formatWhole(lost)} LOST`);
  if (state === "paused") {
    parts.push(`shown, not written: ${formatWhole(passed)}`);
  } else if (passed > 0) {
    parts.push(`${formatWhole(passed)} not written in pauses`);
  }
  const text = cut(parts.join(" · "), columns);
  const color = state === "error" || lost > 0
    ? "red"
    : state === "paused"
    ? "yellow"
    : undefined;
  return text === "" ? [] : [{ text: ` ${text}`, color }];
}
