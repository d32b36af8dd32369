/**
 * The terminal UI.
 *
 * @module
 */
import chalk from "chalk";
import { render } from "ink";
import { App, type AppProps } from "./app.tsx";

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

/**
 * Opens the terminal UI on the terminal's second screen. However the program
 * ends while it is open, short of SIGKILL, the terminal is restored.
 */
export function openScreen(
  { colours, ...props }: AppProps & { colours: boolean },
): OpenScreen {
  // What Ink colours with. The terminal's own palette is all that is used.
  chalk.level = colours ? 1 : 0;
  const { unmount, waitUntilExit } = render(<App {...props} />, {
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    // Ink would draw nothing if CI is set.
    interactive: true,
    // New readings come ten times a second at most; a key is drawn at once.
    maxFps: 30,
  });
  const close = () => {
    for (const name of ENDS) globalThis.removeEventListener(name, close);
    unmount();
  };
  for (const name of ENDS) globalThis.addEventListener(name, close);
  const closed = waitUntilExit().finally(close);
  return { close, closed };
}

/** What ends the program without asking: Deno.exit, an error nobody caught. */
const ENDS = ["unload", "error", "unhandledrejection"];
