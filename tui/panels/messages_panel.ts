import type { Message } from "../../pipeline/mod.ts";
import { cut, cutMiddle, fit, visible, width } from "../fit_text.ts";
import { formatClock, formatWhole } from "../format.ts";
import { listMessages, selectedAt } from "../stream.ts";
import { payloadStart } from "../payload_text.ts";
import { type Row, rule } from "../styled_rows.ts";
import { THEME } from "../theme.ts";
import type { Ui } from "../ui.ts";
import type { PanelProps } from "./panel_props.ts";

interface MessagesProps extends PanelProps {
  /** What the person has chosen. */
  ui: Ui;
  /** How many rows there are. */
  rows: number;
}

/** The stream of messages, the latest below. */
export function messagesRows(
  { snapshot, ui, columns, rows }: MessagesProps,
): Row[] {
  const list = listMessages(snapshot, ui.stream);
  const room = rows - 1;
  const at = selectedAt(list, ui.stream);
  const bottom = Math.max(Math.min(list.length, at + 1 + (room >> 1)), room);
  const shown = list.slice(Math.max(0, bottom - room), bottom);
  const topics = Math.min(
    Math.floor(columns * 0.45),
    Math.max(
      8,
      ...shown.map(({ topic }) => width(visible(topic.slice(0, 200)))),
    ),
  );
  const lines = shown.map((message) =>
    messageRow(message, columns, topics, message === list[at])
  );
  if (lines.length === 0) {
    const text = ui.stream.filter === ""
      ? "Messages are shown from now on. None yet."
      : `No message with “${cut(visible(ui.stream.filter), 30)}” yet.`;
    lines.push([{ text: `  ${text}`, dim: true }]);
  }
  while (lines.length < room) lines.push([]);
  return [rule("Messages", asideOf(snapshot, ui), columns), ...lines];
}

/** How many came, and how many are no longer here. */
function asideOf({ messages }: PanelProps["snapshot"], { stream }: Ui): string {
  const { seen, list } = messages ?? { seen: 0, list: [] };
  const { held, filter } = stream;
  const dropped = seen - list.length;
  return [
    ...filter === "" ? [] : [`“${cut(visible(filter), 16)}”`],
    ...held ? [`HELD, ${formatWhole(seen - held.seen)} more since`] : [],
    `${formatWhole(seen)} came`,
    ...dropped > 0 ? [`${formatWhole(dropped)} dropped here`] : [],
  ].join(" · ");
}

function messageRow(
  { time, topic, payload, retain, bytes }: Message,
  columns: number,
  topics: number,
  selected: boolean,
): Row {
  const room = columns - topics - 15;
  const text = payload.length === 0 ? "(empty)" : payloadStart(payload, room);
  return [
    { text: `${selected ? "›" : " "}${formatClock(time)} `, dim: !selected },
    { text: retain ? "R " : "  ", ...THEME.warning, bold: true },
    {
      text: fit(cutMiddle(visible(topic.slice(0, 500)), topics), topics),
      inverse: selected,
      bold: true,
    },
    ` ${text}`,
    { text: bytes === undefined ? "" : " …", dim: true },
  ];
}
