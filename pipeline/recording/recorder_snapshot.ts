/** How it stands with a recorder. Its numbers are those of its latest file. */
export interface RecorderSnapshot {
  /** `error`: the file cannot be written now, and is tried again. */
  state: "stopped" | "recording" | "paused" | "error";
  /** Why it cannot be written. */
  reason?: string;
  /** In so many seconds it is tried again. */
  retry?: number;
  /** The file. */
  path?: string;
  /** How large it is, in bytes. */
  bytes: number;
  /** How many rows were written to it. */
  rows: number;
  /** From how many sensors those came; counted up to some 10,000. */
  sensors: number;
  /** Whether there were more sensors than that. */
  moreSensors: boolean;
  /** How many of those are on the disk itself. */
  synced: number;
  /** How many readings wait until it can be written again. */
  waiting: number;
  /** How many readings and rejects could not be kept. */
  lost: number;
  /** How many readings went by while it was paused. */
  passed: number;
  /** How many messages could not become events. */
  rejected: number;
  /** Why the last one of those could not. */
  lastReject?: string;
  /** For how many seconds it has been recording; pauses count, too. */
  elapsed: number;
}
