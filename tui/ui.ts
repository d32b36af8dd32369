import type { Line } from "./edit.ts";
import type { Stream } from "./stream.ts";
import type { Listing } from "./sensors.ts";
import type { Folds } from "./tree.ts";

/** What fills the screen. */
export type View =
  | "sensors"
  | "chart"
  | "broker"
  | "log"
  | "messages"
  | "message";

/** What a person has chosen to see. The rest of a screen is its snapshot. */
export interface Ui extends Listing {
  /** What fills the screen. */
  view: View;
  /** The key of the row that is selected; the first one if it is not listed. */
  selected?: string;
  /** How many rows are scrolled out above. */
  top: number;
  /** Whether sensors are listed by their whole ids, and not as a tree. */
  flat: boolean;
  /** Which groups of the tree were opened or folded. */
  folds: Folds;
  /** Which of {@linkcode WINDOWS} the charts show. Default: by the data. */
  zoom?: number;
  /** The time at the right of the charts, if a person went back in time. */
  until?: number;
  /** The time at which the cursor of the charts is, if there is one. */
  cursor?: number;
  /** The ids of the sensors that are shown in one chart, up to four. */
  compared: readonly string[];
  /** Whether each of them has an axis of its own. */
  own: boolean;
  /** What is shown of the messages. */
  stream: Stream;
  /** What is asked now. */
  dialog?: Dialog;
  /** What came of the last action, until the next key. */
  notice?: string;
}

/** What a person is asked, or shown above all else. */
export type Dialog =
  /** `top`: how many of its rows are scrolled out. */
  | { kind: "help"; top: number }
  | { kind: "quit"; durable: boolean }
  /** Typing a filter; what there was before comes back with esc. */
  | { kind: "filter"; line: Line; before: string }
  /** The same for messages. */
  | { kind: "search"; line: Line; before: string }
  /** Whether the broker shall keep no message of a topic any more. */
  | { kind: "clear"; topic: string }
  /** A text that marks this moment. */
  | { kind: "mark"; line: Line }
  /** The name of a file; `next`: to go on in. */
  | { kind: "file"; line: Line; next: boolean }
  /** A message. */
  | {
    kind: "publish";
    field: "topic" | "payload";
    topic: Line;
    payload: Line;
  };

/** The stretches of time that a chart can show, in seconds. */
export const WINDOWS = [
  60,
  4 * 60,
  15 * 60,
  3600,
  4 * 3600,
  18 * 3600,
  3 * 86_400,
  14 * 86_400,
  60 * 86_400,
  365 * 86_400,
  5 * 365 * 86_400,
];

/** What is there when a screen opens. */
export const FIRST_UI: Ui = {
  filter: "",
  sort: "first seen",
  reversed: false,
  top: 0,
  view: "sensors",
  flat: false,
  folds: new Map(),
  compared: [],
  own: false,
  stream: { filter: "", top: 0 },
};
