import { formatAge, formatClock } from "../format.ts";
import { Rows, type Span } from "../styled_rows.tsx";
import { BEHIND, type ConnectionSnapshot } from "../../run/run_snapshot.ts";
import { brief } from "../event_text.ts";
import { cut, visible, width } from "../fit_text.ts";
import type { PanelProps } from "./panel_props.ts";
import { THEME } from "../theme.ts";

/**
 * The first two rows: the broker, the state of its connection, the clock, and the
 * topics or what is wrong. The recording has a panel, but not on all screens.
 */
export function Header({ snapshot, columns }: PanelProps) {
  const { connection, topics, now, recorder, traffic } = snapshot;
  const { url, version, qos, error } = connection;
  const clock = formatClock(now);
  const state = stateOf(connection, now);
  const facts = `${version ? `  MQTT ${version}` : ""}  QoS ${qos}`;
  const room = columns - width(state.text) - facts.length - clock.length - 10;
  const shownUrl = cut(visible(url), room);
  const gap = room - width(shownUrl) + 1;
  const listed = `topics ${topics.map(visible).join(", ")}`;
  const below: Span = error
    ? { text: visible(brief(error)), ...THEME.warning }
    : recorder.reason !== undefined
    ? { text: `The recording: ${visible(recorder.reason)}`, ...THEME.problem }
    : traffic.behind >= BEHIND
    ? { text: behindText(traffic.behind), ...THEME.warning }
    : { text: listed, dim: true };
  return (
    <Rows
      rows={[
        [
          { text: " weir", bold: true },
          `  ${shownUrl}  `,
          state,
          facts,
          " ".repeat(Math.max(1, gap)),
          clock,
        ],
        [{ ...below, text: ` ${cut(below.text, columns - 2)}` }],
      ]}
    />
  );
}

function behindText(seconds: number): string {
  const time = formatAge(seconds);
  return `Behind for ${time}: the broker holds what is not taken in yet`;
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
