import process from "node:process";

/** Whether there is a terminal, for the screen and for the keys: no dumb one. */
export function hasTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal() &&
    Deno.env.get("TERM") !== "dumb";
}

/** How a screen is shown. */
export interface ShowOptions {
  /** Whether it takes the mouse. Default: true. */
  mouse?: boolean;
}

/** Loads the terminal UI, which nothing else needs. */
export async function loadScreen() {
  // React checks itself, at twice the cost, unless it is told not to.
  const variable = "NODE_ENV";
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (state === "granted" && !Deno.env.has(variable)) {
    Deno.env.set(variable, "production");
  }
  return await import("../tui/mod.tsx");
}

const ENDING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that aborts when the terminal is gone. And as long as somebody of
 * Node's kind listens, what Ink uses to clean up does not end the process at
 * the first signal.
 */
export function endOnHangup(): { signal: AbortSignal } & Disposable {
  const controller = new AbortController();
  const listeners = ENDING.map((name) => {
    const listener = () => {
      if (name === "SIGHUP") controller.abort();
    };
    process.on(name, listener);
    return [name, listener] as const;
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) process.off(name, listener);
    },
  };
}
