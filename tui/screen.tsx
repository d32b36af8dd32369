import { Box, Text } from "ink";
import { HEAD, type Layout, layOut, MINIMUM } from "./layout.ts";
import { type List, listRows } from "./list.ts";
import { brokerRows } from "./broker_rows.ts";
import { ChartPanel } from "./panels/chart_panel.tsx";
import { Detail } from "./panels/detail_panel.tsx";
import { DialogPanel, dialogRows } from "./panels/dialog_panel.tsx";
import { Footer, footerPlaces } from "./panels/footer.tsx";
import { Header } from "./panels/header.tsx";
import { Help } from "./panels/help.tsx";
import { LogPanel, LogView } from "./panels/log_panel.tsx";
import { MessageView } from "./panels/message_panel.tsx";
import { MessagesView } from "./panels/messages_panel.tsx";
import { Readings, topOf } from "./panels/readings_panel.tsx";
import { RecordingLine } from "./panels/recording_line.tsx";
import { recordingRows } from "./recording_rows.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
import type { Places } from "./mouse.ts";
import { cut } from "./fit_text.ts";
import { Rows } from "./styled_rows.tsx";
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

/** The whole screen. */
export function Screen({ snapshot, ui, columns, rows }: ScreenProps) {
  if (columns < MINIMUM.columns || rows < MINIMUM.rows) {
    return (
      <Text wrap="wrap">
        {`weir needs ${MINIMUM.columns}×${MINIMUM.rows}; this terminal has ${columns}×${rows}.` +
          (snapshot.recorder.state === "stopped"
            ? ""
            : " It goes on recording.")}
      </Text>
    );
  }
  const dialog = dialogRows(ui, columns);
  const trouble = troubleOf(snapshot);
  const room = bodyRows({ snapshot, ui, columns, rows });
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header snapshot={snapshot} columns={columns} />
      <RecordingLine snapshot={snapshot} columns={columns} />
      {trouble && (
        <Rows
          rows={[[{ ...trouble, text: ` ${cut(trouble.text, columns - 2)}` }]]}
        />
      )}
      <Box height={room} overflow="hidden" flexDirection="column">
        <Body snapshot={snapshot} ui={ui} columns={columns} rows={room} />
      </Box>
      <DialogPanel rows={dialog} />
      <Footer
        ui={ui}
        recorder={snapshot.recorder}
        isFile={snapshot.file !== undefined}
        columns={columns}
      />
    </Box>
  );
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

function Body({ snapshot, ui, columns, rows }: ScreenProps) {
  const props = { snapshot, columns, rows };
  if (ui.dialog?.kind === "help") {
    const { durable } = snapshot.recorder;
    const { top } = ui.dialog;
    return <Help columns={columns} rows={rows} durable={durable} top={top} />;
  }
  if (ui.view === "log") return <LogView {...props} />;
  if (ui.view === "messages") return <MessagesView {...props} ui={ui} />;
  if (ui.view === "message") return <MessageView {...props} ui={ui} />;
  if (ui.view === "broker") {
    const all = [
      ...recordingRows(snapshot.recorder, columns),
      ...brokerRows(snapshot, columns),
    ];
    return <Rows rows={all.slice(0, rows)} />;
  }
  const list = listRows(snapshot.live.sensors, ui);
  const sensor = snapshot.live.sensors.get(list.id ?? "");
  if (ui.view === "chart" && sensor) {
    return <Detail {...props} id={list.id!} sensor={sensor} ui={ui} />;
  }
  const layout = layOut(columns, rows, list.rows.length);
  const parts = { snapshot, ui, layout, list };
  return layout.right > 0 ? <Wide {...parts} /> : <Stacked {...parts} />;
}

interface Parts {
  snapshot: Snapshot;
  ui: Ui;
  layout: Layout;
  list: List;
}

/** Everything below each other. */
function Stacked(parts: Parts) {
  const { snapshot, ui, layout, list } = parts;
  const { left, log } = layout;
  return (
    <>
      <Readings
        snapshot={snapshot}
        ui={ui}
        list={list}
        columns={left}
        rows={layout.list}
      />
      <Preview {...parts} columns={left} />
      {log > 0 && <LogPanel snapshot={snapshot} columns={left} rows={log} />}
    </>
  );
}

/** The sensors at the left, all else at the right. */
function Wide(parts: Parts) {
  const { snapshot, ui, layout, list } = parts;
  const { left, right, log } = layout;
  return (
    <Box columnGap={1}>
      <Readings
        snapshot={snapshot}
        ui={ui}
        list={list}
        columns={left}
        rows={layout.list}
      />
      <Box flexDirection="column">
        <Preview {...parts} columns={right} />
        <LogPanel snapshot={snapshot} columns={right} rows={log} />
      </Box>
    </Box>
  );
}

/** A chart of the selected sensor, if there is room for one. */
function Preview(
  { snapshot, ui, layout, list, columns }: Parts & { columns: number },
) {
  if (layout.chart === 0) return null;
  const id = list.id ?? ui.compared[0];
  if (id === undefined) return <Box height={layout.chart} />;
  const props = { snapshot, id, ui, columns, rows: layout.chart };
  return <ChartPanel {...props} />;
}
