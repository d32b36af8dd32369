import { formatBytes, formatElapsed, formatWhole } from "./format.ts";
import { counted } from "../pipeline/counted.ts";
import { describeLoss } from "../pipeline/durable/describe_loss.ts";
import { type Row, rule, type Span } from "./styled_rows.ts";
import type { RecordingSnapshot } from "../run/run_snapshot.ts";
import { cut, visible, width } from "./fit_text.ts";
import { THEME } from "./theme.ts";

/** The state of the recording, in its own numbers. */
export function recordingRows(
  recorder: RecordingSnapshot,
  columns: number,
): Row[] {
  const room = columns - 2;
  return [
    rule("Recording", "", columns),
    [" ", recordingState(recorder), ...elapsed(recorder)],
    ...recorder.path === undefined ? [[" r starts a recording to a file"]] : [
      [` ${fileOf(recorder, room)}`],
      [` ${cut(rowsOf(recorder, room), room)}`],
    ],
    ...messagesOf(recorder, room).map((text) => [` ${cut(text, room)}`]),
    note(recorder, room),
  ];
}

/** The recording's state as a word, a mark and a colour. */
export function recordingState(
  { state, retry = 0, durable, reason }: RecordingSnapshot,
): Span {
  switch (state) {
    case "recording":
      return {
        text: durable ? "● durable recording" : "● recording",
        ...THEME.good,
        bold: true,
      };
    case "paused":
      return { text: "‖ paused", ...THEME.warning, bold: true };
    case "error":
      return {
        text: `✖ error, again in ${Math.ceil(retry)} s`,
        ...THEME.problem,
        bold: true,
      };
    case "stopped":
      return reason === undefined
        ? { text: "○ not recording", bold: true }
        : { text: "✖ gave up", ...THEME.problem, bold: true };
  }
}

function elapsed(recorder: RecordingSnapshot): Row {
  return recorder.path === undefined
    ? []
    : [{ text: `  ${formatElapsed(recorder.elapsed)}`, dim: true }];
}

/** Its name is cut if there is no room for both. */
function fileOf(
  { path = "", bytes, files = 1 }: RecordingSnapshot,
  room: number,
): string {
  const several = files > 1 ? ` · ${counted(files, "file")}` : "";
  const size = ` · ${formatBytes(bytes)}${several}`;
  return cut(visible(path), room - size.length) + size;
}

/** The first of the texts that fits, or else the last. */
function fitting(room: number, ...texts: string[]): string {
  return texts.find((text) => width(text) <= room) ?? texts[texts.length - 1];
}

function rowsOf(
  { rows, synced, durable }: RecordingSnapshot,
  room: number,
): string {
  if (!durable) {
    return `${counted(rows, "row")} · ${formatWhole(synced)} safe`;
  }
  const written = `${counted(rows, "row")} written`;
  return fitting(
    room,
    `${written} · ${formatWhole(synced)} safe on disk`,
    `${formatWhole(rows)} written · ${formatWhole(synced)} safe`,
  );
}

/** What became of the messages. */
function messagesOf(
  recorder: RecordingSnapshot,
  room: number,
): string[] {
  const { rejected, unkept, lastReject, gaps } = recorder;
  const { acknowledged, redelivered } = recorder;
  const inNoFile = unkept > 0 ? `, ${formatWhole(unkept)} not kept` : "";
  const missing = gaps > 0 ? `${counted(gaps, "gap")} · ` : "";
  const rejects = missing +
    (rejected === 0
      ? "none rejected"
      : `${formatWhole(rejected)} rejected${inNoFile}${
        lastReject ? `: ${visible(lastReject)}` : ""
      }`);
  if (acknowledged === undefined) return [rejects];
  const done = `${formatWhole(acknowledged)} acknowledged`;
  if (redelivered === undefined) return [`${done} · ${rejects}`];
  const again = `${formatWhole(redelivered)} redelivered`;
  return [
    done,
    fitting(room, `${again} (left out) · ${rejects}`, `${again} · ${rejects}`),
  ];
}

/** What else a person should know. */
function note(recorder: RecordingSnapshot, columns: number): Row {
  const { state, reason, waiting, lost, passed, durable, losses = [] } =
    recorder;
  const { possiblyDoubled = 0, possiblyDoubledBefore = 0 } = recorder;
  const inAll = possiblyDoubled + possiblyDoubledBefore;
  const parts: string[] = [];
  if (reason !== undefined) {
    parts.push(visible(reason));
    if (!durable) parts.push(`${formatWhole(waiting)} waiting`);
  }
  if (lost > 0) parts.unshift(`${formatWhole(lost)} LOST`);
  if (losses.length > 0) {
    const [last] = losses.slice(-1);
    parts.push(
      `${counted(losses.length, "lost session")}: ${describeLoss(last)}`,
    );
  }
  if (recorder.waited > 0) {
    parts.push(`${formatWhole(recorder.waited)} had waited at the broker`);
  }
  if (inAll > 0) {
    parts.push(`${formatWhole(inAll)} possibly doubled`);
  }
  if (state === "paused") {
    parts.push(`shown, not written: ${formatWhole(passed)}`);
  } else if (passed > 0) {
    parts.push(`${formatWhole(passed)} not written in pauses`);
  }
  const text = cut(parts.join(" · "), columns);
  const style = reason !== undefined || lost > 0
    ? THEME.problem
    : state === "paused"
    ? THEME.warning
    : {};
  return text === "" ? [] : [{ text: ` ${text}`, ...style }];
}
