import {
  formatAge,
  formatElapsed,
  formatMoment,
  formatWhole,
} from "../format.ts";
import { counted } from "../../pipeline/counted.ts";
import type { Row, Span } from "../styled_rows.ts";
import type { RecordingSnapshot } from "../../run/run_snapshot.ts";
import { cutMiddle, visible, width } from "../fit_text.ts";
import type { PanelProps } from "./panel_props.ts";
import { recordingState } from "../recording_rows.ts";

/** So many columns of the file's name come before the last numbers. */
const NAME_ROOM = 12;

/** The state of the recording in one row: file, rows, safe, rejected, gaps. */
export function recordingLine({ snapshot, columns }: PanelProps): Row[] {
  const { recorder, file, live, now } = snapshot;
  if (file) {
    const last = Math.max(
      ...[...live.sensors.values()].map(({ time }) => time),
    );
    const when = !Number.isFinite(last)
      ? ""
      : file.over
      ? ` · ${formatMoment(file.from ?? last)} – ${formatMoment(last)}`
      : ` · last ${formatAge(now - last)} ago`;
    const text = ` ${counted(live.events, "reading")} of ${
      counted(live.sensors.size, "sensor")
    }${when}`;
    return [[text]];
  }
  const long = recordingState(recorder);
  const state = {
    ...long,
    text: long.text.replace("durable recording", "durable"),
  };
  if (recorder.path === undefined) {
    const start = { text: "  r records to a file", dim: true };
    return [[" ", state, start]];
  }
  const name = visible(recorder.path);
  const room = columns - width(state.text) - 2;
  const numbers = numbersOf(recorder);
  const text = () => numbers.map((part) => ` · ${part}`).join("");
  // The time it has taken matters least.
  if (width(text()) + Math.min(width(name), NAME_ROOM) > room) numbers.shift();
  const left = room - width(text());
  const shown = left < 4 ? "" : ` ${cutMiddle(name, left)}`;
  const parts: Span[] = [{ text: shown, bold: true }, { text: text() }];
  return [[" ", state, ...parts]];
}

function numbersOf(recorder: RecordingSnapshot): string[] {
  const { elapsed, rows, synced, rejected, gaps, passed, waiting } = recorder;
  return [
    formatElapsed(elapsed),
    counted(rows, "row"),
    `${formatWhole(synced)} safe`,
    ...waiting > 0 ? [`${formatWhole(waiting)} waiting`] : [],
    ...passed > 0 ? [`${formatWhole(passed)} not written`] : [],
    `${formatWhole(rejected)} rejected`,
    ...gaps > 0 ? [counted(gaps, "gap")] : [],
  ];
}
