/**
 * The terminal UI.
 *
 * @module
 */
import { render } from "ink";
import { App, type AppProps } from "./app.tsx";

export type {
  Actions,
  ConnectionSnapshot,
  LogEntry,
  Snapshot,
  Source,
} from "./snapshot.ts";

/** A screen that is open. */
export interface OpenScreen {
  /** Closes it: the terminal is as it was before. */
  close(): void;
  /** Resolves when it is closed; rejects where a component failed. */
  closed: Promise<unknown>;
}

/**
 * Opens the terminal UI on the terminal's second screen.
 *
 * @example
 * ```ts ignore
 * const screen = openScreen({ source, actions });
 * await screen.closed;
 * ```
 */
export function openScreen(props: AppProps): OpenScreen {
  const instance = render(<App {...props} />, {
    alternateScreen: true,
    exitOnCtrlC: false,
    incrementalRendering: true,
    // Ink would draw nothing where CI is set.
    interactive: true,
    maxFps: 10,
  });
  return { close: instance.unmount, closed: instance.waitUntilExit() };
}
