import type {
  DurableSession,
  Reject,
  SensorEvent,
  Sink,
} from "../pipeline/mod.ts";
import type { ByHand, RecordingSnapshot } from "./run_snapshot.ts";

/** The recording behind a screen, by hand or durable. */
export interface TuiRecording extends AsyncDisposable {
  /** Takes the events; ends the pipe. */
  sink: Sink<SensorEvent, unknown>;
  /** Takes the rejects of `parse()`. */
  rejects: Sink<Reject>;
  /** For `mqtt()`, where it is durable. */
  session?: DurableSession;
  /** Is told how many more messages were acknowledged. */
  acknowledged(count: number): void;
  /** How it stands now. */
  snapshot(): RecordingSnapshot;
  /** What a person can do with it, where it is not durable. */
  byHand?: ByHand;
}
