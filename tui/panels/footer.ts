import type { Row } from "../styled_rows.ts";
import type { RecordingSnapshot } from "../../run/run_snapshot.ts";
import { DIALOG_KEYS } from "../dialogs.ts";
import { width } from "../fit_text.ts";
import { BINDINGS } from "../key_bindings.ts";
import type { Places } from "../mouse.ts";
import { THEME } from "../theme.ts";
import type { Ui } from "../ui.ts";

interface FooterProps {
  /** What the person has chosen. */
  ui: Ui;
  /** The state of the recording. */
  recorder: Pick<RecordingSnapshot, "state" | "durable">;
  /** Whether a file is looked at, without a run. */
  isFile: boolean;
  /** How many columns there are. */
  columns: number;
}

/** What is between two keys. */
const GAP = 2;

/** The keys that do something now, each with what it does, in one row. */
export function footerRows(props: FooterProps): Row[] {
  const row: Row = fitting(props).flatMap(({ key, does }, index) => [
    " ".repeat(index > 0 ? GAP : 0),
    { text: key, ...THEME.key },
    ` ${does}`,
  ]);
  return [row];
}

/** Where each key stands: its first column, and the one after its text. */
export function footerPlaces(props: FooterProps): Places["footer"] {
  let from = 0;
  return fitting(props).map(({ key, does }) => {
    const to = from + width(key) + 1 + width(does);
    const place = { key, from, to };
    from = to + GAP;
    return place;
  });
}

/** The keys that there is room for. */
function fitting({ ui, recorder, isFile, columns }: FooterProps): Shown[] {
  let shown = keys(ui, recorder, isFile);
  for (let least = 1; widthOf(shown) > columns && least <= LEAST; least++) {
    shown = shown.filter((shown) => shown.least !== least);
  }
  return shown;
}

interface Shown {
  key: string;
  does: string;
  least?: number;
}

/** Up to here keys are left out if there is no room. ? shows all. */
const LEAST = Math.max(...BINDINGS.map(({ least = 0 }) => least));

function widthOf(keys: readonly Shown[]): number {
  return keys.reduce(
    (sum, { key, does }) => sum + width(key) + 1 + width(does) + GAP,
    -GAP,
  );
}

function keys(
  ui: Ui,
  recorder: FooterProps["recorder"],
  isFile: boolean,
): Shown[] {
  if (ui.dialog) {
    return DIALOG_KEYS[ui.dialog.kind].map(([key, does]) => ({ key, does }));
  }
  return BINDINGS.flatMap(({ footer, least, when, views, ofRun }) => {
    const works = (!when || when(recorder)) &&
      (!views || views.includes(ui.view)) && !(ofRun && isFile);
    const shown = works ? footer?.(ui, recorder) : undefined;
    return shown ? [{ key: shown[0], does: shown[1], least }] : [];
  });
}
