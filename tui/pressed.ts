import type { RecordingSnapshot } from "../run/run_snapshot.ts";
import type { Ui } from "./ui.ts";

/** What the key handler needs to know about the screen. */
export interface Context {
  /** The ids of the listed sensors, in their order. */
  ids: readonly string[];
  /** How many of them are on the screen. */
  page: number;
  /** The state of the recording. */
  recorder: Pick<RecordingSnapshot, "state" | "durable">;
  /** The topic that is offered for publishing. */
  topic: string;
}

/** What is to be done besides showing something else. */
export type Act =
  | { do: "start"; path: string }
  | { do: "askFile"; next: boolean }
  | { do: "publish"; topic: string; payload: string }
  | { do: "ask"; id: string }
  | { do: "stop" | "pause" | "resume" | "quit" };

/** What a key does. */
export interface Pressed {
  /** What is shown now. */
  ui: Ui;
  /** What is to be done. */
  act?: Act;
}
