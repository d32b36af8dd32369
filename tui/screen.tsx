import { Box, Text } from "ink";
import { type Layout, layOut, MINIMUM } from "./layout.ts";
import { BrokerPanel } from "./panels/broker_panel.tsx";
import { ChartPanel } from "./panels/chart_panel.tsx";
import { Detail } from "./panels/detail_panel.tsx";
import { DialogPanel, dialogRows } from "./panels/dialog_panel.tsx";
import { Footer } from "./panels/footer.tsx";
import { Header } from "./panels/header.tsx";
import { Help } from "./panels/help.tsx";
import { LogPanel } from "./panels/log_panel.tsx";
import { Readings } from "./panels/readings_panel.tsx";
import { RecordingPanel, recordingRows } from "./panels/recording_panel.tsx";
import { type Listed, listSensors } from "./sensors.ts";
import type { Snapshot } from "../run/run_snapshot.ts";
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

/** Rows of header and footer. */
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
  const room = rows - FRAME - dialog.length;
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header snapshot={snapshot} columns={columns} />
      <Box height={room} overflow="hidden" flexDirection="column">
        <Body snapshot={snapshot} ui={ui} columns={columns} rows={room} />
      </Box>
      <DialogPanel rows={dialog} />
      <Footer ui={ui} recorder={snapshot.recorder} columns={columns} />
    </Box>
  );
}

/** How many sensors a screen lists at a time. */
export function pageSize(
  { snapshot, ui, columns, rows, listed }: ScreenProps & { listed: number },
): number {
  const room = rows - FRAME - dialogRows(ui, columns).length;
  const recording = recordingRows(snapshot.recorder);
  return layOut(columns, room, listed, recording).sensors;
}

function Body({ snapshot, ui, columns, rows }: ScreenProps) {
  if (ui.dialog?.kind === "help") {
    const { durable } = snapshot.recorder;
    return <Help columns={columns} rows={rows} durable={durable} />;
  }
  const listed = listSensors(snapshot.live.sensors, ui);
  const selected = listed.find(([id]) => id === ui.selected) ?? listed[0];
  if (ui.detail && selected) {
    const [id, sensor] = selected;
    const props = { snapshot, id, sensor, columns, rows, zoom: ui.zoom };
    return <Detail {...props} />;
  }
  const recording = recordingRows(snapshot.recorder);
  const layout = layOut(columns, rows, listed.length, recording);
  const parts = { snapshot, ui, layout, listed, selected };
  return layout.right > 0 ? <Wide {...parts} /> : <Stacked {...parts} />;
}

interface Parts {
  snapshot: Snapshot;
  ui: Ui;
  layout: Layout;
  listed: readonly Listed[];
  selected?: Listed;
}

/** Everything below each other. */
function Stacked(parts: Parts) {
  const { snapshot, ui, layout, listed } = parts;
  const { left, sensors, beside, broker, panels, log } = layout;
  const half = Math.floor((left - 1) / 2);
  return (
    <>
      <Readings
        snapshot={snapshot}
        ui={ui}
        listed={listed}
        columns={left}
        rows={sensors}
      />
      <Preview {...parts} columns={left} />
      <Box
        flexDirection={beside ? "row" : "column"}
        columnGap={1}
        height={panels}
      >
        <RecordingPanel
          snapshot={snapshot}
          columns={beside ? left - half - 1 : left}
        />
        {broker && (
          <BrokerPanel snapshot={snapshot} columns={beside ? half : left} />
        )}
      </Box>
      {log > 0 && <LogPanel snapshot={snapshot} columns={left} rows={log} />}
    </>
  );
}

/** The sensors at the left, all else at the right. */
function Wide(parts: Parts) {
  const { snapshot, ui, layout, listed } = parts;
  const { left, right, sensors, log } = layout;
  return (
    <Box columnGap={1}>
      <Readings
        snapshot={snapshot}
        ui={ui}
        listed={listed}
        columns={left}
        rows={sensors}
      />
      <Box flexDirection="column">
        <Preview {...parts} columns={right} />
        <RecordingPanel snapshot={snapshot} columns={right} />
        <BrokerPanel snapshot={snapshot} columns={right} />
        <LogPanel snapshot={snapshot} columns={right} rows={log} />
      </Box>
    </Box>
  );
}

/** A chart of the selected sensor, if there is room for one. */
function Preview(
  { snapshot, ui, layout, selected, columns }: Parts & { columns: number },
) {
  if (layout.chart === 0) return null;
  if (!selected) return <Box height={layout.chart} />;
  const [id, sensor] = selected;
  return (
    <ChartPanel
      snapshot={snapshot}
      id={id}
      sensor={sensor}
      zoom={ui.zoom}
      columns={columns}
      rows={layout.chart}
    />
  );
}
