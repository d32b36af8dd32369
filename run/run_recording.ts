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
  /** For `mqtt()`, if it is durable. */
  session?: DurableSession;
  /** Is told how many more messages were acknowledged. */
  acknowledged(count: number): void;
  /** The state now. */
  snapshot(): Omit<RecordingSnapshot, "gaps">;
  /** What a person can do with it, if it is not durable. */
  byHand?: ByHand;
}
