import type { Snapshot } from "../../run/run_snapshot.ts";

/** What a panel is given. */
export interface PanelProps {
  /** What there is to show. */
  snapshot: Snapshot;
  /** How many columns there are. */
  columns: number;
}
