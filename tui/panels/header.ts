import { formatAge, formatBytes, formatClock, formatRate } from "../format.ts";
import type { Row, Span } from "../styled_rows.ts";
import {
  BEHIND,
  type ConnectionSnapshot,
  type Snapshot,
} from "../../run/run_snapshot.ts";
import { cutMiddle, visible, width } from "../fit_text.ts";
import type { PanelProps } from "./panel_props.ts";
import { THEME } from "../theme.ts";

/** So many columns of the broker's URL come before the last facts. */
const URL_ROOM = 24;

/** The first row: the broker, the state of its connection, what comes in, the clock. */
export function headerRows({ snapshot, columns }: PanelProps): Row[] {
  const { connection, now, file } = snapshot;
  const clock = formatClock(now);
  if (file) return fileHeaderRows({ snapshot, columns });
  const state = stateOf(connection, now);
  const url = visible(connection.url);
  const room = columns - width(state.text) - clock.length - 11;
  const facts = factsOf(snapshot);
  const length = () => facts.join("").length + 2 * facts.length;
  while (
    facts.length > 0 && length() + Math.min(width(url), URL_ROOM) > room
  ) facts.pop();
  const shownUrl = cutMiddle(url, room - length());
  const gap = room - width(shownUrl) - length();
  return [[
    { text: " weir", bold: true },
    `  ${shownUrl}  `,
    state,
    ...facts.map((text) => `  ${text}`),
    " ".repeat(Math.max(1, gap + 1)),
    { text: clock, dim: true },
  ]];
}

/** The first row of a file that is looked at. */
function fileHeaderRows({ snapshot, columns }: PanelProps): Row[] {
  const { file, now } = snapshot;
  const over = file?.over ?? false;
  const clock = over ? "" : formatClock(now);
  const path = visible(file?.name ?? "");
  const state = over ? "not being written" : "followed, no broker";
  const facts = `  ${formatBytes(file?.bytes ?? 0)}  ${state}`;
  const room = columns - facts.length - clock.length - 9;
  const shown = cutMiddle(path, room);
  return [[
    { text: " weir", bold: true },
    "  ",
    { text: shown, bold: true },
    { text: facts, dim: true },
    " ".repeat(Math.max(1, room - width(shown) + 1)),
    { text: clock, dim: true },
  ]];
}

/** What is worth knowing of the broker, the least at the end. */
function factsOf({ connection, traffic, control }: Snapshot): string[] {
  if (connection.state === "offline") return [];
  const { behind, messages } = traffic;
  const { roundTrip, unanswered = 0, connected } = control;
  const ms = (roundTrip ?? 0) * 1000;
  return [
    formatRate(messages),
    ...behind >= BEHIND ? [`${formatAge(behind)} behind`] : [],
    ...connected && unanswered > 1
      ? [`no answer for ${Math.floor(unanswered)} s`]
      : connected && roundTrip !== undefined
      ? [`ping ${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`]
      : [],
    ...connection.version ? [`MQTT ${connection.version}`] : [],
    `QoS ${connection.qos}`,
  ];
}

/** The connection's state as a word, a mark and a colour. */
function stateOf(
  { state, retryAt = 0 }: ConnectionSnapshot,
  now: number,
): Span {
  switch (state) {
    case "connected":
      return { text: "● connected", ...THEME.good };
    case "connecting":
      return { text: "◌ connecting", ...THEME.warning };
    case "reconnecting": {
      const left = Math.ceil(retryAt - now);
      const when = left > 0 ? ` in ${formatAge(left)}` : "";
      return { text: `◌ reconnecting${when}`, ...THEME.warning };
    }
    case "offline":
      return { text: "✖ offline", ...THEME.problem, bold: true };
  }
}
