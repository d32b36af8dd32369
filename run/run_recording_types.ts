import type {
  DurableSession,
  Reject,
  SensorEvent,
  Sink,
} from "../pipeline/mod.ts";
import type { ByHand, RecordingSnapshot } from "./run_snapshot.ts";

/** The recording of a run, plain or durable. */
export interface RunRecording extends AsyncDisposable {
  /** Takes the events; ends the pipe. */
  sink: Sink<SensorEvent, unknown>;
  /** Takes the rejects of `parse()`. */
  rejects: Sink<Reject>;
  /** The path beside which its rejects are. Default: that of the latest file. */
  base?: string;
  /** For `mqtt()`, if it is durable. */
  session?: DurableSession;
  /** Is called with the number of messages acknowledged since the last call. */
  acknowledged(count: number): void;
  /** The state now. */
  snapshot(): Omit<
    RecordingSnapshot,
    "gaps" | "untimed" | "excluded" | "waited"
  >;
  /** Removes its file, if this run has made it and nothing was recorded. */
  undo?(): Promise<void>;
  /** What a person can do with it, if it is not durable. */
  byHand?: ByHand;
}
