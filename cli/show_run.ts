import type { RunEvent } from "../run/run_event.ts";
import type { RunSettings } from "../run/run_settings.ts";
import { startRun } from "../run/start_run.ts";
import type { HttpSettings } from "../web/http_settings.ts";
import { openPage } from "./http_options.ts";
import { endOnHangup, loadScreen, type ShowOptions } from "./on_terminal.ts";
import { numbersLine, summaryLine } from "./say_summary.ts";
import { say } from "../pipeline/say.ts";

/**
 * Starts a run and shows it on a screen until a person or a signal ends it.
 * Whatever ends it, the terminal is left as it was.
 *
 * @throws {WeirError} if the file cannot be opened or written, or the broker
 * refuses the connection.
 */
export async function showRun(
  settings: RunSettings,
  { mouse = true, http }: ShowOptions & { http?: HttpSettings } = {},
): Promise<void> {
  const { openScreen } = await loadScreen();
  using hangup = endOnHangup();
  const signal = AbortSignal.any([settings.signal, hangup.signal]);
  // A disk that is full at the start is waited for before there is a screen.
  let onScreen = false;
  const onEvent = (event: RunEvent) => {
    if (!onScreen && event.kind === "recording") say(event.text);
  };
  await using page = await openPage(http, onEvent);
  const run = await startRun({
    ...settings,
    signal,
    live: true,
    watch: true,
    wait: true,
    onEvent,
    ...page?.settings,
  });
  page?.show(run);
  const quitting = Promise.withResolvers<void>();
  let asked = 0;
  const quit = () => {
    if (++asked > 1) Deno.exit(130);
    quitting.resolve();
    run.actions.quit();
  };
  signal.addEventListener("abort", () => quitting.resolve());
  onScreen = true;
  const screen = openScreen({
    source: run,
    actions: { ...run.actions, quit },
    colours: !Deno.env.get("NO_COLOR"),
    mouse,
  });
  const ended = run.ended.catch(async (error) => {
    // What ended a run that had a connection stays on the screen until it is read.
    if (run.snapshot().connection.since !== undefined) await quitting.promise;
    throw error;
  });
  try {
    await Promise.race([ended, screen.closed]);
  } finally {
    try {
      await run[Symbol.asyncDispose]();
    } finally {
      screen.close();
      await screen.closed.catch(() => {});
      const { recorder } = run.snapshot();
      const summary = summaryLine(recorder, recorder.elapsed);
      if (summary !== undefined) say(summary);
      if (recorder.durable) say(numbersLine(recorder));
    }
  }
}
