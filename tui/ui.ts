import type { Line } from "./edit.ts";
import type { Listing } from "./sensors.ts";

/** What a person has chosen to see. The rest of a screen is its snapshot. */
export interface Ui extends Listing {
  /** The sensor that is selected; the first one if it is not listed. */
  selected?: string;
  /** How many listed sensors are scrolled out above. */
  top: number;
  /** Whether the selected sensor fills the screen. */
  detail: boolean;
  /** Which of {@linkcode WINDOWS} the charts show. */
  zoom: number;
  /** What is asked now. */
  dialog?: Dialog;
  /** What came of the last action, until the next key. */
  notice?: string;
}

/** What a person is asked, or shown above all else. */
export type Dialog =
  | { kind: "help" }
  | { kind: "quit"; durable: boolean }
  /** Typing a filter; what there was before comes back with esc. */
  | { kind: "filter"; line: Line; before: string }
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
];

/** What is there when a screen opens. */
export const FIRST_UI: Ui = {
  filter: "",
  sort: "first seen",
  reversed: false,
  top: 0,
  detail: false,
  zoom: 1,
};
