import type { RunEvent } from "../run/run_event.ts";

/** So many reasons are told apart. */
const MAX_REASONS = 30;

/** Counts why messages were rejected. */
export interface ReasonCount {
  /** Takes note of an event. */
  add(event: RunEvent): void;
  /** How many there were for each reason. */
  counts: ReadonlyMap<string, number>;
}

/**
 * Counts rejects by their reason, without what it quotes of a payload: a
 * publisher cannot make a series of each message.
 */
export function countReasons(): ReasonCount {
  const counts = new Map<string, number>();
  return {
    counts,
    add(event) {
      if (event.kind !== "rejected") return;
      const kind = kindOf(event.reject.reason);
      const known = counts.has(kind) || counts.size < MAX_REASONS;
      const key = known ? kind : "other";
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
  };
}

/** A reason without names, numbers and what follows a colon. */
function kindOf(reason: string): string {
  return reason.replace(/:.*/s, "").replace(/(["'`]).*?\1/gs, "…")
    .replace(/\d+/g, "N").replace(/\s+/g, " ").trim().slice(0, 60);
}
