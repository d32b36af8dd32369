/**
 * The terminal UI.
 *
 * @module
 */
import { render } from "ink";
import { App, type AppProps } from "./app.tsx";
import { isAsciiLocale } from "./ascii.ts";
import { MOUSE_OFF, MOUSE_ON } from "./mouse.ts";
import { createPainter } from "./painter.ts";
import { FIRST_UI, type Ui } from "./ui.ts";

export type {
  Actions,
  ByHand,
  ConnectionSnapshot,
  RecordingSnapshot,
  Snapshot,
  Source,
} from "../run/run_snapshot.ts";

/** A screen that is open. */
export interface OpenScreen {
  /** Closes it: the terminal is as it was before. */
  close(): void;
  /** Resolves when it is closed; rejects if a component failed. */
  closed: Promise<unknown>;
}

/** How a screen is opened. */
export interface ScreenSettings extends Pick<AppProps, "source" | "actions"> {
  /** Whether it has colours. */
  colours: boolean;
  /** Whether it takes the mouse; then text is selected with shift. */
  mouse: boolean;
}

/**
 * Opens the terminal UI on the terminal's second screen. However the program
 * ends while it is open, short of SIGKILL, the terminal is restored.
 */
export function openScreen(
  { colours, mouse, ...props }: ScreenSettings,
): OpenScreen {
  const ascii = isAsciiLocale((name) => Deno.env.get(name));
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  let ui: Ui = FIRST_UI;
  let hide: () => void;
  const show = () => {
    let hidden = false;
    const { unmount, waitUntilExit } = render(
      <App
        {...props}
        first={ui}
        onChange={(changed) => ui = changed}
        suspend={suspend}
        paint={createPainter(write, { colours, ascii })}
      />,
      {
        alternateScreen: true,
        exitOnCtrlC: false,
        // Ink would draw nothing if CI is set.
        interactive: true,
      },
    );
    if (mouse) write(MOUSE_ON);
    hide = () => {
      hidden = true;
      if (mouse) write(MOUSE_OFF);
      unmount();
    };
    waitUntilExit().then(() => hidden || close(), (error) => {
      reject(error);
      close();
    });
  };
  const close = () => {
    for (const name of ENDS) globalThis.removeEventListener(name, close);
    hide();
    resolve();
  };
  /** Gives the terminal back to the shell until `fg`. */
  const suspend = () => {
    if (Deno.build.os === "windows") return;
    hide();
    const again = () => {
      Deno.removeSignalListener("SIGCONT", again);
      show();
    };
    Deno.addSignalListener("SIGCONT", again);
    Deno.kill(Deno.pid, "SIGTSTP");
  };
  show();
  for (const name of ENDS) globalThis.addEventListener(name, close);
  return { close, closed };
}

/** Past Ink, which draws nothing itself. */
function write(sequence: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(sequence));
}

/** What ends the program without asking: Deno.exit, an error nobody caught. */
const ENDS = ["unload", "error", "unhandledrejection"];
