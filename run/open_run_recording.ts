import type { RunEvent } from "./run_event.ts";
import type { RunRecording } from "./run_recording_types.ts";
import type { RunSettings } from "./run_settings.ts";

/** Opens what a run records to, of the kind that it asks for. */
export async function openRunRecording(
  settings: RunSettings,
  report: (event: RunEvent) => void,
): Promise<RunRecording> {
  const { file, durable } = settings;
  if (file === undefined || durable === undefined) {
    const { openPlain } = await import("./plain_recording.ts");
    return await openPlain(settings, report);
  }
  const { openDurably } = await import("./durable_recording.ts");
  return await openDurably(file, durable, settings, report);
}
