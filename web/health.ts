import type { RunEvent } from "../run/run_event.ts";
import type { Snapshot } from "../run/run_snapshot.ts";

/** A run may be without a connection for so many seconds. */
const AWAY = 60;

/** Whether a run is healthy, and why not. */
export interface Health {
  ok: boolean;
  reasons: string[];
}

/** Judges snapshots of a run. */
export function createHealth(quietAfter = Infinity) {
  const started = Date.now() / 1000;
  /** Since when there is no connection. */
  let away: number | undefined = started;
  return {
    /** Takes note of the connection. */
    onEvent({ kind }: RunEvent) {
      if (kind === "connected") away = undefined;
      else if (kind === "disconnected") away ??= Date.now() / 1000;
    },
    judge({ now, recorder, traffic }: Snapshot): Health {
      const gone = away === undefined ? 0 : now - away;
      const quiet = now - (traffic.last ?? started);
      const reasons = [
        ...gone >= AWAY ? [`not connected for ${gone.toFixed(0)} s`] : [],
        ...recorder.state === "error"
          ? [`the disk is failing: ${recorder.reason ?? "unknown"}`]
          : [],
        ...quiet >= quietAfter
          ? [`nothing heard for ${quiet.toFixed(0)} s`]
          : [],
      ];
      return { ok: reasons.length === 0, reasons };
    },
  };
}
