import { type Row, rule } from "../styled_rows.ts";
import { cut } from "../fit_text.ts";
import { BINDINGS } from "../key_bindings.ts";
import { THEME } from "../theme.ts";

/** What is a key everywhere. */
const ALWAYS: readonly (readonly [keys: string, does: string])[] = [
  ["Ctrl-C", "write what came in, quit; twice: at once"],
];

const NOTES = [
  "MIN, MEAN and MAX are those since weir started, and of",
  "the last hour of a file that it appends to.",
  "A sensor is quiet after three times its usual interval,",
  "and at least 2 s.",
];

const DURABLE = [
  "This recording is durable. It cannot be paused.",
  "After q the broker keeps new messages for the next start.",
  "",
];

interface HelpProps {
  /** How many columns there are. */
  columns: number;
  /** How many rows. */
  rows: number;
  /** Whether the recording is a durable one. */
  durable: boolean;
  /** How many rows are scrolled out above. */
  top: number;
}

/** All keys that there are. */
export function helpRows({ columns, rows, durable, top }: HelpProps): Row[] {
  const recorder = { state: "stopped", durable } as const;
  const keys = BINDINGS.flatMap(({ help, when }) =>
    help && (!when || when(recorder)) ? [help] : []
  ).concat(ALWAYS);
  const note = (text: string): Row => [`  ${cut(text, columns - 3)}`];
  const lines: Row[] = [
    ...durable ? DURABLE.map(note) : [],
    ...keys.map(([key, does]): Row => [
      { text: ` ${key.padEnd(9)} `, ...THEME.key },
      cut(does, columns - 12),
    ]),
    [],
    ...NOTES.map(note),
  ];
  const from = Math.max(0, Math.min(top, lines.length - (rows - 1)));
  const more = lines.length - from > rows - 1 ? "↓ more" : "";
  return [
    rule("Keys", more, columns),
    ...lines.slice(from, from + rows - 1),
  ];
}
