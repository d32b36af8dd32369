import { type Row, Rows, rule } from "../styled_rows.tsx";
import { cut } from "../fit_text.ts";

type Keys = [keys: string, does: string][];

/** What only a recording by hand has. */
const BY_HAND: Keys = [
  ["r", "start a recording (it asks for a file), stop it"],
  ["space", "pause: shown, not written; again: written"],
  ["n", "go on in a new file; no reading is left out"],
];

const KEYS: Keys = [
  ["p", "publish a message (topic, payload)"],
  ["a", "ask the selected sensor's board for a sample"],
  ["↑ ↓  j k", "select; page up, page down, g first, G last"],
  ["enter esc", "the selected one: chart, figures, events; back"],
  ["+ -", "zoom the chart's time in and out"],
  ["/", "filter by id; esc shows all again"],
  ["s  S", "sort by the next column; the other way around"],
  ["q", "quit; while recording it asks first"],
  ["Ctrl-C", "write what was taken in, quit; twice: at once"],
];

const NOTES = [
  "MIN, MEAN and MAX are those since weir started.",
  "A sensor is quiet after three times its usual interval,",
  "and at least 2 s.",
];

const DURABLE = [
  "This recording is durable: nobody stops or pauses it.",
  "What comes after q the broker keeps for the next start.",
  "",
];

interface HelpProps {
  /** How many columns there are. */
  columns: number;
  /** How many rows. */
  rows: number;
  /** Whether the recording is a durable one. */
  durable: boolean;
}

/**
 * All keys that there are.
 *
 * @example
 * ```tsx ignore
 * <Help columns={80} rows={20} durable={false} />
 * ```
 */
export function Help({ columns, rows, durable }: HelpProps) {
  const keys = durable ? KEYS : [...BY_HAND, ...KEYS];
  const notes = durable ? [...DURABLE, ...NOTES] : NOTES;
  const lines: Row[] = [
    ...rows > keys.length ? [rule("Keys", "", columns)] : [],
    ...keys.map(([key, does]): Row => [
      { text: ` ${key.padEnd(9)} `, bold: true, color: "cyan" },
      cut(does, columns - 12),
    ]),
    [],
    ...notes.map((note): Row => [`  ${cut(note, columns - 3)}`]),
  ];
  while (lines.length < rows) lines.push([]);
  return <Rows rows={lines.slice(0, rows)} />;
}
