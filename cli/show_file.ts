import type { RunSettings } from "../run/run_settings.ts";
import { viewRecording } from "../run/view_recording.ts";
import { endOnHangup, loadScreen, type ShowOptions } from "./on_terminal.ts";

/**
 * Shows recordings on a screen until a person or a signal ends it. A single one
 * is followed as another weir writes it.
 *
 * @throws {WeirError} if the file cannot be read.
 */
export async function showFile(
  paths: readonly string[],
  settings: Pick<RunSettings, "rules" | "timestamps" | "signal">,
  { mouse = true }: ShowOptions = {},
): Promise<void> {
  const { openScreen } = await loadScreen();
  using hangup = endOnHangup();
  const signal = AbortSignal.any([settings.signal, hangup.signal]);
  await using viewed = viewRecording(paths, { ...settings, signal });
  const screen = openScreen({
    source: viewed,
    actions: viewed.actions,
    colours: !Deno.env.get("NO_COLOR"),
    mouse,
  });
  try {
    await Promise.race([viewed.ended, screen.closed]);
  } finally {
    screen.close();
    await screen.closed.catch(() => {});
  }
}
