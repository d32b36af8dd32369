import type { Reject } from "../pipeline/mod.ts";

/** How many rejects are kept for a viewer. */
const KEPT = 20;

/** How much of the payload of each, in bytes. */
const MAX_PAYLOAD = 256;

/** The last rejects of a run, for a viewer. */
export interface LastRejects {
  /** Adds what came together. */
  add(batch: readonly Reject[]): void;
  /** The rejects, the latest last. */
  rejects(): readonly Reject[];
}

/** Keeps the last rejects, and of each payload the beginning. */
export function keepLastRejects(): LastRejects {
  let kept: Reject[] = [];
  return {
    add(batch) {
      const added = batch.slice(-KEPT).map((reject) => ({
        ...reject,
        // A copy: the payload is a part of a larger buffer.
        payload: reject.payload.slice(0, MAX_PAYLOAD),
      }));
      kept = [...kept, ...added].slice(-KEPT);
    },
    rejects: () => kept,
  };
}
