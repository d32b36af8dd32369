import { type Row, Rows, rule } from "../rows.tsx";
import { cut } from "../text.ts";

const KEYS: [string, string][] = [
  ["r", "start a recording (asks for the file), or stop it"],
  ["space", "pause: readings are shown, not written; again: write them"],
  ["n", "go on in a new file; no reading is left out between the two"],
  ["p", "publish a message (topic, payload)"],
  ["a", "ask the selected sensor's board for a sample"],
  ["↑ ↓  j k", "select a sensor; page up, page down, g first, G last"],
  ["enter", "the selected sensor: chart, figures, last events"],
  ["+ -", "zoom the chart's time in and out"],
  ["/", "filter by id; esc shows all again"],
  ["s  S", "sort by the next column; the other way around"],
  ["esc", "back"],
  ["q", "quit; while recording it asks first"],
  ["Ctrl-C", "stop, write what was taken in, quit; twice: at once"],
];

/**
 * All keys.
 *
 * @example
 * ```tsx ignore
 * <Help columns={80} rows={20} />
 * ```
 */
export function Help({ columns, rows }: { columns: number; rows: number }) {
  const lines: Row[] = [
    rule("Keys", "", columns),
    ...KEYS.map(([key, does]): Row => [
      { text: ` ${key.padEnd(9)} `, bold: true, color: "cyan" },
      cut(does, columns - 12),
    ]),
    [],
    ["  MIN, MEAN and MAX are those since weir started; a sensor is quiet"],
    ["  after three times its usual interval, and at least 2 s."],
  ];
  while (lines.length < rows) lines.push([]);
  return <Rows rows={lines.slice(0, rows)} />;
}
