import { BEHIND, type Snapshot } from "../run/run_snapshot.ts";
import { brief } from "./event_text.ts";
import { visible } from "./fit_text.ts";
import { formatAge, formatWhole } from "./format.ts";
import type { Span } from "./styled_rows.ts";
import { THEME } from "./theme.ts";

/** What a person must know at once, whatever they look at; the worst first. */
export function troubleOf(snapshot: Snapshot): Span | undefined {
  const { connection: { error }, recorder, traffic } = snapshot;
  const { lost, reason } = recorder;
  if (lost > 0) {
    const why = reason === undefined ? "" : `: ${visible(reason)}`;
    return {
      text: `${formatWhole(lost)} readings LOST${why}`,
      ...THEME.problem,
    };
  }
  if (reason !== undefined) {
    return { text: `The recording: ${visible(reason)}`, ...THEME.problem };
  }
  const [alarm] = snapshot.alarms;
  if (alarm) {
    const [id, limit] = alarm.map(visible);
    const more = snapshot.alarms.size - 1;
    const val = snapshot.live.sensors.get(alarm[0])?.latest.val;
    const value = val === undefined ? "" : `, now ${visible(String(val))}`;
    return {
      text: `ALARM ${id}${value} (${limit})${
        more > 0 ? ` and ${more} more` : ""
      }`,
      ...THEME.problem,
    };
  }
  if (error) return { text: visible(brief(error)), ...THEME.warning };
  if (traffic.behind >= BEHIND) {
    return { text: behindText(traffic.behind), ...THEME.warning };
  }
  return undefined;
}

function behindText(seconds: number): string {
  const time = formatAge(seconds);
  return `Behind for ${time}: the broker holds what is not taken in yet`;
}
