import { HEAD, type Layout, layOut, MINIMUM } from "./layout.ts";
import { type List, listRows } from "./list.ts";
import { brokerRows } from "./broker_rows.ts";
import { chartRows } from "./panels/chart_panel.ts";
import { detailRows } from "./panels/detail_panel.ts";
import { dialogRows, wrap } from "./panels/dialog_panel.ts";
import { footerPlaces, footerRows } from "./panels/footer.ts";
import { headerRows } from "./panels/header.ts";
import { helpRows } from "./panels/help.ts";
import { logPanelRows, logViewRows } from "./panels/log_panel.ts";
import { messageViewRows } from "./panels/message_panel.ts";
import { messagesRows } from "./panels/messages_panel.ts";
import { readingsRows, topOf } from "./panels/readings_panel.ts";
import { recordingLine } from "./panels/recording_line.ts";
import { recordingRows } from "./recording_rows.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import type { Places } from "./mouse.ts";
import { cut } from "./fit_text.ts";
import { beside, type Row } from "./styled_rows.ts";
import { troubleOf } from "./trouble.ts";
import type { Ui } from "./ui.ts";

/** What a screen is made of. */
export interface ScreenProps {
  /** What there is to show. */
  snapshot: Snapshot;
  /** What the person has chosen. */
  ui: Ui;
  /** How many columns the terminal has. */
  columns: number;
  /** How many rows. */
  rows: number;
}

/** Rows of broker, recording and footer. */
const FRAME = 3;

/** The whole screen, row by row. */
export function screenRows(props: ScreenProps): Row[] {
  const { snapshot, ui, columns, rows } = props;
  if (columns < MINIMUM.columns || rows < MINIMUM.rows) {
    return tooSmall(props);
  }
  const dialog = dialogRows(ui, columns);
  const trouble = troubleOf(snapshot);
  const room = bodyRows(props);
  const body = bodyOf({ snapshot, ui, columns, rows: room }).slice(0, room);
  while (body.length < room) body.push([]);
  return [
    ...headerRows({ snapshot, columns }),
    ...recordingLine({ snapshot, columns }),
    ...trouble
      ? [[{ ...trouble, text: ` ${cut(trouble.text, columns - 2)}` }]]
      : [],
    ...body,
    ...dialog,
    ...footerRows({
      ui,
      recorder: snapshot.recorder,
      isFile: snapshot.file !== undefined,
      columns,
    }),
  ];
}

function tooSmall({ snapshot, columns, rows }: ScreenProps): Row[] {
  const needed = `weir needs ${MINIMUM.columns}×${MINIMUM.rows}`;
  const text = `${needed}; this terminal has ${columns}×${rows}.` +
    (snapshot.recorder.state === "stopped" ? "" : " It goes on recording.");
  return wrap(text, columns).slice(0, rows).map((line) => [line]);
}

/** How many rows there are between the state and what is asked. */
function bodyRows({ snapshot, ui, columns, rows }: ScreenProps): number {
  const trouble = troubleOf(snapshot) ? 1 : 0;
  return rows - FRAME - trouble - dialogRows(ui, columns).length;
}

/** How many rows of its list a screen shows at a time. */
export function pageSize(props: ScreenProps & { listed: number }): number {
  return layOut(props.columns, bodyRows(props), props.listed).list;
}

/** Where the parts of a screen are that a mouse can press. */
export function placesOf(props: ScreenProps, list: List): Places {
  const { snapshot, ui, columns, rows } = props;
  const layout = layOut(columns, bodyRows(props), list.rows.length);
  const above = FRAME - 1 + (troubleOf(snapshot) ? 1 : 0);
  return {
    rows,
    list: {
      from: above + HEAD,
      top: topOf(ui, list, layout.list),
      rows: layout.list,
      columns: layout.left,
    },
    footer: footerPlaces({
      ui,
      recorder: snapshot.recorder,
      isFile: snapshot.file !== undefined,
      columns,
    }),
  };
}

function bodyOf({ snapshot, ui, columns, rows }: ScreenProps): Row[] {
  const props = { snapshot, columns, rows };
  if (ui.dialog?.kind === "help") {
    const { durable } = snapshot.recorder;
    return helpRows({ columns, rows, durable, top: ui.dialog.top });
  }
  if (ui.view === "log") return logViewRows(props);
  if (ui.view === "messages") return messagesRows({ ...props, ui });
  if (ui.view === "message") return messageViewRows({ ...props, ui });
  if (ui.view === "broker") {
    return [
      ...recordingRows(snapshot.recorder, columns),
      ...brokerRows(snapshot, columns),
    ];
  }
  const list = listRows(snapshot.live.sensors, ui);
  const sensor = snapshot.live.sensors.get(list.id ?? "");
  if (ui.view === "chart" && sensor) {
    return detailRows({ ...props, id: list.id!, sensor, ui });
  }
  const layout = layOut(columns, rows, list.rows.length);
  const parts = { snapshot, ui, layout, list };
  return layout.right > 0 ? wide(parts) : stacked(parts);
}

interface Parts {
  snapshot: Snapshot;
  ui: Ui;
  layout: Layout;
  list: List;
}

/** Everything below each other. */
function stacked(parts: Parts): Row[] {
  const { snapshot, layout } = parts;
  const { left, log } = layout;
  return [
    ...readingsOf(parts),
    ...previewOf(parts, left),
    ...log > 0 ? logPanelRows({ snapshot, columns: left, rows: log }) : [],
  ];
}

/** The sensors at the left, all else at the right. */
function wide(parts: Parts): Row[] {
  const { snapshot, layout } = parts;
  const { left, right, log } = layout;
  return beside(readingsOf(parts), [
    ...previewOf(parts, right),
    ...logPanelRows({ snapshot, columns: right, rows: log }),
  ], left);
}

function readingsOf({ snapshot, ui, layout, list }: Parts): Row[] {
  const { left: columns, list: rows } = layout;
  return readingsRows({ snapshot, ui, list, columns, rows });
}

/** A chart of the selected sensor, if there is room for one. */
function previewOf(
  { snapshot, ui, layout, list }: Parts,
  columns: number,
): Row[] {
  const { chart: rows } = layout;
  if (rows === 0) return [];
  const id = list.id ?? ui.compared[0];
  if (id === undefined) return Array.from({ length: rows }, () => []);
  return chartRows({ snapshot, id, ui, columns, rows });
}
