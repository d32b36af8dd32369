import type { Message } from "../pipeline/mod.ts";
import type {
  MessagesSnapshot,
  RecordingSnapshot,
} from "../run/run_snapshot.ts";
import type { Charted } from "./chart_cursor.ts";
import type { List } from "./list.ts";
import type { Ui } from "./ui.ts";

/** What the key handler needs to know about the screen. */
export interface Context {
  /** The list of sensors. */
  list: List;
  /** How many of its rows are on the screen. */
  page: number;
  /** The state of the recording. */
  recorder: Pick<RecordingSnapshot, "state" | "durable">;
  /** What the chart shows. */
  charted: Charted;
  /** The messages that are listed. */
  messages: readonly Message[];
  /** All that there are, to hold. */
  stream?: MessagesSnapshot;
  /** The host's clock: seconds since 1970. */
  now: number;
  /** Whether a file is looked at, without a run. */
  isFile: boolean;
  /** The topic that is offered for publishing. */
  topic: string;
}

/** What is to be done besides showing something else. */
export type Act =
  | { do: "start"; path: string }
  | { do: "askFile"; next: boolean }
  | { do: "publish"; topic: string; payload: string }
  | { do: "ask"; id: string }
  | { do: "mark"; text: string }
  | { do: "explain"; message: Message }
  | { do: "clear"; topic: string }
  | { do: "stop" | "pause" | "resume" | "quit" }
  | { do: "suspend" };

/** What a key does. */
export interface Pressed {
  /** What is shown now. */
  ui: Ui;
  /** What is to be done. */
  act?: Act;
}

/** What a key does to what is shown. */
export type Press = (ui: Ui, context: Context) => Pressed;

/** One row of the help: a key, or some that belong together. */
export interface Binding {
  /** By the key's name or character: what it does. */
  keys: Readonly<Record<string, Press>>;
  /** How the help writes them, and what it says that they do. */
  help?: readonly [keys: string, does: string];
  /** What the footer says of them now; nothing if they have no place there. */
  footer?: (
    ui: Ui,
    recorder: Context["recorder"],
  ) => readonly [key: string, does: string] | undefined;
  /** The footer leaves out the least ones first if there is no room. */
  least?: number;
  /** In which views they work. Default: in all. */
  views?: readonly Ui["view"][];
  /** Whether they are for a run: a file that is looked at has no use of them. */
  ofRun?: boolean;
  /** Whether they work; otherwise `instead` does. */
  when?: (recorder: Context["recorder"]) => boolean;
  /** What they do while they do not work. */
  instead?: Press;
}
